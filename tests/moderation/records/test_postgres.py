from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection, func, select

from moderation.ids import new_id
from moderation.records import account_tables as a
from moderation.records import audit, database, factors, postgres, server
from moderation.records import tables as t
from moderation.records.invitations import Accept, NewInvitation, accept, invite
from moderation.records.messages import DuplicateCid, Kept, Settle, Spoken, say, settle
from moderation.records.rooms import Block, block, blocked_peers
from moderation.records.rooms import room as stored_room
from moderation.records.store import NotKept, Store, StoreUnavailable
from moderation.records.transcript import shown_after
from tests.moderation.records.conftest import NODES
from tests.moderation.records.sample import SCHOOL, add_students, open_room, spoken
from tests.moderation.records.turns import stay_until_waited_for
from tests.servers import Postgres

ENOUGH = 20


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server of this test's own, which waits for the disk."""
    made = Postgres.made(safe=True)
    made.ready()
    yield made
    made.close()


async def test_K3_nodes_that_speak_in_the_same_rooms_leave_no_gap(nodes: list[Store]) -> None:
    """However many nodes write to the same rooms at once, in whatever order, places are gapless."""
    rooms = [await open_room(nodes[0]) for _ in range(5)]
    rows = [
        (store, spoken(room, seat=place % 2))
        for round_ in range(8)
        for place, store in enumerate(nodes)
        for room in (rooms if (round_ + place) % 2 else reversed(rooms))
    ]
    answers = await asyncio.gather(*(store.write(say, row) for store, row in rows))
    assert all(isinstance(answer, Kept) for answer in answers)
    for room in rooms:
        found = await nodes[0].read(shown_after, room, 0, 1_000)
        assert [message.seq for message in found] == list(range(1, 8 * NODES + 1))


async def test_K5_one_cid_is_kept_once_whichever_node_hears_it(nodes: list[Store]) -> None:
    """A message that reached several nodes is one message."""
    room = await open_room(nodes[0])
    row = spoken(room)
    answers = await asyncio.gather(
        *(store.write(say, row) for store in nodes), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, DuplicateCid)]
    assert (len(answers), len(refused)) == (NODES, NODES - 1)
    assert len(await nodes[0].read(shown_after, room, 0, 10)) == 1


async def test_a_held_message_is_released_by_one_node_only(nodes: list[Store]) -> None:
    """Of several nodes that settle the same message one does, and it has one place."""
    room = await open_room(nodes[0])
    row = spoken(room, state="held")
    await nodes[0].write(say, row)
    answers = await asyncio.gather(
        *(store.write(settle, Settle(row.mid, room, "released")) for store in nodes),
        return_exceptions=True,
    )
    assert [answer for answer in answers if isinstance(answer, int)] == [1]


async def test_K12_nodes_add_to_one_audit_chain(nodes: list[Store]) -> None:
    """Entries of all nodes make one whole chain, each number once."""
    await asyncio.gather(
        *(
            store.write(audit.append, audit.Entry(n, "ann", "look", "item"))
            for n in range(20)
            for store in nodes
        )
    )
    assert (await nodes[0].read(audit.head))[0] == 20 * NODES
    assert await nodes[0].read(audit.verify) is None


def one_at_a_time(conn: Connection, rows: Sequence[str]) -> Sequence[None]:
    """Students, but never two at once; the server is gone when the second comes."""
    if len(rows) > 1:
        raise ValueError
    if rows == ["bo"]:
        raise ConnectionError
    return add_students(conn, rows)


async def test_F8_what_was_kept_before_the_server_went_is_answered(nodes: list[Store]) -> None:
    """Rows that are committed one by one: only those that were not are unavailable."""
    ann, bo, cy = await asyncio.gather(
        *(nodes[0].write(one_at_a_time, who) for who in ("ann", "bo", "cy")), return_exceptions=True
    )
    assert ann is None
    assert isinstance(bo, StoreUnavailable)
    assert isinstance(cy, StoreUnavailable)


