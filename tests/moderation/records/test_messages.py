from __future__ import annotations

import asyncio

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from moderation.ids import new_code, new_id
from moderation.records import log, rooms
from moderation.records import tables as t
from moderation.records.incidents import raise_incidents
from moderation.records.leaving import Leave, leave
from moderation.records.messages import (
    DuplicateCid,
    Kept,
    NotHeld,
    OutOfTurn,
    RoomEnded,
    Settle,
    Spoken,
    say,
    settle,
)
from moderation.records.store import NotKept, Store, StoreUnavailable
from moderation.records.transcript import (
    by_cid,
    by_mid,
    held,
    own_unsettled,
    recent,
    shown_after,
    surroundings,
)
from tests.moderation.records.sample import (
    ONLY_SQLITE,
    add_staff,
    new_incident,
    new_item,
    open_room,
    spoken,
)


async def say_all(store: Store, rows: list[Spoken]) -> list[object]:
    """Say everything in one tick; the answers, refusals among them."""
    return list(
        await asyncio.gather(*(store.write(say, row) for row in rows), return_exceptions=True)
    )


def do_fold(conn: Connection, rows: list[None]) -> list[None]:
    """A fold at a moment of the test's choosing."""
    log.upkeep(conn)
    return list(rows)


async def test_shown_messages_are_numbered_without_a_gap(store: Store) -> None:
    """Each shown message of a room gets the next number; held ones get none."""
    one, two = await open_room(store), await open_room(store)
    rows = [
        spoken(one),
        spoken(two),
        spoken(one, state="held"),
        spoken(one, state="masked"),
        spoken(two, seat=1, state="redacted"),
    ]
    assert await say_all(store, rows) == [Kept(1), Kept(1), Kept(None), Kept(2), Kept(2)]
    assert (await store.read(rooms.room, one)).head == 2  # type: ignore[union-attr]
    shown = await store.read(shown_after, one, 0, 10)
    assert [(m.mid, m.seq) for m in shown] == [(rows[0].mid, 1), (rows[3].mid, 2)]
    assert [m.seq for m in await store.read(shown_after, one, 1, 10)] == [2]
    assert [m.seq for m in await store.read(shown_after, one, 0, 1)] == [1]


async def test_a_repeated_cid_is_refused_and_kept_once(store: Store) -> None:
    """The same seat's cid is kept once, in one batch, later, after a fold and after a restart."""
    room = await open_room(store)
    cid = new_id()
    first, again = await say_all(store, [spoken(room, cid=cid), spoken(room, cid=cid)])
    assert first == Kept(1)
    assert isinstance(again, DuplicateCid)
    await store.write(do_fold, None)
    with pytest.raises(DuplicateCid):
        await store.write(say, spoken(room, cid=cid))
    assert await store.write(say, spoken(room, seat=1, cid=cid)) == Kept(2)
    found = await store.read(by_cid, room, 0, cid)
    assert found is not None
    assert found.seq == 1
    assert await store.read(by_cid, room, 0, new_id()) is None


@pytest.mark.parametrize("fold_first", [False, True])
async def test_a_restart_forgets_neither_numbers_nor_cids(
    store_url: str,
    fold_first: bool,  # noqa: FBT001 - a parameter
) -> None:
    """After a restart numbering goes on where it was, and a repeated cid is still refused."""
    store = await Store.open(store_url)
    room = await open_room(store)
    row = spoken(room)
    assert await store.write(say, row) == Kept(1)
    if fold_first:
        await store.write(do_fold, None)
    await store.close()
    store = await Store.open(store_url)
    with pytest.raises(DuplicateCid):
        await store.write(say, spoken(room, cid=row.cid))
    assert await store.write(say, spoken(room)) == Kept(2)
    assert [m.seq for m in await store.read(shown_after, room, 0, 10)] == [1, 2]
    await store.close()


