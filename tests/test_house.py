"""The house: what it is built from, when it is open, and what it needs to open."""

from __future__ import annotations

import asyncio
import signal
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

import house
from chat.desk.desk import Desk
from chat.errors import refusal
from chat.settings import Chat, School, Server, Settings
from chat.students.lobby import Lobby
from chat.students.matching import Ticket
from chat.students.seating import Seating
from moderation.identities.reveals import Reveals
from moderation.people.appointing import Account
from moderation.pipeline import Judge
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.database import AlreadyOpen
from moderation.records.vault import BadKey
from tests.clients import Student
from tests.journeys.conftest import PASSWORD, an_open_house, in_time, settings


@pytest.fixture(scope="module")
def rules() -> Judge:
    """The shipped rules, loaded once."""
    return Judge.load()


def test_the_records_lie_in_the_data_directory_unless_told_otherwise() -> None:
    """A database that is set wins."""
    plain = Settings(server=Server(data="somewhere"))
    assert house.database_url(plain) == "sqlite:///somewhere/peerline.db"
    assert house.database_url(replace(plain, database="sqlite:///x.db")) == "sqlite:///x.db"


def test_what_lasts_is_for_its_owner_only(tmp_path: Path) -> None:
    """The data directory is made with all its parents, readable by nobody else."""
    data = house.data_directory(Settings(server=Server(data=str(tmp_path / "a" / "b"))))
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


async def test_one_house_at_a_time(tmp_path: Path) -> None:
    """A second server on the same records is refused; a tool beside a server is not."""
    chosen = settings(tmp_path)
    async with house.records(chosen):
        with pytest.raises(AlreadyOpen):
            async with house.records(chosen):
                pass
        async with house.records(chosen, beside=True) as (_, _, people):
            (card,) = await people.issue_cards(1)
    async with house.records(chosen) as (_, _, people):
        assert await people.sign_in_student(card)


async def test_a_key_that_others_can_read_is_no_key(tmp_path: Path) -> None:
    """The house does not open with a master key that is not its owner's alone."""
    chosen = settings(tmp_path)
    async with house.records(chosen):
        pass
    (tmp_path / "master.key").chmod(0o644)
    with pytest.raises(BadKey):
        async with house.records(chosen):
            pass


async def test_browsers_know_the_house_by_its_origins(tmp_path: Path, rules: Judge) -> None:
    """As set; otherwise this machine's names, with https where there is a certificate."""
    chosen = settings(tmp_path)
    server = replace(chosen.server, port=1234)
    async with house.records(chosen) as (store, vault, people):

        def origins(server: Server) -> tuple[str, ...]:
            built = replace(chosen, server=server)
            judge = in_time(rules)
            return house.Server(built, store, vault, people, judge=judge).origins

        assert origins(server) == ("http://localhost:1234", "http://127.0.0.1:1234")
        secure = replace(server, tls_certificate="some.pem")
        assert origins(secure) == ("https://localhost:1234", "https://127.0.0.1:1234")
        named = replace(server, origins=("https://chat.elm.example",))
        assert origins(named) == ("https://chat.elm.example",)


async def test_a_house_that_is_open_is_ready(tmp_path: Path, rules: Judge) -> None:
    """Each part says whether it does what it should; nobody on call is not ready."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        await running.server._duty.turn()
        parts = {"lobby": True, "on_call": False, "paging": True, "drill": True}
        assert running.server.ready() == parts
        await running.on_call()
        await running.server._look_who_is_on_call()
        assert running.server.ready() == parts | {"on_call": True}


async def test_a_port_that_is_taken_is_told(tmp_path: Path, rules: Judge) -> None:
    """Opening a door that somebody else has is an error of the system, not of ours."""
    async with an_open_house(settings(tmp_path / "one"), in_time(rules)) as running:
        other = settings(tmp_path / "two")
        taken = replace(other, server=replace(other.server, port=running.settings.server.port))
        with pytest.raises(OSError, match="in use"):
            async with an_open_house(taken, in_time(rules)):
                pass


async def test_P7_without_an_adult_and_a_moderator_the_chat_is_closed(
    tmp_path: Path, rules: Judge
) -> None:
    """Students see it and cannot join; it opens when both are there, and closes again."""
    chosen = replace(settings(tmp_path), chat=Chat(needs_adults=1))
    async with an_open_house(chosen, in_time(rules)) as running:
        student = await running.student()
        assert student.seen[-1]["open"] is False
        await student.send("join", topic="mood")
        assert (await student.refused())["code"] == "closed_now"
        await running.on_call()
        await running.server._look_who_is_on_call()
        await student.send("join", topic="mood")
        assert (await student.refused())["code"] == "closed_now"
        moderator = await running.moderator()
        await moderator.until("queue")
        await student.send("join", topic="mood")
        await student.until("waiting")
        await moderator.close()
        other = await running.student()
        while other.seen[-1]["open"]:
            await other.send("leave")
            await other.until("topics")
        await other.send("join", topic="mood")
        assert (await other.refused())["code"] == "closed_now"


async def test_a_pair_whose_room_cannot_be_kept_may_knock_again(
    tmp_path: Path, rules: Judge
) -> None:
    """Both pages are told, and choose again; nobody waits for a room that never comes."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        page = await running.student()
        who = next(iter(running.server._house.here))
        await running.store.close()
        here, gone = (
            Ticket(student, "test", "all", "mood", 0.0) for student in (who, "somebody gone")
        )
        await Seating(lambda: running.server._house)._seat((here, gone))
        assert (await page.refused())["code"] == "unavailable"
        await page.until("topics", understood=True)


