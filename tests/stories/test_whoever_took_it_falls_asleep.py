"""Ola presses *I've got this*, and then nothing happens."""

from __future__ import annotations

from moderation.incidents.incident import State
from tests.moderation.night import World
from tests.stories.conftest import day_and_night, in_force


async def test_P5_whoever_took_it_falls_asleep(school: World) -> None:
    """For ten minutes it is hers and nobody is called; then she is called again, and Ivo too."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    code = await school.say(await school.room())
    await school.wait(20)
    assert await school.incidents.acknowledge(code, ola) == State.ACKNOWLEDGED

    await school.wait(9 * 60)
    assert school.channel.times("Ola@noting") == [0]
    assert school.channel.times("Ivo@noting") == []

    await school.wait(90)
    assert school.channel.times("Ola@noting") == [0, 620]
    assert school.channel.times("Ivo@noting") == [620]
    assert await school.incidents.acknowledge(code, ivo) == State.ACKNOWLEDGED
    assert await school.incidents.with_student(code, ivo) == State.WITH_STUDENT
    await school.wait(30 * 60)
    assert school.channel.times("Ivo@noting") == [620], "he is with the student: nobody is called"
