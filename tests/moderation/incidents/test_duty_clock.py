"""A clock that jumps: no page is lost, and none storms."""

import asyncio
import itertools
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.records import items
from moderation.records.items import Claim
from tests.moderation.night import World, night
from tests.moderation.noting import Noting, fails, raises, useless


async def test_F17_clock_jump_forward_makes_one_round_and_no_storm(world: World) -> None:
    """Three days forward at once: one early round, then every 90 seconds as before."""
    await world.adult("Ada")
    await world.say(await world.room())
    await world.wait(30)
    world.clock.wall += 3 * 86_400
    await world.wait(100)
    assert world.channel.times("Ada@noting") == [0, 30, 120]


async def test_F17_clock_jump_back_loses_no_page(world: World) -> None:
    """An hour back at once: what was due in a minute does not wait an hour."""
    await world.adult("Ada")
    await world.say(await world.room())
    await world.wait(30)
    world.clock.wall -= 3600
    await world.wait(100)
    assert world.channel.times("Ada@noting") == [0, 30, 120]


async def test_F17_clock_jump_back_does_not_bring_back_an_item_for_ever(world: World) -> None:
    """A waiting item from a future that was taken back pages now rather than in an hour."""
    await world.adult("Ada")
    await world.item(await world.room(), escalate_in=60)
    world.clock.wall -= 3600
    await world.look()
    assert len(world.channel.taken) == 1


async def test_F17_a_claim_from_a_future_that_was_taken_back_keeps_nobody_waiting(
    world: World,
) -> None:
    """The desk that had the item died before the clock was set back: that is no attention."""
    await world.adult("Ada")
    mo = await world.adult("Mo", "moderator")
    item = await world.item(await world.room(), escalate_in=60)
    await world.store.write(items.claim, Claim(item, mo.id, world.clock.ms))
    world.clock.wall -= 3600
    await world.look()
    assert len(world.channel.taken) == 1


@given(
    script=st.lists(
        st.one_of(
            st.tuples(st.just("wait"), st.integers(1, 120)),
            st.tuples(st.just("jump"), st.integers(-400_000, 400_000)),
            st.tuples(st.just("restart"), st.none()),
            st.tuples(st.just("crash"), st.none()),
            st.tuples(st.just("provider"), st.sampled_from([fails, raises, useless, "sends"])),
        ),
        max_size=8,
    )
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_F17_K7_unacknowledged_incident_always_has_a_page_due_within_repeat(
    script: list[tuple[str, Any]],
) -> None:
    """Whatever clock, providers and restarts do, no 90 seconds pass without an attempt.

    But for a clock that is set back by less than a round: that cannot be told from a time rightly
    set, and the next attempt comes later by as much.
    """
    asyncio.run(_chased(script))


async def _chased(script: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with night(Path(folder)) as world:
            await world.adult("Ada")
            await world.say(await world.room())
            for what, value in script:
                await _happens(world, what, value)
            await world.wait(91)
            times = [0.0, *world.channel.times("Ada@noting"), world.clock.steady]
            slack = (world.policy.look_ms + world.policy.skew_ms) / 1000
            repeat = world.policy.repeat_ms / 1000
            gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
            back = [-by for what, by in script if what == "jump" and 0 < -by <= repeat + slack]
            assert max(gaps) <= repeat + slack + sum(back), (gaps, script)
            # No storm either: a round and its five retries at most, each jump costs one round.
            jumps = sum(what != "wait" for what, _ in script)
            assert len(times) <= (world.clock.steady / repeat + jumps + 2) * 8


async def _happens(world: World, what: str, value: Any) -> None:
    if what == "wait":
        await world.wait(value)
    elif what == "jump":
        world.clock.wall += value
        await world.look()
    elif what == "provider":
        world.channel.provider = Noting(world.clock).provider if value == "sends" else value
    else:
        if what == "crash":
            await world.duty.turn()
            for sending in list(world.duty._sending.values()):
                sending.cancel()
            await asyncio.gather(*world.duty._sending.values(), return_exceptions=True)
        world.restart()
