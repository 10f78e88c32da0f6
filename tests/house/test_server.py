"""The house: what it is built from, when it is open, and what it needs to open."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

import house
from chat.errors import refusal
from chat.rooms.rooms import Rooms
from chat.settings import Chat
from chat.socket.front_door import FrontDoor
from chat.students.matching import Ticket
from chat.students.seating import Seating
from house import chores, forgetting, server
from house.ground import Ground
from house.on_call import OnCall
from moderation.conversation import ConversationState
from moderation.people.appointing import Account
from moderation.people.sessions import STUDENT_IDLE
from moderation.pipeline import Judge
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.rooms import open_rooms
from moderation.records.store import StoreUnavailable
from tests.clients import Student
from tests.journeys.conftest import PASSWORD, PLAIN, an_open_house, in_time, settings


@pytest.fixture(scope="module")
def rules() -> Judge:
    """The shipped rules, loaded once."""
    return Judge.load()


async def test_a_house_that_is_open_is_ready(tmp_path: Path, rules: Judge) -> None:
    """Each part says whether it does what it should; nobody on call is not ready."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        await running.server.on_call.duty.turn()
        parts = {"lobby": True, "on_call": False, "paging": True, "drill": True}
        assert running.server.ready() == parts
        await running.on_call()
        await running.server.on_call.look_who_is_there()
        assert running.server.ready() == parts | {"on_call": True}


