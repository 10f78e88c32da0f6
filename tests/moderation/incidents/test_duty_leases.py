"""Two loops over the same pages: each is sent by whoever holds its lease."""

import asyncio
from pathlib import Path
from typing import Any

from moderation.incidents.incident import State
from moderation.on_call.escalation import DEFAULT
from moderation.pager.channel import Outcome
from moderation.records import pages
from moderation.records.sending import Lease, Result
from tests.moderation.night import World, night
from tests.moderation.noting import Noting


async def test_F22_crash_in_mid_send_at_most_one_duplicate_never_none(world: World) -> None:
    """A loop that dies after the provider's call pages once more when its lease has run out."""
    await world.adult("Ada")
    code = await world.say(await world.room())
    died = asyncio.Event()

    async def provider(_address: str) -> Outcome:
        died.set()
        await asyncio.Event().wait()
        return Outcome.SENT

    world.channel.provider = provider
    await world.duty.turn()
    await died.wait()
    (sending,) = world.duty._sending.values()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    world.channel.provider = Noting(world.clock).provider
    world.restart()
    await world.wait(80)
    assert world.channel.times("Ada@noting") == [0, world.policy.lease_ms / 1000]
    assert (await world.incident(code)).state == State.OPEN


async def test_F18_loop_that_stalled_past_its_lease_sends_nothing(world: World) -> None:
    """Two loops and a stall: the one that wakes up late finds that the page is not its own."""
    await world.adult("Ada")
    await world.say(await world.room())
    leased = []
    honest = world.duty._page

    async def stalled(page: Any, _kind: Any) -> None:
        leased.append(page)

    world.duty._page = stalled  # type: ignore[method-assign]
    await world.duty.turn()
    world.clock.wait(31)
    late = world.duty
    world.restart()
    await world.look()
    await honest(leased[0])
    assert world.channel.times("Ada@noting") == [31]
    (page,) = await world.pages()
    assert (page.state, page.attempts) == ("sent", 2)
    await late.close()


async def test_where_every_commit_takes_five_seconds_a_page_is_sent(world: World) -> None:
    """A lease that is half over before it is kept is asked for anew, not given up for ever."""
    await world.adult("Ada")
    await world.say(await world.room())
    write = world.duty._write

    async def slowly(op: Any, rows: Any) -> list[Any]:
        found = await write(op, rows)
        if rows and op in (pages.lease, pages.prolong):
            world.clock.wait(5)
        return found

    world.duty._write = slowly  # type: ignore[method-assign]
    await world.look()
    assert world.channel.times("Ada@noting") == [10]
    (page,) = await world.pages()
    assert (page.state, page.attempts) == ("sent", 1)


def test_K8_who_dies_is_followed_within_ten_seconds() -> None:
    """Whatever a node was sending when it died is free for another no later than that."""
    assert DEFAULT.lease_ms <= 10_000


async def test_F19_who_lives_keeps_what_a_slow_provider_takes_long_for(tmp_path: Path) -> None:
    """A page is sent once, however many leases its provider takes to answer."""
    async with night(tmp_path, lease_ms=30) as world:
        await world.adult("Ada")
        await world.say(await world.room())
        answered = asyncio.Event()

        async def provider(_address: str) -> Outcome:
            await answered.wait()
            return Outcome.SENT

        world.channel.provider = provider
        slow, write = world.duty, world.duty._write
        held: asyncio.Queue[int] = asyncio.Queue()

        async def noted(op: Any, rows: Any) -> list[Any]:
            found = await write(op, rows)
            if op is pages.prolong:
                held.put_nowait(rows[0].until)
            return found

        slow._write = noted  # type: ignore[method-assign]
        await slow.turn()
        for _ in range(5):
            world.clock.wait(0.02)
            while await held.get() < world.clock.ms + world.policy.lease_ms:
                pass
            world.restart()
            await world.look()
        answered.set()
        await slow.close()
        (page,) = await world.pages()
        assert (page.state, page.attempts, len(world.channel.taken)) == ("sent", 1, 1)


async def test_K8_a_lost_lease_cannot_be_prolonged(world: World) -> None:
    """Whoever slept through it does not get back what another is sending."""
    await world.adult("Ada")
    await world.say(await world.room())
    (due,) = (await world.store.read(pages.agenda, world.policy, world.clock.ms)).pages
    until = world.clock.ms + 1_000
    for attempts in (0, 1):
        lease = Lease(due.page, attempts, until)
        assert await world.store.write(pages.lease, lease) is not None
    late, ours = (Lease(due.page, attempt, until + 1_000) for attempt in (1, 2))
    assert await world.store.write(pages.prolong, late) is False
    assert await world.store.write(pages.prolong, ours) is True


async def test_K8_result_over_a_lost_lease_is_not_written(world: World) -> None:
    """The fence: a result under an older attempt changes nothing."""
    await world.adult("Ada")
    await world.say(await world.room())
    await world.look()
    (page,) = await world.pages()
    late = Result(page.id, page.attempts - 1, "failed-for-good", world.clock.ms, 0)
    assert await world.store.write(pages.record, late) is False
    assert [page.state for page in await world.pages()] == ["sent"]
