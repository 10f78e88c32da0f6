"""What slows guessing in somebody's name, at this node and at all others together.

Used by `people.py` and `factors.py`. This node's own rule (`patience.py`) always holds; where
several nodes share what they know, a try must pass both, and one that this node refuses is not
counted by the others: only of several at the same moment may one be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from moderation.people.patience import Patience
from moderation.records.refused import Refused


class Elsewhere(Protocol):
    """Tries at all nodes together; while nobody can say, there is nothing to wait for."""

    async def wait(self, who: str) -> float:
        """Seconds until a try in that name is looked at; at 0 this one is."""

    async def succeeded(self, who: str) -> None:
        """A try in that name was right: start afresh."""


class Brakes:
    """Whose try is looked at; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._here = Patience()
        self._clock = clock
        self.elsewhere: Elsewhere | None = None
        """The other nodes, once this one is among them."""

    async def pass_on(self, who: str) -> None:
        """Go on, for this try is looked at now; raises Refused with the seconds to wait if not."""
        wait = self._here.left(who, self._clock())
        if not wait and self.elsewhere is not None:
            wait = await self.elsewhere.wait(who)
        wait = wait or self._here.wait(who, self._clock())  # others may have passed meanwhile
        if wait:
            raise Refused("rate_limited", wait)

    async def succeeded(self, who: str) -> None:
        """The try was right: start afresh."""
        self._here.succeeded(who)
        if self.elsewhere is not None:
            await self.elsewhere.succeeded(who)
