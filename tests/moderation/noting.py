"""A clock set by hand, and a channel that notes every page; its providers take, fail or hang up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moderation.pager.channel import Notice, Outcome

CANARY = "canary words of a child 7f3a"
NIGHT = 1_790_000_000.0


@dataclass
class Clock:
    """Wall time, moved by the test; `steady` is how long it really took."""

    wall: float = NIGHT
    steady: float = 0.0

    def __call__(self) -> float:
        """What the wall clock shows."""
        return self.wall

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.steady += seconds

    @property
    def ms(self) -> int:
        """What the wall clock shows, in milliseconds."""
        return int(self.wall * 1000)


async def sends(_address: str) -> Outcome:
    """A provider that takes every page."""
    return Outcome.SENT


async def fails(_address: str) -> Outcome:
    """A provider that may take it later."""
    return Outcome.FAILED_FOR_NOW


async def raises(_address: str) -> Outcome:
    """A provider that hangs up."""
    raise ConnectionResetError(CANARY)


async def useless(_address: str) -> Outcome:
    """A provider that will never take it."""
    return Outcome.FAILED_FOR_GOOD


@dataclass
class Noting:
    """A channel that notes every page, and answers as `provider` does."""

    clock: Clock
    provider: Callable[[str], Any] = sends
    taken: list[tuple[float, str, Notice]] = field(default_factory=list)

    def accepts(self, _address: str) -> bool:
        """Any address will do."""
        return True

    async def send(self, address: str, notice: Notice) -> Outcome:
        """Note the page, then answer."""
        self.taken.append((self.clock.steady, address, notice))
        answer: Outcome = await self.provider(address)
        return answer

    def times(self, address: str) -> list[float]:
        """When pages went to that address."""
        return [at for at, to, _ in self.taken if to == address]