def two_factors(conn: Connection, rows: Sequence[str]) -> list[None]:
    """Somebody with a passkey and an app."""
    for who in rows:
        person = {"id": who, "school": "elm", "login": who, "name": "Mo", "role": "moderator"}
        conn.execute(t.staff.insert(), person | {"password": ""})
        conn.execute(a.code_makers.insert(), {"staff": who, "sealed_secret": b"secret"})
        key = {"id": who.encode(), "staff": who, "public_key": b"", "uses": 0}
        conn.execute(a.passkeys.insert(), key | {"name": "Phone", "made_at": 1})
    return [None] * len(rows)


async def test_of_two_factors_taken_away_at_two_nodes_one_stays(nodes: list[Store]) -> None:
    """Whoever presses both buttons at once is not left with a password alone."""
    for _ in range(6):
        who = new_id()
        await nodes[0].write(two_factors, who)
        answers = await asyncio.gather(
            nodes[0].write(factors.drop, factors.Drop(who, who.encode(), 1)),
            nodes[1].write(factors.drop, factors.Drop(who, None, 1)),
            return_exceptions=True,
        )
        assert sorted(str(answer) for answer in answers) == ["None", "last_factor"]


async def test_an_invitation_that_is_opened_at_two_nodes_makes_one_account(
    nodes: list[Store],
) -> None:
    """Who chooses two logins in the same moment has one account; the other is told so."""
    for place in range(6):
        link, login = f"link {place}".encode(), f"una{place}"
        values = ("", "Una", "moderator", "console", 1, 9)
        await nodes[0].write(invite, NewInvitation(link, new_id(), SCHOOL, *values))
        both = [Accept(link, new_id(), f"{login}{n}", "Una", "hash", 2, None) for n in (0, 1)]
        answers = await asyncio.gather(
            *(nodes[n].write(accept, both[n]) for n in (0, 1)), return_exceptions=True
        )
        refused = [answer for answer in answers if not isinstance(answer, str)]
        assert [str(answer) for answer in refused] == ["bad_invitation"]


async def test_two_who_block_each_other_at_once_are_kept_apart(nodes: list[Store]) -> None:
    """The same fact, written by two nodes in the same moment, is no error to either."""
    for _ in range(6):
        one, other = new_id(), new_id()
        await nodes[0].write(add_students, one)
        await asyncio.gather(
            nodes[0].write(block, Block(one, other, 1)), nodes[1].write(block, Block(other, one, 1))
        )
        assert await nodes[1].read(blocked_peers, one) == {other}
        assert await nodes[0].read(blocked_peers, other) == {one}


async def test_a_deadlock_is_run_again(nodes: list[Store]) -> None:
    """When PostgreSQL undoes a transaction for another's sake, its rows are kept all the same."""
    rooms = [await open_room(nodes[0]) for _ in range(2)]
    both = [asyncio.Event(), asyncio.Event()]

    def op_of(mine: int) -> postgres.Op[None, None]:
        def crosswise(conn: Connection, rows: Sequence[None]) -> list[None]:
            order = rooms if mine == 0 else rooms[::-1]
            touch = t.rooms.update().values(topic="exams")
            conn.execute(touch.where(t.rooms.c.id == order[0]))
            both[mine].set()
            if not both[1 - mine].is_set():
                stay_until_waited_for(conn)
            conn.execute(touch.where(t.rooms.c.id == order[1]))
            return list(rows)

        return crosswise

    await asyncio.gather(*(nodes[mine].write(op_of(mine), None) for mine in (0, 1)))
    found = [await nodes[0].read(stored_room, room) for room in rooms]
    assert [each.topic for each in found if each] == ["exams", "exams"]


async def test_a_row_at_fault_costs_its_neighbours_nothing(nodes: list[Store]) -> None:
    """A row PostgreSQL refuses is answered to it alone, by its kind and without its words."""
    rows = ["a", "x" * 40, "b"]
    answers = await asyncio.gather(
        *(nodes[0].write(add_students, row) for row in rows), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [type(None), NotKept, type(None)]
    assert "xxx" not in repr(answers[1])


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://peerline:secret@db.school.example/peerline",
        "postgresql://peerline:secret@db.school.example/peerline?ssl=require",
        "postgresql://peerline@db.school.example/peerline?ssl=verify-full",
        "postgresql://peerline:secret@127.0.0.1.evil.example/peerline",
        "postgresql://peerline:secret@10.0.0.4/peerline",
        "postgresql://peerline@127.0.0.1",
    ],
)
async def test_a_server_elsewhere_needs_tls_and_a_password(url: str) -> None:
    """A database whose traffic could be read or forged, or that has no name, is not opened."""
    with pytest.raises(database.BadAddress):
        await Store.open(url)


