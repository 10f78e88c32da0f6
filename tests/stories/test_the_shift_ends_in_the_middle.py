"""Ola has an incident when her shift ends, and Ivo comes."""

from __future__ import annotations

from moderation.incidents.incident import State
from tests.moderation.night import World, record
from tests.stories.conftest import day_and_night, in_force


async def test_P15_the_shift_ends_in_the_middle(school: World) -> None:
    """It stays hers until he takes it; then he has his own ten minutes, and she can go."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    code = await school.say(await school.room())
    await school.look()
    await school.incidents.acknowledge(code, ola)

    await school.wait(8 * 60)
    assert await school.incidents.take_over(code, ivo) == "changed", "nobody offered it yet"
    await school.incidents.offer(code, ola, ivo.id)
    assert (await school.incident(code)).acknowledged_by == ola.id
    assert await school.incidents.take_over(code, ivo) == State.ACKNOWLEDGED

    await school.wait(8 * 60)
    assert len(school.channel.taken) == 1, "his ten minutes began when he took it"
    assert await school.incidents.resolve(code, ola, "spoken_to", record()) == "forbidden"
    await school.incidents.with_student(code, ivo)
    assert await school.incidents.resolve(code, ivo, "spoken_to", record()) == State.RESOLVED