async def test_closing_says_come_back(tmp_path: Path, rules: Judge) -> None:
    """Every open page is closed with the code that means the server goes down."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        pages: list[Student] = list(await running.pair())
    assert [await page.closed() for page in pages] == [1001, 1001]


async def test_no_timer_outlives_the_house(tmp_path: Path, rules: Judge) -> None:
    """What times the judge is stopped: at the end of a process it would kill it."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        one, _ = await running.pair()
        await one.until("ack", cid=await one.say("we made soup"))
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


async def test_a_schools_own_rules_judge_and_are_read_again_while_it_runs(
    tmp_path: Path, rules: Judge
) -> None:
    """A file in `rules/` counts after a reload; every message keeps the version that judged it."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        one, other = await running.pair()
        await one.say("a new zorgshed")
        assert (await other.until("message"))["text"] == "a new zorgshed"
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "own.toml").write_text(
            'category = "bullying"\n[[rule]]\nid = "own"\nattention = "queue"\ndelivery = "hold"\n'
            'say = ["zorgshed"]\nmatch = ["the zorgshed"]\nmiss = ["hi"]\n'
        )
        assert (await running.server.rules.reload()).refused == ""
        await one.say("a new zorgshed")
        await one.until("ack", state="held")
        stored = await running.store.read(_versions)
        assert stored == [rules.version, running.server.rules.last.version]


def _versions(conn: Connection) -> list[str]:
    return list(conn.scalars(select(t.messages.c.version).order_by(t.messages.c.n)))


@pytest.mark.parametrize("made_up", [False, True])
def test_only_a_made_up_school_lets_in_without_a_second_factor(*, made_up: bool) -> None:
    """No setting switches it off: the terms of every real school ask for one."""
    terms = house.terms_of(Settings(school=School(demo=made_up)))
    assert terms.second_factor is not made_up
    assert terms.shortest == (15 if made_up else 8)


async def test_closing_an_account_closes_its_socket_within_a_second(
    tmp_path: Path, rules: Judge
) -> None:
    """An administrator presses the button, and the moderator's page is told and let go."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        mo = await running.moderator()
        await running.people.add_staff("ada", "Ada", "administrator", PASSWORD)
        found = {one.login: one for one in await running.people.accounts.everybody()}
        ada = Account(found["ada"].id, found["ada"].role)
        async with asyncio.timeout(1):
            await running.people.accounts.disable(ada, found["mo"].id)
            await mo.until("error", code="signed_out")
            assert await mo.closed() == refusal("signed_out").close


async def test_P10_a_house_times_out_what_nobody_answers(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request for an identity ends by itself, whether or not anybody looks at it."""
    monkeypatch.setattr(house, "TICK", 0.01)
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        lee = await running.people.add_staff("lee", "Lee", "safeguarding_lead", PASSWORD)
        await running.people.issue_cards(1)

        def late(conn: Connection, rows: list[None]) -> list[None]:
            values = {"code": "ABC-2345", "school": running.settings.school.id, "alone": False}
            values |= {"student": conn.scalar(select(t.students.c.id)), "state": "asked"}
            values |= {"reason": "life", "sealed_why": b"-", "key": "-", "requested_by": lee}
            conn.execute(i.reveals.insert(), values | {"requested_at": 1, "expires_at": 2})
            return rows

        await running.store.write(late, None)
        state = select(i.reveals.c.state)

        async def over() -> bool:
            return await running.store.read(lambda conn: conn.scalar(state)) == "timed_out"

        async with asyncio.timeout(20):
            while not await over():  # noqa: ASYNC110 - there is no event
                await asyncio.sleep(0)


async def test_a_chore_that_fails_holds_up_no_other(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys of old rooms are destroyed, and everything else is done, whatever else is broken."""

    async def broken(*_: object, **__: object) -> None:
        raise ValueError

    forgot = asyncio.Event()
    times = iter((lambda: None, forgot.set))

    async def forget(_: house.Server) -> None:
        next(times, forgot.set)()  # the first time is when the house opens

    for whose in (Desk, Lobby, Reveals):
        monkeypatch.setattr(whose, "tick", broken)
    monkeypatch.setattr(house.Server, "_forget", forget)
    for name, value in (("TICK", 0.001), ("REACHABLE_EVERY", 1), ("PURGE_EVERY", 1)):
        monkeypatch.setattr(house, name, value)
    async with an_open_house(settings(tmp_path), in_time(rules)), asyncio.timeout(20):
        await forgot.wait()
