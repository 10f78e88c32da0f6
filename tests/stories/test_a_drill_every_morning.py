"""Every school morning at a quarter to eight somebody's telephone rings for a drill."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from moderation.on_call.drill import Plan
from moderation.on_call.drills import Drills, Listeners
from tests.moderation.judging import shared_judge
from tests.moderation.night import World
from tests.stories.conftest import day_and_night, in_force

LONDON = ZoneInfo("Europe/London")


async def test_a_drill_every_morning(school: World) -> None:
    """Nobody answers on Monday, so the chat stays closed; Ivo answers, and students may come."""
    school.clock.wall = datetime(2026, 9, 21, 7, 40, tzinfo=LONDON).timestamp()
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    drills = Drills(
        school.records, shared_judge(), Plan("07:45"), Listeners(raised=school.duty.wake)
    )

    async def minutes(number: int) -> None:
        for _ in range(number):
            await school.wait(60)
            await drills.tick()

    await drills.tick()
    assert not drills.stands, "Friday's drill was never held"
    assert (await drills.results()).drills == (), "nobody is rung up so long after"
    assert await drills.begin(ola) is None
    (friday,) = (await drills.results()).drills
    await school.incidents.acknowledge(str(friday.code), ola)
    await drills.tick()
    assert drills.stands

    await minutes(6)
    assert not drills.stands, "a quarter to eight has come"
    assert school.channel.taken[-1][2].kind.startswith("a drill, nobody is in danger")
    rang = len(school.channel.times("Ola@noting"))
    await minutes(3)
    assert school.channel.times("Ivo@noting"), "Ola does not answer: Ivo is called too"
    assert len(school.channel.times("Ola@noting")) > rang

    drill = (await drills.results()).drills[0]
    await school.incidents.acknowledge(str(drill.code), ivo)
    await drills.tick()
    assert drills.stands
    answered = (await drills.results()).drills[0]
    assert (answered.by, answered.failed) == ("Ivo", None)
