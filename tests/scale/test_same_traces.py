"""The same story on one machine and on two nodes: every page is told the same (K16)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from moderation.pipeline import Judge
from moderation.records import transcript
from tests.clients import Frame, Page, Student
from tests.faults.talkers import CRY
from tests.journeys.conftest import Running, an_open_house, in_time, settings
from tests.journeys.detectors import HELD, Marking, with_detector
from tests.journeys.test_restart import place
from tests.scale.conftest import Nodes

_OF_THE_CLOCK = {"gauges", "overview", "resumed", "typing"}
"""Frames that come when a second is over, not when something happened."""
_DEFAULTS = {"state": "released"}
"""What a frame may leave out."""
_TIMES = {"since", "at", "until", "escalate_at", "age", "said_at"}


class Names:
    """The same name for whatever is random, in the order in which it is first seen."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def told(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: self.told(v, k) for k, v in value.items() if k not in _TIMES}
        if isinstance(value, list):
            return [self.told(each, key) for each in value]
        if isinstance(value, str) and key in {"room", "epoch", "mid", "cid", "handle", "peer"}:
            return self._names.setdefault(value, f"{key} {len(self._names)}") if value else ""
        return value


def trace(pages: list[Page]) -> list[list[Frame]]:
    """What each page was told, with names in the place of what is random.

    That it waits is told again every second or so; here it counts once.
    """
    names, traces = Names(), list[list[Frame]]()
    for page in pages:
        told = [_DEFAULTS | one for one in page.seen if one["t"] not in _OF_THE_CLOCK]
        kinds = ["", *(one["t"] for one in told)]
        traces.append(
            [
                names.told(one)
                for before, one in zip(kinds, told, strict=False)
                if (before, one["t"]) != ("waiting", "waiting")
            ]
        )
    return traces


async def story(first: Running, second: Running) -> tuple[list[list[Frame]], list[Any]]:
    """Two students, at whichever nodes, and all that can become of a message."""
    one, other = await first.student(), await second.student()
    await one.send("join", topic="mood")
    await one.until("waiting")
    await other.send("join", topic="mood")
    for page in (one, other):
        await page.until("matched")
        await page.until("resumed")
    room = place(one)["room"]
    for speaker, listener, text in ((one, other, "hello"), (other, one, "hello you")):
        await speaker.until("ack", cid=await speaker.say(text))
        await listener.until("message", text=text)
    await one.until("ack", cid=await one.say("oh fuck this"))
    await other.until("message")
    held = await one.say(HELD)
    await one.until("ack", cid=held, state="held")
    behind = await one.say("and what follows")
    await one.until("ack", cid=behind, state="held")
    await one.send("take_back", cid=held)
    await one.until("status", cid=held, state="taken_back")
    await one.until("status", cid=behind, state="released")
    await other.until("message", text="and what follows")
    await one.say("hello", held)
    await one.until("error", code="cid_conflict")
    await other.until("ack", cid=await other.say(CRY))
    await other.until("notice")
    await one.until("message", text=CRY)
    again = await Student.open(second.origin, one.token, place(one))
    await one.closed()
    await again.until("matched")
    await again.until("resumed")
    await again.send("report", reason="unkind")
    await again.until("notice", code="reported")
    await again.send("leave")
    await again.until("ended")
    await other.until("notice", code="peer_gone")
    await other.send("leave")
    await other.until("ended")
    rows = await first.store.read(transcript.recent, room, 100)
    kept = [(row.seq, row.state, row.attention, row.delivery) for row in rows]
    return trace([one, other, again]), kept


@contextlib.asynccontextmanager
async def alone(tmp_path: Path, rules: Judge) -> AsyncIterator[Running]:
    """One node over SQLite, everything else in its memory."""
    judge = in_time(with_detector(rules, Marking()))
    async with an_open_house(replace(settings(tmp_path / "alone")), judge) as found:
        yield found


async def test_K16_one_machine_and_two_nodes_tell_the_same_story(
    tmp_path: Path, rules: Judge, another_node: Nodes
) -> None:
    """SQLite and memory, PostgreSQL and Redis at one node, and at two: the same frames and rows."""
    (tmp_path / "alone").mkdir()
    async with alone(tmp_path, rules) as single:
        expected = await story(single, single)
    async with another_node() as first, another_node() as second:
        together = await asyncio.wait_for(story(first, first), 120)
        apart = await asyncio.wait_for(story(first, second), 120)
    assert together == expected
    assert apart == expected
