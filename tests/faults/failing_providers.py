"""A provider fails, in every way there is: somebody is reached another way within 90 seconds.

    python -m tests.faults.failing_providers --times 2000

The real duty loop over real records, with a clock turned by hand. For each incident one or
two providers are broken for everybody, though never both ways of the second on call: they answer
500 or 429, hang until the time-out, break off TLS, or say "sent" and deliver nothing. What counts
is when a page was delivered by one that works.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import ssl
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from moderation.pager.channel import Notice, Outcome
from tests.moderation.night import Adult, World, night, record
from tests.moderation.noting import Clock
from tests.stories.conftest import day_and_night, in_force

WITHIN = 90.0
"""Seconds from the message until a person is reached (UX P4)."""
SEND = 20.0
"""Seconds after which a call to a provider is given up."""
TOGETHER = 50
"""Incidents that begin in the same second."""
WAYS = ("push", "mail", "sms", "voice")
KINDS = ("500", "429", "time-out", "TLS", "lies")
SCHOOLS = (
    (("push", "mail"), ("mail", "sms")),
    (("push", "sms", "voice"), ("push", "mail")),
    (("mail", "voice"), ("mail", "voice", "push")),
    (("sms", "push", "mail", "voice"), ("voice", "sms")),
)
"""Over which channels the first and the second on call are reached, in their order."""


@dataclass
class Providers:
    """All providers; `broken` says for each incident which are, and how."""

    clock: Clock
    broken: dict[str, dict[str, str]] = field(default_factory=dict)
    reached: dict[str, float] = field(default_factory=dict)
    hanging: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    async def take(self, way: str, notice: Notice) -> Outcome:
        """What the provider of that channel does with a page."""
        kind = self.broken[notice.code].get(way)
        if kind is None:
            self.reached.setdefault(notice.code, self.clock.steady)
            return Outcome.SENT
        if kind == "time-out":
            over = asyncio.Event()
            self.hanging.append((self.clock.steady + SEND, over))
            await over.wait()
            raise TimeoutError
        if kind == "TLS":
            raise ssl.SSLError("handshake failure")
        return Outcome.SENT if kind == "lies" else Outcome.FAILED_FOR_NOW

    def give_up(self) -> None:
        """Calls that hung for too long are over."""
        for at, over in [each for each in self.hanging if each[0] <= self.clock.steady]:
            self.hanging.remove((at, over))
            over.set()


@dataclass(frozen=True)
class Way:
    """One channel."""

    name: str
    providers: Providers

    def accepts(self, _address: str) -> bool:
        """Any address will do."""
        return True

    async def send(self, _address: str, notice: Notice) -> Outcome:
        """As its provider does."""
        return await self.providers.take(self.name, notice)


async def _pass(world: World, providers: Providers, seconds: float) -> None:
    """Let time pass, while calls hang and the loop looks whenever it wants to."""
    until = world.clock.steady + seconds
    while world.clock.steady < until:
        pause = await world.duty.turn()
        await _until_only_hanging(world, providers)
        ends = [at - world.clock.steady for at, _ in providers.hanging]
        left = until - world.clock.steady
        world.clock.wait(max(0.05, min([pause, left, *ends])) if left > 0 else 0)
        providers.give_up()


async def _until_only_hanging(world: World, providers: Providers) -> None:
    """Wait until nothing is under way but calls that hang."""
    while len(world.duty._sending) > len(providers.hanging):
        await asyncio.wait(list(world.duty._sending.values()), timeout=0.001)


async def fail(times: int, seed: int, folder: Path, school: int) -> Counter[str]:
    """So many incidents at one school; answers how many of each kind were reached too late."""
    chance = random.Random(seed)
    late: Counter[str] = Counter()
    async with night(folder) as world:
        providers = Providers(world.clock)
        world.channels.clear()
        world.channels |= {name: Way(name, providers) for name in WAYS}
        world.restart()
        first, second = SCHOOLS[school]
        ola = await world.adult("Ola", "counsellor", *first)
        ivo = await world.adult("Ivo", "counsellor", *second)
        await in_force(world, day_and_night(ola, ivo), ola, ivo)
        for begun in range(0, times, TOGETHER):
            faults = [_broken(chance, second) for _ in range(min(TOGETHER, times - begun))]
            late += await _batch(world, providers, ola, faults)
    return late


def _broken(chance: random.Random, second: tuple[str, ...]) -> dict[str, str]:
    """One or two ways that are broken, and how; of the next adult's first two one works."""
    which = chance.sample(WAYS, chance.randint(1, 2))
    if set(second[:2]) <= set(which):
        which.pop()
    return {way: chance.choice(KINDS) for way in which}


async def _batch(
    world: World, providers: Providers, adult: Adult, faults: list[dict[str, str]]
) -> Counter[str]:
    """Incidents of the same second, each with its own broken providers, until all are over."""
    at = world.clock.steady
    codes = [await world.say(await world.room()) for _ in faults]
    providers.broken = dict(zip(codes, faults, strict=True))
    providers.reached.clear()
    await _pass(world, providers, WITHIN)
    await world.duty.turn()
    await _until_only_hanging(world, providers)
    for code in codes:
        await world.incidents.acknowledge(code, adult)
        await world.incidents.resolve(code, adult, "spoken_to", record())
    await _pass(world, providers, SEND + 1)
    return Counter(
        " and ".join(sorted(broken.values()))
        for code, broken in providers.broken.items()
        if providers.reached.get(code, at + 10 * WITHIN) - at > WITHIN
    )


def main() -> int:
    """Count, and say it in one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    late: Counter[str] = Counter()
    each = -(-options.times // len(SCHOOLS))
    for school in range(len(SCHOOLS)):
        with tempfile.TemporaryDirectory() as folder:
            late += asyncio.run(fail(each, options.seed + school, Path(folder), school))
    print(f"{each * len(SCHOOLS)} failures: {sum(late.values())} reached nobody in {WITHIN:g} s")
    for kind, count in late.items():
        print(f"{kind}: {count}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