async def test_K4_nothing_is_kept_without_what_it_stands_behind(store: Store) -> None:
    """A message whose seat said something before that is not there is refused, also in a batch."""
    room, cids = await open_room(store), [new_id() for _ in range(4)]
    first, second, third, other = (
        spoken(room, cid=cid, after=after)
        for cid, after in zip(cids, [(), (cids[0],), (cids[0], cids[1]), (cids[3],)], strict=True)
    )
    for row in (second, other):
        with pytest.raises(OutOfTurn):
            await store.write(say, row)
    answers = await say_all(store, [third, first, third, second, third])
    assert [type(answer) for answer in answers] == [OutOfTurn, Kept, OutOfTurn, Kept, Kept]
    with pytest.raises(OutOfTurn):
        await store.write(say, spoken(room, seat=1, after=(cids[0],)))


async def test_nothing_is_kept_in_a_room_that_ended_or_never_was(store: Store) -> None:
    """Words for a room that is over, or unknown, are refused and leave no trace."""
    room = await open_room(store)
    await store.write(say, spoken(room))
    await store.write(rooms.end_rooms, rooms.EndRoom(room, 5_000, "left"))
    for where in (room, new_id()):
        with pytest.raises(RoomEnded):
            await store.write(say, spoken(where))
    await store.write(do_fold, None)
    with pytest.raises(RoomEnded):
        await store.write(say, spoken(room))
    assert len(await store.read(recent, room, 10)) == 1


async def left_by(store: Store, seat: int) -> str:
    """A room that goes on for the other one, for a person is called for them."""
    room = await open_room(store)
    await store.write(raise_incidents, new_incident(room, new_code(), seat=1 - seat))
    assert await store.write(leave, Leave(room, seat, 3_000)) is True
    return room


@pytest.mark.parametrize("restarted", [False, True])
async def test_F4_who_has_left_says_nothing_more_while_the_room_goes_on(
    store: Store, store_url: str, *, restarted: bool
) -> None:
    """Neither from a node that has not heard of it yet; the other one and staff go on."""
    room = await left_by(store, 1)
    if restarted:
        await store.close()
        store = await Store.open(store_url)
    said = [spoken(room), spoken(room, seat=1), spoken(room, seat=10), spoken(room)]
    first, refused, *rest = await say_all(store, said)
    assert isinstance(refused, RoomEnded)
    assert [first, *rest] == [Kept(1), Kept(2), Kept(3)]
    await store.close()


@pytest.mark.parametrize("over", [False, True])
async def test_what_was_held_of_whoever_left_is_shown_to_nobody(
    store: Store, *, over: bool
) -> None:
    """Whatever a moderator whose card was open says; that it is not passed on can be noted."""
    room = await open_room(store)
    theirs, others = spoken(room, seat=1, state="held"), spoken(room, state="held")
    await say_all(store, [theirs, others])
    if over:
        await store.write(rooms.end_rooms, rooms.EndRoom(room, 3_000, "left"))
    else:
        await store.write(raise_incidents, new_incident(room, "ABC-2345"))
        await store.write(leave, Leave(room, 1, 3_000))
    with pytest.raises(NotHeld):
        await store.write(settle, Settle(theirs.mid, room, "released"))
    assert await store.write(settle, Settle(theirs.mid, room, "withheld")) is None
    if not over:
        assert await store.write(settle, Settle(others.mid, room, "released")) == 1


