"""A server that is closed and opened again on the same data: what lasts, lasts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from moderation.deadline import Deadline
from moderation.pipeline import Judge
from tests.clients import Moderator, Student
from tests.journeys.conftest import PASSWORD, an_open_house, in_time, settings
from tests.journeys.detectors import HELD, Marking, with_detector

AN_HOUR = 3600.0
"""Seconds in which nothing is earned, however slow the machine."""


def marking(rules: Judge) -> Deadline:
    return in_time(with_detector(rules, Marking()))


def place(page: Student) -> dict[str, Any]:
    """Where a page is: it has shown everything it has seen."""
    matched = next(frame for frame in page.seen if frame["t"] == "matched")
    seqs = [frame["seq"] for frame in page.seen if frame.get("seq") is not None]
    return {"room": matched["room"], "epoch": matched["epoch"], "seq": max(seqs)}


async def test_an_open_room_goes_on(tmp_path: Path, rules: Judge) -> None:
    """Both pages come back with the token they had, to the same history, and go on at its end."""
    chosen = settings(tmp_path)
    async with an_open_house(chosen, marking(rules)) as running:
        one, other = await running.pair()
        cid = await one.say("before the night")
        ack = await one.until("ack", cid=cid)
        await other.until("message")
    assert await one.closed() == 1001
    async with an_open_house(chosen, marking(rules)) as running:
        one_again = await Student.open(running.origin, one.token, place(one))
        other_again = await Student.open(running.origin, other.token, {**place(other), "seq": 0})
        await one_again.until("resumed", seq=1)
        assert (await other_again.until("message"))["text"] == "before the night"
        assert "message" not in {frame["t"] for frame in one_again.seen}
        await one_again.say("before the night", cid)
        assert await one_again.until("ack", cid=cid) == ack
        await one_again.say("and after it")
        assert (await other_again.until("message", text="and after it"))["seq"] == 2


async def test_a_held_message_is_still_held_and_can_be_released(
    tmp_path: Path, rules: Judge
) -> None:
    """It is in the queue, unclaimed; its writer sees its state; released, it takes its place."""
    chosen = settings(tmp_path)
    async with an_open_house(chosen, marking(rules)) as running:
        moderator = await running.moderator()
        await moderator.until("queue")
        one, other = await running.pair()
        held = await one.say(HELD)
        await one.until("ack", cid=held)
        behind = await one.say("and this waits")
        await one.until("ack", cid=behind)
        item = (await moderator.until("item"))["item"]["id"]
        await moderator.send("claim", item=item)
        await moderator.until("opened")
    async with an_open_house(chosen, marking(rules)) as running:
        moderator = await Moderator.open(running.origin, "mo", PASSWORD)
        (found,) = (await moderator.until("queue"))["items"]
        assert (found["id"], found["claimed_by"]) == (item, None)
        one_again = await Student.open(running.origin, one.token, None)
        other_again = await Student.open(running.origin, other.token, None)
        await one_again.until("status", cid=held, state="held")
        await one_again.until("status", cid=behind, state="held")
        await other_again.until("resumed", seq=0)
        await moderator.send("claim", item=item)
        await moderator.until("opened")
        await moderator.send("act", item=item, act="release")
        await moderator.until("done")
        assert (await one_again.until("status", cid=held))["seq"] == 1
        assert (await one_again.until("status", cid=behind))["seq"] == 2
        assert (await other_again.until("message"))["text"] == HELD
        assert (await other_again.until("message"))["text"] == "and this waits"


async def test_students_who_waited_are_matched_when_they_knock_again(
    tmp_path: Path, rules: Judge
) -> None:
    """Waiting is not kept, sessions are: joining again is all it takes."""
    chosen = settings(tmp_path)
    async with an_open_house(chosen, marking(rules)) as running:
        one = await running.student()
        await one.send("join", topic="mood")
        await one.until("waiting")
    async with an_open_house(chosen, marking(rules)) as running:
        again = await Student.open(running.origin, one.token, None)
        await again.until("topics", understood=True)
        await again.send("join", topic="mood")
        await again.until("waiting")
        other = await running.student()
        await other.send("join", topic="mood")
        await asyncio.gather(again.until("matched"), other.until("matched"))


async def test_a_page_that_went_unanswered_is_sent_after_the_start(
    tmp_path: Path, rules: Judge
) -> None:
    """An incident nobody acknowledged goes on ringing in the next process."""
    chosen = settings(tmp_path)
    async with an_open_house(chosen, marking(rules)) as running:
        await running.on_call()
        one, _ = await running.pair()
        await one.until("ack", cid=await one.say("i am going to kill myself tonight"))
        await running.rang.wait()
        rang = len(running.pages)
        bell, running.bell = running.bell, None
        pages = running.pages
        running.rang.clear()
    async with an_open_house(chosen, marking(rules)) as again:
        await running.rang.wait()
        assert len(pages) > rang
        again.bell = bell


async def test_who_was_kept_apart_stays_apart(tmp_path: Path, rules: Judge) -> None:
    """A block outlives the process that took it down."""
    chosen = settings(tmp_path)
    async with an_open_house(chosen, marking(rules)) as running:
        one, other = await running.pair()
        await one.send("block")
        await one.until("ended")
        await other.until("peer_left")
    async with an_open_house(chosen, marking(rules)) as running:
        pages = [await Student.open(running.origin, page.token, None) for page in (one, other)]
        for page in pages:
            await page.until("topics")
            await page.send("join", topic="mood")
            await page.until("waiting")
        third = await running.student()
        await third.send("join", topic="mood")
        await third.until("matched")
        await pages[0].until("matched")


async def test_whoever_comes_back_has_no_new_allowance(
    tmp_path: Path, rules: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seat that has said all it may for now may say no more after a restart."""
    monkeypatch.setattr("chat.rooms.open_room.PERIOD", AN_HOUR)
    chosen = settings(tmp_path)
    async with an_open_house(chosen, marking(rules)) as running:
        one, _ = await running.pair()
        await say_all(one, chosen.chat.messages_per_10_seconds)
    async with an_open_house(chosen, marking(rules)) as running:
        again = await Student.open(running.origin, one.token, place(one))
        await again.until("resumed")
        await again.say("and one more")
        await again.until("error", code="rate_limited")


async def say_all(page: Student, most: int) -> None:
    """Say all that a seat may say at once, and one held message for good measure."""
    for number in range(most - 1):
        await page.until("ack", cid=await page.say(f"number {number}"))
    await page.until("ack", cid=await page.say(HELD), state="held")
