"""The night summer time ends, in the middle of a chase."""

from __future__ import annotations

from tests.moderation.night import World


async def test_F17_clocks_go_back_an_hour(school: World) -> None:
    """A server whose own clock follows them loses no page and makes no storm of pages."""
    await school.adult("Ola")
    await school.say(await school.room())
    await school.wait(30)
    school.clock.wall -= 3600
    await school.wait(100)
    assert school.channel.times("Ola@noting") == [0, 30, 120]
