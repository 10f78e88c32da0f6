"""Ola's shift ends at half past one on the night when half past one comes twice."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from moderation.on_call.rota import Rota, Shift, shift_start
from moderation.records import rotas
from moderation.records.rotas import AcceptShift
from tests.moderation.night import Adult, World, record
from tests.stories.conftest import DAYS, in_force

LONDON = ZoneInfo("Europe/London")


def _shift(name: str, start: str, end: str, who: Adult) -> Shift:
    return Shift(id=name, days=DAYS, start=start, end=end, people=(who.id,), since="2026-10-19")


async def test_P15_a_shift_ends_in_the_hour_that_comes_twice(school: World) -> None:
    """It ends at the first of the two; until Ivo accepts his, a page reaches both of them."""
    school.clock.wall = datetime(2026, 10, 25, 1, 15, tzinfo=LONDON).timestamp()
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    rota = Rota(
        shifts=(
            _shift("evening", "17:00", "01:30", ola),
            _shift("night", "01:30", "17:00", ivo),
        )
    )
    await in_force(school, rota, ola)

    first = await school.say(await school.room())
    await school.look()
    assert school.channel.times("Ola@noting") == [0]
    assert await school.incidents.acknowledge(first, ola) == "acknowledged"
    await school.incidents.resolve(first, ola, "spoken_to", record())

    await school.wait(20 * 60)  # 01:35, for the first time
    await school.say(await school.room())
    await school.wait(95)
    assert len(school.channel.times("Ivo@noting")) == 1
    assert school.channel.times("Ola@noting")[-1] >= 20 * 60 + 90

    began = shift_start(rota, ivo.id, school.clock.ms)
    assert began == int(datetime(2026, 10, 25, 1, 30, tzinfo=LONDON).timestamp() * 1000)
    await school.store.write(rotas.accept, AcceptShift(ivo.id, began, school.clock.ms))
    school.clock.wall = datetime(2026, 10, 25, 1, 35, fold=1, tzinfo=LONDON).timestamp()
    roster = await school.store.read(rotas.roster, "school", school.clock.ms)
    assert roster.on_call(school.clock.ms) == (ivo.id,)
