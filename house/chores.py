"""Periodic work of a server: each chore runs every so many ticks, and its failure stops no other.

Used by `server.py`, which has the list of chores.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable

import structlog

TICK = 1.0
"""Seconds between two ticks."""

log = structlog.get_logger()


class Chores:
    """A loop over chores, each with the number of ticks from one time to the next."""

    def __init__(self, chores: Iterable[tuple[int, Callable[[], Awaitable[object]]]]) -> None:
        self._chores = tuple(chores)
        self._running: asyncio.Task[None] | None = None

    @property
    def well(self) -> bool:
        """Whether they come round."""
        return self._running is not None and not self._running.done()

    def start(self) -> None:
        """Let them come round from now on."""
        self._running = asyncio.ensure_future(self._run())

    def stop(self) -> None:
        """Let them come round no more."""
        if self._running is not None:
            self._running.cancel()

    async def _run(self) -> None:
        for count in itertools.count(1):
            await asyncio.sleep(TICK)
            for every, chore in self._chores:
                if count % every:
                    continue
                try:
                    await chore()
                except Exception as wrong:  # noqa: BLE001 - the clock of the house must not stop
                    what = chore.__qualname__
                    log.error("tick_failed", what=what, kind=type(wrong).__name__)  # noqa: TRY400
