"""The machine loses power in the middle of a page, twice, and the child has written only once."""

from __future__ import annotations

import asyncio

from moderation.pager.channel import Outcome
from tests.moderation.night import World
from tests.moderation.noting import Noting
from tests.stories.conftest import day_and_night, in_force


async def test_F22_the_server_dies_while_it_rings(school: World) -> None:
    """What was being sent is sent when the server is back; nobody has to write again."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    ringing = asyncio.Event()

    async def rings_for_ever(_address: str) -> Outcome:
        ringing.set()
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    school.channel.provider = rings_for_ever
    code = await school.say(await school.room())
    for _ in range(2):
        await school.duty.turn()
        await ringing.wait()
        await _power_cut(school)
        ringing.clear()
        school.clock.wait(31)
    school.channel.provider = Noting(school.clock).provider
    await school.wait(5)
    assert school.channel.times("Ola@noting") == [0, 31, 62]
    assert {notice.code for _, _, notice in school.channel.taken} == {code}


async def _power_cut(school: World) -> None:
    sending = list(school.duty._sending.values())
    for one in sending:
        one.cancel()
    await asyncio.gather(*sending, return_exceptions=True)
    school.restart()
