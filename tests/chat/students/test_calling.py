"""Calls for a person and reports, however many come."""

from __future__ import annotations

import asyncio

from chat.frames.from_student import Help, Report
from chat.students.calling import CALLS, MOST, Call, Calling

ROOM = "r" * 22
SOON = 0.001


async def _heard(heard: list[Call], number: int) -> None:
    async with asyncio.timeout(5):
        while len(heard) < number:  # noqa: ASYNC110 - a timer tells nobody
            await asyncio.sleep(SOON)


async def test_a_thousand_calls_are_one_that_waits() -> None:
    """Those of the allowance are heard at once; all beyond it are one, heard in its time."""
    heard: list[Call] = []
    clock = asyncio.get_running_loop().time
    calling = Calling(heard.append, clock, every=0.05)
    assert all(calling.take(Help()) for _ in range(1000))
    assert heard == [Help()] * CALLS
    await _heard(heard, CALLS + 1)
    calling.close()
    assert heard == [Help()] * (CALLS + 1)


async def test_reports_that_say_something_else_wait_each_in_its_turn() -> None:
    """None overtakes another and none is dropped."""
    heard: list[Call] = []
    calling = Calling(heard.append, asyncio.get_running_loop().time, every=SOON)
    for _ in range(CALLS):
        calling.take(Help())
    reports: list[Call] = [
        Report("unkind", ROOM),
        Report("unsafe", ROOM),
        Report("unsafe", "s" * 22),
    ]
    assert all(calling.take(report) for report in (*reports, *reports))
    await _heard(heard, CALLS + len(reports))
    assert heard[CALLS:] == reports
    calling.close()
    assert len(heard) == CALLS + len(reports)


async def test_what_waits_is_bounded() -> None:
    """Nobody has so many rooms to report: the line of whoever names others does not grow."""
    heard: list[Call] = []
    calling = Calling(heard.append, lambda: 100.0)
    others = [Report("other", f"{n:022}") for n in range(CALLS + MOST + 5)]
    assert [calling.take(each) for each in others] == [True] * (CALLS + MOST) + [False] * 5
    assert calling.take(others[CALLS]), "it waits already"
    calling.close()


async def test_whoever_called_and_then_lost_the_connection_has_called() -> None:
    """What still waits when the page goes is done at once."""
    heard: list[Call] = []
    calling = Calling(heard.append, lambda: 100.0)
    for _ in range(CALLS + 1):
        calling.take(Help())
    calling.close()
    calling.close()
    assert heard == [Help()] * (CALLS + 1)
