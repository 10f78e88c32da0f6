"""Ola opens the case and thinks: I know who that is."""

from __future__ import annotations

from tests.moderation.night import World
from tests.stories.conftest import day_and_night, in_force


async def test_P4_the_first_adult_may_know_the_student(school: World) -> None:
    """She steps aside: the next one is called in the same minute, and she is not called again."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    code = await school.say(await school.room())
    await school.look()
    await school.incidents.acknowledge(code, ola)
    await school.wait(30)
    await school.incidents.recuse(code, ola)
    await school.wait(300)
    assert school.channel.times("Ola@noting") == [0]
    assert school.channel.times("Ivo@noting")[0] <= 31
    assert await school.incidents.case(code, ola) == "forbidden"
    assert await school.incidents.acknowledge(code, ola) == "forbidden"