async def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    """At the start, a database that does not answer is an error of the settings."""
    with pytest.raises(
        database.BadAddress, match=r"127\.0\.0\.1:1 cannot be reached: nobody answers"
    ):
        await Store.open("postgresql://peerline@127.0.0.1:1/peerline")


def test_only_this_machine_is_loopback() -> None:
    """Names that merely begin like this machine's are somewhere else."""
    here = ("localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]", "/run/postgresql")
    assert all(server.is_loopback(host) for host in here)
    elsewhere = ("localhost.example", "127.0.0.1.example", "10.0.0.1", "", "db")
    assert not any(server.is_loopback(host) for host in elsewhere)


async def test_V3_every_commit_waits_for_the_disk(nodes: list[Store]) -> None:
    """Whatever the server's default, our transactions are not answered before their fsync."""

    def ask(conn: Connection, rows: Sequence[None]) -> list[object]:
        return [conn.exec_driver_sql("SHOW synchronous_commit").scalar() for _ in rows]

    assert await nodes[0].write(ask, None) == "on"


async def test_F8_K1_a_killed_postgresql_loses_nothing_acknowledged(own_postgres: Postgres) -> None:
    """While it is down nothing is acknowledged or waits for ever; back again, all is there."""
    store = await Store.open(await own_postgres.database())
    room = await open_room(store)
    kept: list[Spoken] = []
    enough = asyncio.Event()

    async def speak() -> None:
        with contextlib.suppress(StoreUnavailable):
            while True:
                row = spoken(room)
                await store.write(say, row)
                kept.append(row)
                if len(kept) == ENOUGH:
                    enough.set()

    speaking = asyncio.ensure_future(speak())
    await enough.wait()
    await asyncio.to_thread(own_postgres.kill)
    await speaking
    with pytest.raises(StoreUnavailable):
        await store.write(say, spoken(room))
    with pytest.raises(StoreUnavailable):
        await store.read(shown_after, room, 0, 10)
    await asyncio.to_thread(own_postgres.start)
    await store.write(say, spoken(room))
    found = await store.read(shown_after, room, 0, 10_000)
    assert [message.seq for message in found] == list(range(1, len(found) + 1))
    assert [message.mid for message in found][: len(kept)] == [row.mid for row in kept]
    await store.close()


async def test_closing_waits_for_what_is_being_read(postgres_url: str) -> None:
    """No connection is left behind in use, and nothing more is read afterwards."""
    store = await Store.open(postgres_url)
    begun = asyncio.Event()

    def slow(conn: Connection) -> object:
        begun.set()
        return conn.scalar(select(func.pg_sleep(0.2)))

    reading = asyncio.ensure_future(store.read(slow))
    await begun.wait()
    await store.close()
    assert reading.done()
    with pytest.raises(StoreUnavailable):
        await store.read(slow)


async def test_F9_a_server_that_stands_still_is_given_up_in_time(
    own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes the connection and answers nothing costs a few seconds, not for ever."""
    store = await Store.open(await own_postgres.database())
    room = await open_room(store)
    monkeypatch.setattr(postgres, "PATIENCE", 0.3)
    row = spoken(room)
    own_postgres.pause()
    async with asyncio.timeout(60):  # "never" on a busy machine
        with pytest.raises(StoreUnavailable):
            await store.write(say, row)
        with pytest.raises(StoreUnavailable):
            await store.read(shown_after, room, 0, 10)
    own_postgres.go_on()
    monkeypatch.undo()
    with contextlib.suppress(DuplicateCid):
        await store.write(say, row)
    assert len(await store.read(shown_after, room, 0, 10)) == 1
    await store.close()