async def test_a_purge_that_fails_keeps_no_school_closed(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who needs help comes in; the log says what failed, and it is tried again every hour."""

    async def failing(_ground: Ground) -> bool:
        raise StoreUnavailable

    monkeypatch.setattr(forgetting, "forget", failing)
    with capture_logs() as logged:
        async with an_open_house(settings(tmp_path), in_time(rules)) as running:
            assert running.server.ready()["lobby"]
    told = [line["what"] for line in logged if line["event"] == "tick_failed"]
    assert told == ["Server._begin_to_forget"]


async def test_a_purge_that_takes_long_holds_up_nothing_else(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it goes on, nodes hear of each other and closed accounts lose their sockets."""
    monkeypatch.setattr(chores, "TICK", 0)
    monkeypatch.setattr(server, "PURGE_EVERY", 1)
    hanging, looked = asyncio.Event(), asyncio.Event()
    look = OnCall.look_who_is_there

    async def hang(_ground: Ground) -> bool:
        hanging.set()
        await asyncio.Event().wait()
        return False

    async def looking(on_call: OnCall) -> None:
        await look(on_call)
        if hanging.is_set():
            looked.set()

    monkeypatch.setattr(OnCall, "look_who_is_there", looking)
    async with an_open_house(settings(tmp_path), in_time(rules)):
        monkeypatch.setattr(forgetting, "forget", hang)
        async with asyncio.timeout(5):
            await hanging.wait()
            await looked.wait()


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
        await running.server.on_call.look_who_is_there()
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
        who = next(iter(running.server.talking.students.here))
        await running.store.close()
        here, gone = (
            Ticket(student, "test", "all", "mood", 0.0) for student in (who, "somebody gone")
        )
        await Seating(lambda: running.server.talking.students)._seat((here, gone))
        assert (await page.refused())["code"] == "unavailable"
        await page.until("topics", understood=True)


async def test_F8_a_room_that_was_kept_unheard_is_found_by_choosing_again(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to its commit was lost: both pages are told, choose again, and sit in it."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        pages = [await running.student() for _ in range(2)]
        keep = running.store.write

        async def unheard(op: Any, row: Any) -> Any:
            answer = await keep(op, row)
            if op is open_rooms:
                raise StoreUnavailable
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(running.store, "write", unheard)
            for page in pages:
                await page.send("join", topic="mood")
            for page in pages:
                await page.until("error", code="unavailable")
        for page in pages:
            await page.send("join", topic="mood")
        one, other = [await page.until("matched") for page in pages]
        assert one["room"] == other["room"]


async def test_S8_F1_whoever_talks_for_long_gets_in_again_after_a_lost_line(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For as long as their page is open nobody's session counts as unused."""
    monkeypatch.setattr(chores, "TICK", 0.001)
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        one, _ = await running.pair()
        room = one.seen[-2]
        long_ago = int(time.time() * 1000) - STUDENT_IDLE

        def talked_long(conn: Connection, rows: list[None]) -> list[None]:
            conn.execute(t.sessions.update().values(seen_at=long_ago))
            return rows

        await running.store.write(talked_long, None)
        oldest = select(func.min(t.sessions.c.seen_at))

        async def noted() -> bool:
            return bool(await running.store.read(lambda conn: conn.scalar(oldest)) > long_ago)

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                while not await noted():  # noqa: ASYNC110 - there is no event
                    await asyncio.sleep(0)
        resume = {"room": room["room"], "epoch": room["epoch"], "seq": 0}
        back = await Student.open(running.origin, one.token, resume)
        assert (await back.frame())["t"] == "matched"


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


class BrokenError(Exception):
    """What a part of the house raises that cannot do what it should."""


def failing(*_: object, **__: object) -> None:
    """Such a part."""
    raise BrokenError


async def test_a_part_that_cannot_be_closed_keeps_no_other_open(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it raised is told at the end; chores, pager and the judge's timer have stopped."""
    monkeypatch.setattr(Rooms, "quiet", failing)
    before = asyncio.all_tasks()
    async with house.open_ground(settings(tmp_path), terms=PLAIN) as ground:
        server = house.Server(ground, judge=in_time(rules))
        await server.start()
        server.judging.judge.judge_turn("we made soup", ConversationState(), 0)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        with pytest.raises(BrokenError):
            await server.close()
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before


async def test_whatever_keeps_a_house_from_opening_nothing_stays_open(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only a port that is taken: what had been opened by then is closed."""
    before = asyncio.all_tasks()
    monkeypatch.setattr(FrontDoor, "start", failing)
    async with house.open_ground(settings(tmp_path), terms=PLAIN) as ground:
        server = house.Server(ground, judge=in_time(rules))
        with pytest.raises(BrokenError):
            await server.start()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before


async def test_a_pager_that_cannot_be_warmed_up_is_no_reason_to_close(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log says so, without words; the house opens and closes all the same."""
    monkeypatch.setattr("house.server.warm_up", failing)
    with capture_logs() as logs:
        async with an_open_house(settings(tmp_path), in_time(rules)) as running:
            await running.student()
    assert [line["error"] for line in logs if line["event"] == "not_warmed_up"] == ["BrokenError"]


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
        assert (await running.server.judging.rules.reload()).refused == ""
        await one.say("a new zorgshed")
        await one.until("ack", state="held")
        stored = await running.store.read(_versions)
        assert stored == [rules.version, running.server.judging.rules.last.version]


def _versions(conn: Connection) -> list[str]:
    return list(conn.scalars(select(t.messages.c.version).order_by(t.messages.c.n)))


async def test_closing_an_account_closes_its_socket_at_the_next_tick(
    tmp_path: Path, rules: Judge
) -> None:
    """An administrator presses the button, and the moderator's page is told and let go."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        mo = await running.moderator()
        await running.people.add_staff("ada", "Ada", "administrator", PASSWORD)
        found = {one.login: one for one in await running.people.accounts.everybody()}
        ada = Account(found["ada"].id, found["ada"].role)
        async with asyncio.timeout(10 * chores.TICK):
            await running.people.accounts.disable(ada, found["mo"].id)
            await mo.until("error", code="signed_out")
            assert await mo.closed() == refusal("signed_out").close


async def test_P10_a_house_times_out_what_nobody_answers(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request for an identity ends by itself, whether or not anybody looks at it."""
    monkeypatch.setattr(chores, "TICK", 0.01)
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
