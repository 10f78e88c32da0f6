"""Figures out of simulated days: waits, ages, and how many moderators are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from bench.simulate.day import Account, Day
from bench.simulate.school import HOUR, School
from chat.desk.urgency import CEILING, Class

SEED = 20_261_129
KNOCKS = 4_000
"""A size is simulated for as many days as bring this many knocks."""
FULL = 0.01
"""Share of knocks that may meet a chat with all its rooms open."""


def share_of(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies; not a number when there are none."""
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))] if ordered else float("nan")


@dataclass(frozen=True)
class Figures:
    """Several days of one school taken together."""

    school: School
    days: Sequence[Account]

    def total(self, name: str) -> float:
        """The sum of one count over all days."""
        return float(sum(getattr(day, name) for day in self.days))

    def waits(self) -> list[float]:
        """Seconds until each was paired who was."""
        return [wait for day in self.days for wait in day.waits]

    def ages(self, which: Class) -> list[float]:
        """Seconds until a moderator took each item of a class."""
        return [age for day in self.days for age in day.ages[which]]

    def paired_within(self, seconds: float) -> float:
        """Share of all knocks that were paired by then."""
        return sum(wait <= seconds for wait in self.waits()) / max(1, self.total("knocks"))

    def full(self) -> float:
        """Share of knocks that met a chat with all its rooms open."""
        return self.total("full") / max(1, self.total("knocks"))

    def rooms_at_most(self) -> int:
        """The most rooms that were open at once on any day."""
        return max(_most_at_once(day.rooms) for day in self.days)

    def a_day(self, which: Class) -> float:
        """Items of a class on one day."""
        return len(self.ages(which)) / len(self.days)

    def busy(self) -> float:
        """Share of the moderators' hours that they were with an item."""
        hours = self.school.moderators * len(self.school.hours) * HOUR * len(self.days)
        return self.total("busy") / hours

    def broken(self) -> list[str]:
        """What is worse than it should be: rooms for everybody, and each class in its time."""
        late = [
            which
            for which, ceiling in CEILING.items()
            if share_of(self.ages(which), 0.95) > ceiling / 1000
        ]
        return [*(["rooms"] if self.full() > FULL else []), *late]


def _most_at_once(rooms: Sequence[tuple[float, float]]) -> int:
    steps = sorted([(begin, 1) for begin, _ in rooms] + [(end, -1) for _, end in rooms])
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def lived(school: School, knocks: int = KNOCKS, seed: int = SEED) -> Figures:
    """As many days of that school as bring so many knocks, each from a seed of its own."""
    days = max(1, round(knocks / (school.students * school.visits)))
    chances = [Random(f"{seed} {n}") for n in range(days)]  # noqa: S311 - a day to be lived again
    return Figures(school, [Day(school, chance).live() for chance in chances])


def enough(school: School, knocks: int = KNOCKS) -> tuple[Figures, list[str]]:
    """The fewest moderators with whom nothing is broken, and what is with one fewer."""
    few, many = 0, 1
    broken: list[str] = []
    while worse := lived(replace(school, moderators=many), knocks).broken():
        few, many, broken = many, many * 2, worse
    while many - few > 1:
        middle = (few + many) // 2
        if worse := lived(replace(school, moderators=middle), knocks).broken():
            few, broken = middle, worse
        else:
            many = middle
    return lived(replace(school, moderators=many), knocks), broken
