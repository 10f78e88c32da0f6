"""The only adult on the rota is ill, and the lead has said so."""

from __future__ import annotations

from msgspec.structs import replace

from moderation.on_call.rota import Cover
from tests.moderation.night import World
from tests.stories.conftest import day_and_night, in_force


async def test_P4_the_only_adult_on_call_is_off_sick(school: World) -> None:
    """No time is lost on an empty step: everybody else is called in the same instant."""
    ola = await school.adult("Ola")
    await school.adult("Lee", "safeguarding_lead")
    sick = Cover(id="sick", start=0, end=school.clock.ms + 86_400_000, instead_of=ola.id)
    await in_force(school, replace(day_and_night(ola), covers=(sick,)))
    await school.say(await school.room())
    await school.wait(5)
    assert school.channel.times("Lee@noting") == [0]


async def test_P6_the_only_adult_on_call_never_heard_a_test_page(school: World) -> None:
    """She is called, and so is the next one, in the same instant."""
    ola = await school.adult("Ola", proven=False)
    await school.adult("Lee", "safeguarding_lead")
    await in_force(school, day_and_night(ola), ola)
    await school.say(await school.room())
    await school.wait(5)
    assert school.channel.times("Ola@noting") == [0]
    assert school.channel.times("Lee@noting") == [0]