@ONLY_SQLITE
async def test_a_failed_commit_leaves_no_gap(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message whose commit failed took no number, and may be said again."""
    room = await open_room(store)
    row = spoken(room)

    def fail() -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(store._connection, "commit", fail)
        with pytest.raises(StoreUnavailable):
            await store.write(say, row)
    assert await store.write(say, row) == Kept(1)


async def test_held_messages_wait_in_the_order_they_were_said(store: Store) -> None:
    """Held messages are listed oldest first, each seat's own apart, until they are settled."""
    room = await open_room(store)
    rows = [spoken(room, seat=n % 2, state="held") for n in range(4)]
    await say_all(store, [*rows, spoken(room)])
    assert [m.mid for m in await store.read(held, room)] == [row.mid for row in rows]
    assert [m.mid for m in await store.read(own_unsettled, room, 1)] == [rows[1].mid, rows[3].mid]


@pytest.mark.parametrize("fold_between", [False, True])
async def test_settling_is_done_once(
    store: Store,
    fold_between: bool,  # noqa: FBT001 - a parameter
) -> None:
    """A released message gets the next number once; a withheld one gets none; both only if held."""
    room = await open_room(store)
    rows = [spoken(room, state="held"), spoken(room, state="held"), spoken(room)]
    await say_all(store, rows)
    if fold_between:
        await store.write(do_fold, None)
    release = Settle(rows[0].mid, room, "masked", b"starred")
    assert await store.write(settle, release) == 2
    with pytest.raises(NotHeld):
        await store.write(settle, release)
    assert await store.write(settle, Settle(rows[1].mid, room, "withheld")) is None
    for row in (rows[2], spoken(room)):
        with pytest.raises(NotHeld):
            await store.write(settle, Settle(row.mid, room, "released"))
    with pytest.raises(NotHeld):
        await store.write(settle, Settle(rows[1].mid, new_id(), "released"))
    assert await store.write(say, spoken(room)) == Kept(3)
    await store.write(do_fold, None)
    assert (await store.read(rooms.room, room)).head == 3  # type: ignore[union-attr]
    shown = await store.read(shown_after, room, 0, 10)
    assert [(m.mid, m.sealed_shown) for m in shown][:2] == [
        (rows[2].mid, None),
        (rows[0].mid, b"starred"),
    ]


async def test_settling_keeps_what_the_peer_was_to_see(store: Store) -> None:
    """Released without new words, a message shows the peer what was kept with it."""
    room = await open_room(store)
    row = spoken(room, state="held")
    masked = Spoken(
        **{**{f: getattr(row, f) for f in row.__struct_fields__}, "sealed_shown": b"starred"}
    )
    await store.write(say, masked)
    await store.write(settle, Settle(row.mid, room, "masked"))
    (found,) = await store.read(shown_after, room, 0, 1)
    assert found.sealed_shown == b"starred"


@pytest.mark.parametrize("shown", [None, b"starred"])
@pytest.mark.parametrize("findings", [None, '[{"rule":"one"}]'])
async def test_what_few_messages_have_is_kept_in_its_column(
    store: Store, shown: bytes | None, findings: str | None
) -> None:
    """Other words for the peer and findings come back, with either, both or none of them."""
    room = await open_room(store)
    row = msgspec.structs.replace(spoken(room), sealed_shown=shown, findings=findings)
    await say_all(store, [row, spoken(room)])
    first, second = await store.read(shown_after, room, 0, 2)
    assert (first.sealed_shown, first.findings) == (shown, findings)
    assert (first.mid, first.sealed, first.version) == (row.mid, row.sealed, row.version)
    assert (second.sealed_shown, second.findings) == (None, None)


async def test_surroundings_stop_where_they_should(store: Store) -> None:
    """Around a moment stand so many before it, itself among them, and so many after."""
    room, other = await open_room(store), await open_room(store)
    rows = [spoken(room, state="held" if n == 4 else "released") for n in range(9)]
    await say_all(store, [*rows[:5], spoken(other), *rows[5:]])
    mids = [row.mid for row in rows]
    near = await store.read(surroundings, room, rows[4].said_at, 3, 2)
    assert [m.mid for m in near] == mids[2:7]
    assert [m.mid for m in await store.read(surroundings, room, None, 2, 5)] == mids[7:]
    assert [m.mid for m in await store.read(recent, room, 3)] == mids[6:]
    assert await store.read(recent, new_id(), 3) == []


async def test_a_message_is_found_by_its_mid(store: Store) -> None:
    """A mid is found in its room, and without the room when some item is about it."""
    room = await open_room(store)
    plain, flagged = spoken(room), spoken(room)
    asked = new_item(room, flagged.mid)
    await say_all(store, [plain, flagged])
    await store.write(say, spoken(room, item=asked))
    found = await store.read(by_mid, flagged.mid)
    assert found is not None
    assert (found.mid, found.seq, found.version) == (flagged.mid, 2, "rules-1")
    assert await store.read(by_mid, plain.mid) is None
    assert await store.read(by_mid, plain.mid, room) is not None


async def test_K6_a_severe_message_brings_its_pages_in_the_same_commit(store: Store) -> None:
    """Message, item, incident and one page for each contact on call are there together."""
    await add_staff(store, "ann", "counsellor", contacts=2)
    room = await open_room(store)
    item = new_item(room)
    row = spoken(room, item=item, incident=new_incident(room, "ABC-2345"))

    def count(conn: Connection) -> tuple[object, ...]:
        pages = conn.execute(select(t.pages.c.incident, t.pages.c.state)).all()
        linked = conn.scalar(select(t.items.c.incident).where(t.items.c.id == item.id))
        return [tuple(page) for page in pages], linked

    assert await store.write(say, row) == Kept(1, "ABC-2345")
    assert await store.read(count) == ([("ABC-2345", "pending")] * 2, "ABC-2345")


async def test_K6_what_cannot_all_be_kept_leaves_nothing(store: Store) -> None:
    """Where the incident cannot be written, neither message nor item nor page is there."""
    await add_staff(store, "ann", "counsellor", contacts=2)
    room, other = await open_room(store), await open_room(store)
    await store.write(say, spoken(other, incident=new_incident(other, "ABC-2345")))
    taken = new_incident(room, "ABC-2345")
    with pytest.raises(NotKept):
        await store.write(say, spoken(room, item=new_item(room), incident=taken))

    def count(conn: Connection) -> list[int]:
        return [len(conn.execute(select(table.c.incident)).all()) for table in (t.items, t.pages)]

    assert await store.read(recent, room, 10) == []
    assert await store.read(count) == [0, 2]


async def test_K6_a_refused_message_raises_nothing(store: Store) -> None:
    """A repeated message, or one for an ended room, brings no second incident."""
    room = await open_room(store)
    row = spoken(room, incident=new_incident(room, "ABC-2345"))
    await store.write(say, row)
    with pytest.raises(DuplicateCid):
        await store.write(say, row)

    def count(conn: Connection) -> list[int]:
        return list(conn.scalars(select(t.incidents.c.count)))

    assert await store.read(count) == [1]


@settings(max_examples=25, deadline=None)
@given(
    script=st.lists(
        st.tuples(
            st.sampled_from(["say", "hold", "again", "settle", "fold", "restart"]),
            st.integers(0, 1),
        ),
        max_size=25,
    )
)
async def test_K3_no_script_leaves_a_gap_or_a_repeat(
    script: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is said, held, repeated, settled, folded or restarted, numbers have no gap."""
    url = f"sqlite:///{tmp_path_factory.mktemp('script') / 'records.db'}"
    store = await Store.open(url)
    room = await open_room(store)
    said: list[Spoken] = []
    waiting: list[str] = []
    shown: list[str] = []
    for act, seat in script:
        if act in {"say", "hold"}:
            row = spoken(room, seat=seat, state="released" if act == "say" else "held")
            answer = await store.write(say, row)
            assert answer == Kept(len(shown) + 1 if act == "say" else None)
            said.append(row)
            (shown if act == "say" else waiting).append(row.mid)
        elif act == "again" and said:
            with pytest.raises(DuplicateCid):
                await store.write(say, said[seat * (len(said) - 1)])
        elif act == "settle" and waiting:
            mid = waiting.pop(seat * (len(waiting) - 1))
            assert await store.write(settle, Settle(mid, room, "released")) == len(shown) + 1
            shown.append(mid)
        elif act == "fold":
            await store.write(do_fold, None)
        elif act == "restart":
            await store.close()
            store = await Store.open(url)
    found = await store.read(shown_after, room, 0, 100)
    assert [(m.mid, m.seq) for m in found] == [(mid, n) for n, mid in enumerate(shown, 1)]
    assert [m.mid for m in await store.read(recent, room, 100)] == [row.mid for row in said]
    assert (await store.read(rooms.room, room)).head == len(shown)  # type: ignore[union-attr]
    await store.close()
