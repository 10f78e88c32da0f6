"""A judge that fails in any way holds every message, and goes on once it is repaired.

Acceptance 4 and fault F23: nothing that was not judged reaches a peer.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.deadline import ASIDE_SECONDS, Deadline
from moderation.pipeline import Judge
from tests.chat.shells import Clock
from tests.clients import Page, Student
from tests.journeys.conftest import Running, an_open_house, settings
from tests.journeys.detectors import FAILURES, Unruly, answers_once_only, with_detector

TEXTS = ("hello there", "see you at lunch", "i like the green one more", "it rained all day")


async def say_and_see_held(page: Student, texts: tuple[str, ...]) -> list[str]:
    """Say these; each is kept and goes nowhere. Answers their cids."""
    cids = []
    for text in texts:
        cid = await page.say(text)
        ack = await page.until("ack", cid=cid)
        assert (ack["state"], ack.get("seq")) == ("held", None)
        cids.append(cid)
    return cids


def words_heard(page: Page) -> list[str]:
    return [frame["text"] for frame in page.seen if frame["t"] == "message"]


async def queued(running: Running) -> list[dict[str, object]]:
    """What a moderator who comes to the desk finds."""
    moderator = await running.moderator()
    items: list[dict[str, object]] = (await moderator.until("queue"))["items"]
    await moderator.close()
    return items


# What the deadline raises in a callback of the collector is swallowed and raised again
# (`moderation/deadline.py`); that it was swallowed is no fault.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("failure", FAILURES)
async def test_F23_a_failing_detector_holds_everything(
    tmp_path: Path, rules: Judge, failure: str
) -> None:
    """Each message is held and queued as a fault, none reaches the peer, and repair is enough."""
    clock, unruly = Clock(), Unruly(FAILURES[failure])
    judge = Deadline(with_detector(rules, unruly), 0.1, clock)
    async with an_open_house(settings(tmp_path), judge) as running:
        one, other = await running.pair()
        cids = await say_and_see_held(one, TEXTS)
        await say_and_see_held(other, TEXTS[:1])
        items = await queued(running)
        assert [(item["kind"], item["held"]) for item in items] == [("fault", True)] * 5

        unruly.repair()
        judge._limit = 30.0  # a busy machine is no fault
        clock.now += ASIDE_SECONDS
        for cid in cids:
            await one.send("take_back", cid=cid)
            await one.until("status", cid=cid, state="taken_back")
        await one.until("ack", cid=await one.say("it works again"))
        assert (await other.until("message"))["seq"] == 1
        assert words_heard(other) == ["it works again"]
        assert words_heard(one) == []


async def test_F23_a_judge_that_keeps_failing_is_put_aside(tmp_path: Path, rules: Judge) -> None:
    """After three failures messages are held without asking it, until its time is over."""
    asked: list[int] = []

    def counts(_reading: object) -> None:
        asked.append(1)

    clock, unruly = Clock(), Unruly(counts)
    judge = Deadline(with_detector(rules, unruly), 30.0, clock)
    async with an_open_house(settings(tmp_path), judge) as running:
        one, _ = await running.pair()
        await say_and_see_held(one, TEXTS[:3])
        so_far = len(asked)
        await say_and_see_held(one, TEXTS)
        assert len(asked) == so_far
        clock.now += ASIDE_SECONDS
        await say_and_see_held(one, TEXTS[:1])
        assert len(asked) > so_far


async def test_F23_an_answer_that_can_be_read_only_once_counts(
    tmp_path: Path, rules: Judge
) -> None:
    """Looking at an answer to check it does not use it up."""
    judge = Deadline(with_detector(rules, Unruly(answers_once_only)), 30.0, Clock())
    async with an_open_house(settings(tmp_path), judge) as running:
        one, _ = await running.pair()
        await say_and_see_held(one, TEXTS[:1])
        (item,) = await queued(running)
        assert (item["kind"], item["category"]) == ("message", "bullying")


async def test_F23_a_moderator_releases_what_a_fault_held(tmp_path: Path, rules: Judge) -> None:
    """What could not be judged is in the queue, and a person may let it go on."""
    unruly = Unruly(FAILURES["raises"])
    judge = Deadline(with_detector(rules, unruly), 30.0, Clock())
    async with an_open_house(settings(tmp_path), judge) as running:
        one, other = await running.pair()
        (cid,) = await say_and_see_held(one, TEXTS[:1])
        moderator = await running.moderator()
        (item,) = (await moderator.until("queue"))["items"]
        await moderator.send("claim", item=item["id"])
        opened = await moderator.until("opened")
        assert [why["rule"] for why in opened["lines"][0]["why"]] == ["failed"]
        await moderator.send("act", item=item["id"], act="release")
        assert (await one.until("status", cid=cid))["state"] == "released"
        assert (await other.until("message"))["text"] == TEXTS[0]


async def test_F23_a_cry_for_help_pages_though_another_detector_fails(
    tmp_path: Path, rules: Judge
) -> None:
    """One broken detector silences no other: the message is held, and an adult is called."""
    unruly = Unruly(FAILURES["raises"])
    judge = Deadline(with_detector(rules, unruly), 30.0, Clock())
    async with an_open_house(settings(tmp_path), judge) as running:
        await running.on_call()
        one, _ = await running.pair()
        await say_and_see_held(one, ("i am going to kill myself tonight",))
        await running.rang.wait()
        (item,) = await queued(running)
        assert item["attention"] == "page"
        assert item["incident"]
