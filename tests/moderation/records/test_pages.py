import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from moderation.records import pages
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.pages import Agenda
from moderation.records.sending import DuePage, Lease, Leased, Result
from tests.moderation.night import World, night
from tests.moderation.records.sample import ONLY_SQLITE


@pytest.fixture
async def world(tmp_path: Path, store_url: str) -> AsyncIterator[World]:
    """One school with one adult, and one incident that was just raised."""
    async with night(tmp_path, store_url.replace("_elm@", "_school@")) as world:
        await world.adult("Ada")
        yield world


async def _agenda(world: World) -> Agenda:
    return await world.store.read(pages.agenda, world.policy, world.clock.ms)


async def _lease(world: World, due: DuePage) -> Leased | None:
    until = world.clock.ms + world.policy.lease_ms
    return await world.store.write(pages.lease, Lease(due.page, due.attempts, until))


async def test_agenda_of_a_quiet_night_is_empty(world: World) -> None:
    """Nothing due, nothing coming."""
    assert await _agenda(world) == Agenda((), (), (), ())


async def test_agenda_names_a_new_incident_and_its_page(world: World) -> None:
    """What a message has just raised is due in the same millisecond."""
    code = await world.say(await world.room())
    agenda = await _agenda(world)
    assert agenda.incidents == (code,)
    assert [due.attempts for due in agenda.pages] == [0]


async def test_agenda_says_when_something_comes(world: World) -> None:
    """Next times are those of items, rounds and leases, so that the loop can sleep until then."""
    await world.item(await world.room(), escalate_in=40)
    await world.say(await world.room())
    (due,) = (await _agenda(world)).pages
    await _lease(world, due)
    await world.change(t.incidents, due_at=world.clock.ms + 70_000)
    later = [at - world.clock.ms for at in (await _agenda(world)).later]
    assert sorted(later) == [world.policy.lease_ms, 40_000, 70_000]


async def test_two_loops_that_lease_one_page_get_one(world: World) -> None:
    """Of many leases of one page in one instant exactly one is given."""
    await world.say(await world.room())
    (due,) = (await _agenda(world)).pages
    given = await asyncio.gather(*(_lease(world, due) for _ in range(10)))
    (ours,) = [leased for leased in given if leased is not None]
    assert (ours.attempt, ours.channel) == (1, "noting")
    assert (await _agenda(world)).pages == ()


async def test_lease_runs_out_and_the_page_is_due_again(world: World) -> None:
    """A page whose sender died is due once its lease is over, under the next fence."""
    await world.say(await world.room())
    (due,) = (await _agenda(world)).pages
    await _lease(world, due)
    world.clock.wait(world.policy.lease_ms / 1000)
    assert (await _agenda(world)).pages == (DuePage(due.page, 1),)


async def test_F17_lease_from_a_future_that_was_taken_back_is_over(world: World) -> None:
    """After the clock went back by a day a leased page does not wait for a day."""
    await world.say(await world.room())
    (due,) = (await _agenda(world)).pages
    await _lease(world, due)
    world.clock.wall -= 86_400
    assert (await _agenda(world)).pages == (DuePage(due.page, 1),)


async def test_acknowledged_incident_has_no_page_to_lease(world: World) -> None:
    """A page seen as due just before somebody acknowledged is not leased any more."""
    await world.say(await world.room())
    (due,) = (await _agenda(world)).pages
    await world.change(t.incidents, state="acknowledged")
    assert await _lease(world, due) is None


@pytest.mark.parametrize("state", ["sent", "failed-for-now", "failed-for-good"])
async def test_result_is_written_under_its_own_fence_only(world: World, state: str) -> None:
    """The lease's number writes once; a number before it, or a second time, writes nothing."""
    await world.say(await world.room())
    (due,) = (await _agenda(world)).pages
    await _lease(world, due)
    now = world.clock.ms
    assert not await world.store.write(pages.record, Result(due.page, 0, state, now, now))
    assert await world.store.write(pages.record, Result(due.page, 1, state, now, now + 5))
    (page,) = await world.pages()
    assert (page.state, page.leased_until) == (state, None)
    assert (page.sent_at == now) == (state == "sent")


async def test_page_sent_while_it_was_cancelled_counts_as_sent(world: World) -> None:
    """What reached an adult is shown as sent; what failed meanwhile stays cancelled."""
    await world.say(await world.room())
    (due,) = (await _agenda(world)).pages
    await _lease(world, due)
    await world.change(t.pages, state="cancelled")
    now = world.clock.ms
    failed = Result(due.page, 1, "failed-for-now", now, now)
    assert not await world.store.write(pages.record, failed)
    assert await world.store.write(pages.record, Result(due.page, 1, "sent", now, now))
    assert [page.state for page in await world.pages()] == ["sent"]


@ONLY_SQLITE  # over PostgreSQL the other school's adult cannot even be written (test_tenancy.py)
async def test_every_contact_on_call_is_unkept_while_an_incident_is_open(world: World) -> None:
    """Without leases: one page for each contact of each open incident, none for the others.

    Nor for whoever may know the student.
    """
    lin = await world.adult("Lin", "safeguarding_lead", "noting", "other")
    await world.adult("Mo", "moderator")
    await world.adult("Zoe", "counsellor", school="another")
    code = await world.say(await world.room())
    found = await world.store.read(pages.unkept, 5)
    assert sorted((page.incident, page.channel, page.until) for page in found) == [
        (code, "noting", 5),
        (code, "noting", 5),
        (code, "other", 5),
    ]
    await world.insert(p.recusals, {"incident": code, "staff": lin.id, "at": 5})
    assert len(await world.store.read(pages.unkept, 5)) == 1
    await world.change(t.incidents, state="acknowledged")
    assert await world.store.read(pages.unkept, 5) == []
