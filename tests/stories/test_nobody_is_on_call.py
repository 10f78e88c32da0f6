"""Something happens when the rota has nobody on call: at night, and on a holiday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from moderation.on_call.rota import Holiday, Rota, Shift
from tests.moderation.night import Adult, World
from tests.stories.conftest import day_and_night, in_force


def at_another_time(school: World, one: Adult) -> Rota:
    """They are on call on the day after tomorrow only."""
    today = datetime.fromtimestamp(school.clock.ms / 1000, UTC)
    day = (today + timedelta(days=2)).weekday()
    shift = Shift(
        id="a", days=(day,), start="08:00", end="16:00", people=(one.id,), since="2026-01-05"
    )
    return Rota(shifts=(shift,))


async def test_P4_outside_every_shift_leads_are_called_and_then_everybody(school: World) -> None:
    """Nobody counts as reachable, so no chat opens; and yet somebody is called at once."""
    ola = await school.adult("Ola")
    await school.adult("Lee", "safeguarding_lead")
    await in_force(school, at_another_time(school, ola))
    assert await school.incidents.reachable("school") == 0
    await school.say(await school.room())
    await school.wait(180)
    assert school.channel.times("Lee@noting") == [0, 90, 180]
    assert school.channel.times("Ola@noting") == [90, 180]


async def test_P7_a_holiday_that_begins_today_takes_everybody_off_call(school: World) -> None:
    """Whoever keeps the chat shut for a day names that day a holiday."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    rota = day_and_night(ola, ivo)
    await in_force(school, rota, ola, ivo)
    assert await school.incidents.reachable("school") == 2
    now = datetime.fromtimestamp(school.clock.ms / 1000, UTC)
    first, last = ((now + timedelta(days=n)).date().isoformat() for n in (-1, 1))
    await in_force(school, replace(rota, holidays=(Holiday(first=first, last=last),)))
    assert await school.incidents.reachable("school") == 0
