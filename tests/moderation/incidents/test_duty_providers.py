"""Providers that fail, hang, or say "sent" and deliver nothing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from moderation.incidents.incident import State
from moderation.pager.channel import Outcome
from moderation.records import tables as t
from tests.moderation.night import World, night
from tests.moderation.noting import Noting, fails, raises, useless


async def test_F20_provider_that_says_sent_stops_nothing(world: World) -> None:
    """A page taken by a provider and never acknowledged is followed by the next."""
    await world.adult("Ada")
    code = await world.say(await world.room())
    await world.wait(180)
    assert len(world.channel.taken) == 3
    assert (await world.incident(code)).state == State.OPEN


@pytest.mark.parametrize("provider", [fails, raises])
async def test_F19_provider_500_is_retried_while_another_channel_goes_on(
    world: World, provider: Any
) -> None:
    """A failing provider is asked again with growing pauses; the other adult is paged on time."""
    other = Noting(world.clock)
    world.channels["other"] = other
    world.channel.provider = provider
    await world.adult("Ada", "counsellor", "noting", "other")
    await world.say(await world.room())
    await world.wait(89)
    assert world.channel.times("Ada@noting") == [0, 5, 15, 35, 75]
    assert other.times("Ada@other") == [0]
    await world.wait(2)
    assert world.channel.times("Ada@noting")[5:] == other.times("Ada@other")[1:] == [90]
    states = {page.state for page in await world.pages() if page.round == 0}
    assert states == {"cancelled", "sent"}


async def test_F19_provider_that_hangs_delays_no_other(tmp_path: Path) -> None:
    """While one call hangs, a second incident's page goes out; the hung one fails for now."""
    async with night(tmp_path, send_ms=200) as world:
        await world.adult("Ada")
        await world.adult("Lin")
        lin = asyncio.Event()

        async def provider(address: str) -> Outcome:
            if address == "Ada@noting":
                await asyncio.Event().wait()
            lin.set()
            return Outcome.SENT

        world.channel.provider = provider
        await world.say(await world.room())
        await world.duty.turn()
        async with asyncio.timeout(10):
            await lin.wait()
        lin.clear()
        await world.say(await world.room())
        await world.duty.turn()
        async with asyncio.timeout(10):
            await lin.wait()
        await world.duty.settle()
        states = sorted(page.state for page in await world.pages())
        assert states == ["failed-for-now", "failed-for-now", "sent", "sent"]


async def test_channel_that_is_not_set_up_fails_for_good_and_costs_others_nothing(
    world: World,
) -> None:
    """A contact of an unknown channel is shown as useless; the same adult's other one works."""
    await world.adult("Ada", "counsellor", "pigeon", "noting")
    await world.say(await world.room())
    await world.look()
    assert sorted(page.state for page in await world.pages()) == ["failed-for-good", "sent"]


async def test_P4_nobody_reachable_is_tried_again_within_seconds(world: World) -> None:
    """When every page of a round fails for good, the next round does not wait 90 seconds."""
    await world.adult("Ada")
    world.channel.provider = useless
    await world.say(await world.room())
    await world.wait(31)
    assert world.channel.times("Ada@noting") == [0, 15, 30]


async def test_address_that_does_not_open_fails_for_good(world: World) -> None:
    """A damaged contact is an outcome that staff can see, and the loop goes on."""
    await world.adult("Ada")
    await world.change(t.contacts, sealed_address=b"\x01 not what was sealed")
    await world.say(await world.room())
    await world.look()
    assert [page.state for page in await world.pages()] == ["failed-for-good"]
