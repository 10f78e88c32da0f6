"""Everybody is cut off in the same moment and comes back (F28)."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from random import Random

from websockets.exceptions import WebSocketException

import house
from chat.settings_file import load
from tests.clients import Student
from tests.faults.asking import Asking
from tests.faults.crowd import a_config, sign_in
from tests.faults.progress import Progress
from tests.faults.servers import Servers
from tests.faults.talkers import backoff

STORM = int(os.environ.get("PEERLINE_TEST_STORM", "100"))
ASKING = 5
"""Students who stay connected and ask for a person all the while."""
AT_ONCE = 250
"""Students who come in together before the storm."""


class Flock:
    """Pages that sit in rooms, and come back as the page does: later each time, and by chance."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._chance = Random(28)
        self.pages: dict[str, Student] = {}
        self.tries = 0

    async def come(self, token: str, first: str) -> None:
        """Come in, and be told `first`."""
        self.pages[token] = page = await Student.open(self.origin, token)
        await page.until(first)

    async def come_back(self, token: str) -> float:
        """Come back to the room one was in; answers how many seconds it took."""
        begun, failures = time.monotonic(), 0
        while True:
            await asyncio.sleep(backoff(failures, self._chance.random()))
            self.tries += 1
            try:
                await self.come(token, "resumed")
            except (OSError, EOFError, WebSocketException, AssertionError):
                failures += 1
            else:
                return time.monotonic() - begun

    async def settle(self, tokens: list[str]) -> None:
        """All of these come in and are paired."""
        for at in range(0, len(tokens), AT_ONCE):
            some = tokens[at : at + AT_ONCE]
            await asyncio.gather(*(self.come(token, "topics") for token in some))
            for token in some:
                await self.pages[token].send("join", topic="mood")
            await asyncio.gather(*(self.pages[token].until("resumed") for token in some))

    def cut_off(self, tokens: list[str]) -> None:
        """Every line of these breaks at once."""
        for token in tokens:
            self.pages[token].socket.transport.abort()


async def test_F28_everybody_comes_back_and_who_asks_for_a_person_is_answered(
    tmp_path: Path, progress: Progress
) -> None:
    """After all lines broke at once every page is in its room again, and nobody asked in vain."""
    config = a_config(tmp_path)
    settings = load(config, {})
    tokens = await sign_in(settings, STORM + ASKING)
    flying, asking = tokens[:STORM], tokens[STORM:]
    server = await Servers.ready(config)
    flock = Flock(house.origins_of(settings)[0])
    try:
        await server.start()
        await flock.settle(flying)
        people = await Asking.begun(flock.origin, asking)
        flock.cut_off(flying)
        back = await asyncio.gather(*map(flock.come_back, flying))
        answers = await people.end()
    finally:
        await server.close()
    assert len(back) == STORM
    assert len(answers) >= 2 * ASKING
    progress(
        STORM,
        STORM,
        "pages cut off at once",
        slowest_back_s=round(max(back), 2),
        tries=flock.tries,
        asked=len(answers),
        p99_answer_ms=round(answers[int(len(answers) * 0.99)] * 1000, 1),
    )
