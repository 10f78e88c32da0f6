"""A school at night with a rota, for stories that a safeguarding lead can read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from moderation.on_call.rota import Rota, Shift, shift_start
from moderation.records import rotas
from moderation.records.rotas import AcceptShift, SaveRota
from tests.moderation.night import Adult, World, night

DAYS = tuple(range(7))


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[World]:
    """One school, one night, a clock that the story turns."""
    async with night(tmp_path) as world:
        yield world


def day_and_night(*people: Adult) -> Rota:
    """These people on call day and night, in that order."""
    return Rota(
        shifts=tuple(
            Shift(
                id=f"place {n}",
                days=DAYS,
                start="00:00",
                end="00:00",
                people=(one.id,),
                since="2026-01-05",
            )
            for n, one in enumerate(people, 1)
        )
    )


async def in_force(school: World, rota: Rota, *accepting: Adult) -> None:
    """The lead has saved that rota, and these adults have accepted their shifts."""
    version, _ = await school.store.read(rotas.latest, "school")
    row = SaveRota("school", version, rota, "lead", school.clock.ms)
    await school.store.write(rotas.save, row)
    for one in accepting:
        began = shift_start(rota, one.id, school.clock.ms)
        assert began is not None
        await school.store.write(rotas.accept, AcceptShift(one.id, began, school.clock.ms))
