"""What slows guessing in somebody's name, at this node and at all others together.

Used by `people.py` and `factors.py`. This node's own rule (`patience.py`) always holds; where
several nodes share what they know, the longer wait counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from moderation.people.patience import Patience


class Elsewhere(Protocol):
    """Tries at all nodes together; while nobody can say, there is nothing to wait for."""

    async def wait(self, who: str) -> float | None:
        """Seconds until a try in that name may be looked at; None to refuse it unseen."""

    async def succeeded(self, who: str) -> None:
        """A try in that name was right: start afresh."""


class Brakes:
    """How long each name has to wait; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._here = Patience()
        self._clock = clock
        self.elsewhere: Elsewhere | None = None
        """The other nodes, once this one is among them."""

    async def wait(self, who: str) -> float | None:
        """Seconds to wait before looking at this try, or None to refuse it unseen."""
        here = self._here.wait(who, self._clock())
        if here is None or self.elsewhere is None:
            return here
        there = await self.elsewhere.wait(who)
        return None if there is None else max(here, there)

    async def succeeded(self, who: str) -> None:
        """The try was right: start afresh."""
        self._here.succeeded(who)
        if self.elsewhere is not None:
            await self.elsewhere.succeeded(who)
