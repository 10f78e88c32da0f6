"""A node finds in the records which bars it did not hear of; of rooms, see `scale/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from chat import in_step
from chat.students.needs import StudentNeeds
from tests.chat.desk.moderators import Shift, a_shift
from tests.chat.desk.test_stops import Before, barred_before


@dataclass
class Barred:
    """A student's page, as far as bars go."""

    until: int = 0
    told: list[int] = field(default_factory=list)

    def barred_until(self, now: int) -> int:
        return self.until if self.until > now else 0

    def barred(self, until: int) -> None:
        self.until = until
        self.told.append(until)


def needs(shift: Shift, pages: dict[str, Barred]) -> StudentNeeds:
    """What is asked for of a node at which these pages are."""
    place = shift.place
    school = SimpleNamespace(id=place.needs.school)
    made = SimpleNamespace(store=place.store, school=school, clock=place.clock, here=pages)
    return cast("StudentNeeds", made)


async def test_K10_a_bar_nobody_told_of_is_found_set_or_lifted(tmp_path: Path) -> None:
    """While Redis is away the records are asked: each page is told once, and only of a change."""
    async with a_shift(tmp_path) as shift:
        live, *_ = await shift.held()
        one, other = (seat.student for seat in live.room.seats)
        until = int((shift.place.clock.now + 60) * 1000)
        await shift.place.store.write(barred_before, Before(one, until))
        pages = {one: Barred(), other: Barred(until)}
        for _ in range(2):
            await in_step.bars(needs(shift, pages))
        assert (pages[one].told, pages[other].told) == ([until], [0])


async def test_K10_a_bar_that_is_heard_of_during_a_look_stands(tmp_path: Path) -> None:
    """What the records said before is not told after it."""
    async with a_shift(tmp_path) as shift:
        live, *_ = await shift.held()
        page = Barred()
        asked = needs(shift, {live.room.seats[0].student: page})

        async def late(*_: object) -> dict[str, int]:
            page.barred(int(shift.place.clock.now * 1000) + 60_000)
            return {}

        asked.store = SimpleNamespace(read=late)  # type: ignore[misc, assignment]
        await in_step.bars(asked)
        assert len(page.told) == 1
