"""Moderators at the desk of a running house, and the students they decide about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from chat.settings import Chat
from moderation.pipeline import Judge
from tests.clients import Moderator, Student
from tests.journeys.conftest import PASSWORD, Running, an_open_house, in_time, settings
from tests.journeys.detectors import HELD, Marking, with_detector

ID = "i" * 22
PAIRS, RACES = 4, 50


async def held(running: Running) -> tuple[Student, Student, str]:
    """A pair, the first of whom has said something that is held; its cid."""
    one, other = await running.pair()
    cid = await one.say(HELD)
    assert (await one.until("ack", cid=cid))["state"] == "held"
    return one, other, cid


async def at_the_desk(
    running: Running, login: str = "mo"
) -> tuple[Moderator, list[dict[str, Any]]]:
    """A moderator, and the items they found."""
    moderator = await running.moderator(login)
    return moderator, (await moderator.until("queue"))["items"]


async def answer(moderator: Moderator) -> dict[str, Any]:
    """The next frame that answers the moderator themselves."""
    while True:
        frame = await moderator.frame()
        if frame["t"] in {"opened", "done", "error"}:
            return frame


async def claimed(running: Running) -> tuple[Moderator, dict[str, Any], dict[str, Any]]:
    """A moderator who has the only item; the item as listed, and as opened."""
    moderator, (item,) = await at_the_desk(running)
    await moderator.send("claim", item=item["id"])
    return moderator, item, await answer(moderator)


async def test_M2_of_two_who_claim_at_once_one_gets_it(running: Running) -> None:
    """In two hundred races each item is opened by exactly one, and the other is told so."""
    raced: set[str] = set()  # on a slow machine these come back, for their pages fall silent
    for pair in range(PAIRS):  # a page may send sixty frames in ten seconds, so they take turns
        for _ in range(RACES):
            await running.server.talking.rooms.requests.ask_person(None, None, "help")
        mo, items = await at_the_desk(running, f"mo{pair}")
        jo, _ = await at_the_desk(running, f"jo{pair}")
        fresh = [item["id"] for item in items if item["id"] not in raced]
        raced.update(fresh)
        assert len(fresh) == RACES
        for number, item in enumerate(fresh):
            first, second = (mo, jo) if number % 2 else (jo, mo)
            await first.send("claim", item=item)
            await second.send("claim", item=item)
            outcomes = sorted([(await answer(mo))["t"], (await answer(jo))["t"]])
            assert outcomes == ["error", "opened"]


async def test_F24_a_chat_that_nobody_watches_is_paused(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last moderator goes: both students are told, and words wait until one is back."""
    monkeypatch.setattr("house.talking.UNWATCHED", 0.0)
    monkeypatch.setattr("house.talking.Talking.is_open", lambda _: True)
    staffed = structs.replace(settings(tmp_path), chat=Chat(needs_staff=True, needs_adults=1))
    async with an_open_house(staffed, in_time(rules), keep_claim=0.1) as running:
        mo = await running.moderator()
        await mo.until("queue")
        one, other = await running.pair()
        await mo.close()
        for page in (one, other):
            await page.until("notice", code="paused")
        cid = await one.say("are you still there")
        assert (await one.until("ack", cid=cid))["state"] == "held"
        back = await Moderator.open(running.origin, "mo", PASSWORD)
        for page in (one, other):
            await page.until("notice", code="unpaused")
        assert (await one.until("status", cid=cid))["state"] == "released"
        assert (await other.until("message"))["text"] == "are you still there"
        assert (await back.until("queue"))["items"] == []


async def test_M7_nobody_decides_about_what_they_have_not_claimed(running: Running) -> None:
    """Unclaimed and another's items are refused as changed, and the message stays held."""
    one, other, _ = await held(running)
    mo, (item,) = await at_the_desk(running, "mo")
    jo, _ = await at_the_desk(running, "jo")
    await mo.send("act", item=item["id"], act="release")
    assert (await answer(mo))["code"] == "changed"
    await jo.send("claim", item=item["id"])
    await answer(jo)
    await mo.send("act", item=item["id"], act="release")
    assert (await answer(mo))["code"] == "changed"
    await mo.send("put_back", item=item["id"])
    assert (await answer(mo))["code"] == "changed"
    await other.say("still here")
    assert (await one.until("message"))["seq"] == 1


