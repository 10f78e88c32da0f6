"""Periodic work of a server: each chore runs every so many ticks.

One that fails stops no other, and neither does one that hangs. Used by `server.py`, which has the
list of chores.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterable

import structlog

from moderation.faults import told_safely

TICK = 1.0
"""Seconds between two ticks."""

LIMIT = 10.0
"""Seconds one chore may take; it is ended then, and begun anew when it is due again."""

WELL = 60.0
"""Seconds since the last round was done, after which they no longer come round."""

_log = structlog.get_logger()


class Chores:
    """A loop over chores, each with the number of ticks from one time to the next."""

    def __init__(
        self,
        chores: Iterable[tuple[int, Callable[[], Awaitable[object]]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._chores = tuple(chores)
        self._clock = clock
        self._running: asyncio.Task[None] | None = None
        self._came_round = 0.0

    @property
    def well(self) -> bool:
        """Whether they come round."""
        running = self._running is not None and not self._running.done()
        return running and self._clock() - self._came_round < WELL

    def start(self) -> None:
        """Let them come round from now on."""
        self._came_round = self._clock()
        self._running = asyncio.ensure_future(self._run())

    def stop(self) -> None:
        """Let them come round no more."""
        if self._running is not None:
            self._running.cancel()

    async def _run(self) -> None:
        for count in itertools.count(1):
            await asyncio.sleep(TICK)
            for every, chore in self._chores:
                if count % every == 0:
                    await attempt(chore)
            self._came_round = self._clock()


async def attempt(chore: Callable[[], Awaitable[object]]) -> None:
    """Do it; what goes wrong, or takes too long, is logged and hinders nothing else."""
    try:
        async with asyncio.timeout(LIMIT):
            await chore()
    except Exception as wrong:  # noqa: BLE001 - the clock of the house must not stop
        _log.error("tick_failed", what=chore.__qualname__, **told_safely(wrong))
