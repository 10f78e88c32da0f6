"""A provider says "sent" and delivers nothing, all night."""

from __future__ import annotations

from moderation.pager.channel import Outcome
from tests.moderation.night import World
from tests.moderation.noting import Noting
from tests.stories.conftest import day_and_night, in_force


async def test_F20_the_first_provider_lies(school: World) -> None:
    """The same adult is called over another one 45 seconds later, whatever the first two said."""
    voice = Noting(school.clock)
    school.channels["voice"] = voice
    ola = await school.adult("Ola", "counsellor", "noting", "noting", "voice")
    ivo = await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    await school.say(await school.room())
    await school.wait(60)
    assert voice.times("Ola@voice") == [45]
    await school.wait(31)
    assert school.channel.times("Ivo@noting") == [90]


async def test_F19_the_first_provider_breaks(school: World) -> None:
    """An error does not wait for its time: the next way, or the next adult, comes at once."""

    async def broken(_address: str) -> Outcome:
        return Outcome.FAILED_FOR_NOW

    school.channel.provider = broken
    voice = Noting(school.clock)
    school.channels["voice"] = voice
    ola = await school.adult("Ola", "counsellor", "noting", "noting", "voice")
    ivo = await school.adult("Ivo", "counsellor", "voice")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    await school.say(await school.room())
    await school.wait(10)
    assert voice.times("Ola@voice")[0] <= 6