async def test_M7_of_two_decisions_the_first_counts(running: Running) -> None:
    """What was withheld cannot be released by the same card again."""
    one, _, cid = await held(running)
    mo, item, _ = await claimed(running)
    await mo.send("act", item=item["id"], act="withhold", reason="unkind")
    await mo.send("act", item=item["id"], act="release")
    assert (await answer(mo))["act"] == "withhold"
    assert (await answer(mo))["code"] == "changed"
    assert (await one.until("status", cid=cid))["state"] == "withheld"


async def test_M6_a_removal_needs_a_reason(running: Running) -> None:
    """Without one the act is refused by the name of the field and nothing happens."""
    one, _, cid = await held(running)
    mo, item, _ = await claimed(running)
    for act in ("withhold", "escalate", "close_room"):
        for reason in ("", "  "):
            await mo.send("act", item=item["id"], act=act, reason=reason)
            refused = await answer(mo)
            assert (refused["code"], refused["path"]) == ("bad_field", "reason")
    await mo.send("act", item=item["id"], act="release")
    assert (await answer(mo))["t"] == "done"
    assert (await one.until("status", cid=cid))["state"] == "released"


async def test_M3_a_claim_comes_back_when_the_page_is_gone(tmp_path: Path, rules: Judge) -> None:
    """Soon after the moderator's connection is lost, another sees the item free and takes it."""
    judge = in_time(with_detector(rules, Marking()))
    async with an_open_house(settings(tmp_path), judge, keep_claim=0.01) as running:
        await held(running)
        mo, item, _ = await claimed(running)
        jo, _ = await at_the_desk(running, "jo")
        await mo.close()
        changed = (await jo.until("item"))["item"]
        assert changed["claimed_by"] is None
        await jo.send("claim", item=item["id"])
        assert (await answer(jo))["t"] == "opened"


async def test_M3_a_claim_stays_with_who_comes_back_in_time(running: Running) -> None:
    """A lost connection alone gives nobody else the item."""
    await held(running)
    mo, item, _ = await claimed(running)
    jo, _ = await at_the_desk(running, "jo")
    await mo.close()
    await jo.send("claim", item=item["id"])
    assert (await answer(jo))["code"] == "already_claimed"


async def test_a_moderator_closes_a_room(running: Running) -> None:
    """Both students hear that a moderator closed it, and are free for another."""
    one, other, _ = await held(running)
    mo, item, _ = await claimed(running)
    await mo.send("act", item=item["id"], act="close_room", reason="enough for today")
    for page in (one, other):
        await page.until("ended", why="moderator")
        await page.send("join", topic="mood")
        await page.until("waiting")


async def test_M10_escalating_pages_an_adult(running: Running) -> None:
    """The page rings without words, and the item carries the incident's code."""
    await running.on_call()
    await held(running)
    mo, item, _ = await claimed(running)
    await mo.send("act", item=item["id"], act="escalate", reason="he means it")
    await answer(mo)
    while not (changed := (await mo.until("item"))["item"])["incident"]:
        pass  # the claim is told as well
    await running.rang.wait()
    assert changed["incident"] in str(running.pages)
    assert "he means it" not in str(running.pages)
    assert HELD not in str(running.pages)


async def test_S7_a_student_takes_a_held_message_back(running: Running) -> None:
    """It goes nowhere, what waited behind it goes on, and the moderator sees that it changed."""
    one, other, cid = await held(running)
    behind = await one.say("what i meant is hello")
    assert (await one.until("ack", cid=behind))["state"] == "held"
    await one.send("take_back", cid=cid)
    assert (await one.until("status", cid=cid))["state"] == "taken_back"
    assert (await one.until("status", cid=behind))["state"] == "released"
    message = await other.until("message")
    assert (message["text"], message["seq"]) == ("what i meant is hello", 1)
    mo, item, opened = await claimed(running)
    assert "taken_back" in {line["state"] for line in opened["lines"]}
    await mo.send("act", item=item["id"], act="release")
    assert (await answer(mo))["code"] == "changed"
    assert (await answer(mo))["item"]["held"] is False
    await mo.send("act", item=item["id"], act="done")
    assert (await answer(mo))["t"] == "done"


async def test_M5_no_student_is_named_at_the_desk(running: Running) -> None:
    """No frame a moderator receives holds a pseudonym or a token."""
    one, other, _ = await held(running)
    mo, _, _ = await claimed(running)
    seats = [
        seat for live in running.server.talking.rooms._open.values() for seat in live.room.seats
    ]
    for secret in (one.token, other.token, *(seat.student for seat in seats)):
        assert secret not in str(mo.seen)
