"""A child writes at night. The first adult does not answer, nor the second, nor anybody."""

from __future__ import annotations

from moderation.incidents.incident import State
from moderation.records import tables as t
from moderation.records.incident_standing import past_every_step
from tests.moderation.night import World
from tests.stories.conftest import day_and_night, in_force


async def test_P4_nobody_answers_for_five_minutes(school: World) -> None:
    """After 90 seconds the second is called, then all, then moderators see the outside line."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await school.adult("Lee", "safeguarding_lead")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    code = await school.say(await school.room())
    await school.wait(300)
    assert school.channel.times("Ola@noting") == [0, 180, 270]
    assert school.channel.times("Ivo@noting") == [90, 180, 270]
    assert school.channel.times("Lee@noting") == [180, 270]
    assert await school.store.read(past_every_step, "school") == [code]
    await school.wait(600)
    assert len(school.channel.times("Lee@noting")) > 7
    assert await school.incidents.acknowledge(code, ivo) == State.ACKNOWLEDGED
    assert await school.store.read(past_every_step, "school") == []


async def test_P4_nobody_answers_a_drill(school: World) -> None:
    """It is chased like a real one, but nobody is told to phone an outside line for it."""
    ola = await school.adult("Ola")
    await in_force(school, day_and_night(ola), ola)
    code = await school.say(await school.room())
    await school.change(t.incidents, drill=True)
    await school.wait(300)
    assert len(school.channel.times("Ola@noting")) > 1
    assert (await school.incident(code)).state == State.OPEN
    assert await school.store.read(past_every_step, "school") == []
