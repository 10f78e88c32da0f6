"""Students who ask for a person and report, again and again, and how long each answer took.

    python -m tests.faults.asking ORIGIN TOKEN [TOKEN ...]

A process of its own, so that what it measures is the server and not the crowd beside it. It prints
`asking` once everybody has been answered, and goes on until its standard input ends; then it prints
the seconds of every answer as JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from chat.students.calling import CALLS, CALLS_OVER
from tests.clients import Student

EVERY = 2 * CALLS_OVER / CALLS
"""Seconds between two rounds of a page: oftener, calls are put off on purpose."""
ROOT = Path(__file__).parents[2]
_ASKED = (("help", {}, "no_adult"), ("report", {"reason": "unkind"}, "reported"))


async def ask(page: Student) -> list[float]:
    """Ask for a person and report, once; how long each answer took in seconds."""
    took = []
    for asked, words, answer in _ASKED:
        begun = time.monotonic()
        await page.send(asked, **words)
        await page.until("notice", code=answer)
        took.append(time.monotonic() - begun)
    return took


async def keep_asking(page: Student, over: asyncio.Event) -> list[float]:
    """Go on asking until it is over; how long each answer took."""
    took = []
    while not over.is_set():
        took += await ask(page)
        await asyncio.sleep(EVERY)
    return took


async def main(origin: str, tokens: Sequence[str]) -> None:
    """Come in, ask, go on until told that it is over."""
    pages = [await Student.open(origin, token) for token in tokens]
    for page in pages:
        await page.until("topics")
        await ask(page)
    print("asking", flush=True)
    over = asyncio.Event()
    asking = asyncio.gather(*(keep_asking(page, over) for page in pages))
    await asyncio.to_thread(sys.stdin.read)
    over.set()
    print(json.dumps([took for one in await asking for took in one]))


class Asking:
    """The test's side of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def begun(cls, origin: str, tokens: Sequence[str]) -> Self:
        """Everybody asks by now."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.asking", origin, *tokens),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"asking\n"
        return cls(process)

    async def end(self) -> list[float]:
        """Seconds that every answer since took, the longest last."""
        told, _ = await self._process.communicate(b"")  # nothing, and the end of it
        return sorted(json.loads(told))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
