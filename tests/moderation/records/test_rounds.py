import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.ids import new_code
from moderation.incidents.gravity import UNATTENDED
from moderation.incidents.words import words
from moderation.records import rounds
from moderation.records import tables as t
from moderation.records.rounds import Begin, Unattended
from tests.moderation.night import World, night


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One school with one adult."""
    async with night(tmp_path) as world:
        await world.adult("Ada")
        yield world


async def _begin(world: World, code: str) -> bool:
    row = Begin(code, world.policy, frozenset({"noting"}), world.clock.ms)
    return await world.store.write(rounds.begin, row)


async def test_first_look_uses_the_pages_the_message_brought(world: World) -> None:
    """Round 0 was written with the message; beginning it adds no second page."""
    code = await world.say(await world.room())
    assert await _begin(world, code)
    assert len(await world.pages()) == 1
    incident = await world.incident(code)
    assert (incident.round, incident.due_at) == (1, world.clock.ms + world.policy.repeat_ms)


async def test_first_look_adds_who_came_on_call_meanwhile(world: World) -> None:
    """An adult added between the message and the look is in round 0 as well."""
    code = await world.say(await world.room())
    await world.adult("Lin")
    await _begin(world, code)
    assert [page.round for page in await world.pages()] == [0, 0]


async def test_two_loops_begin_one_round(world: World) -> None:
    """Of ten in one instant one begins the round; the others find it begun."""
    code = await world.say(await world.room())
    begun = await asyncio.gather(*(_begin(world, code) for _ in range(10)))
    assert begun.count(True) == 1
    world.clock.wait(90)
    begun = await asyncio.gather(*(_begin(world, code) for _ in range(10)))
    assert begun.count(True) == 1
    assert [page.round for page in await world.pages()] == [0, 1]


async def test_new_round_takes_the_place_of_pages_never_sent(world: World) -> None:
    """What was not sent in its own round is cancelled when the next begins."""
    code = await world.say(await world.room())
    await _begin(world, code)
    world.clock.wait(90)
    await _begin(world, code)
    assert [(page.round, page.state) for page in await world.pages()] == [
        (0, "cancelled"),
        (1, "pending"),
    ]


async def test_nothing_begins_that_is_not_due_unknown_or_resolved(world: World) -> None:
    """No incident, one that is not due, one that is over: no round."""
    code = await world.say(await world.room())
    await _begin(world, code)
    assert not await _begin(world, code)
    assert not await _begin(world, "NO-SUCH")
    await world.change(t.incidents, state="resolved", due_at=None)
    assert not await _begin(world, code)


async def test_P5_lapse_is_audited(world: World) -> None:
    """An acknowledgement that ran out is in the audit, under the clock's name."""
    code = await world.say(await world.room())
    await world.change(t.incidents, state="acknowledged", due_at=world.clock.ms)
    assert await _begin(world, code)
    assert (await world.incident(code)).state == "open"
    entries = await world.rows(select(t.audit.c.who, t.audit.c.act, t.audit.c.about))
    assert entries == [("duty", "lapse", code)]


@pytest.mark.parametrize("kind", ["help", "report"])
async def test_S9_what_a_student_asked_for_pages_as_that(world: World, kind: str) -> None:
    """The adult reads that somebody asked for a person, not that a message waited."""
    await world.item(await world.room(), escalate_in=0)
    await world.change(t.items, kind=kind)
    (item,) = await world.rows(t.items.select())
    row = Unattended(item.id, new_code(), world.clock.ms, 0)
    code = await world.store.write(rounds.raise_unattended, row)
    assert code is not None
    assert words((await world.incident(code)).category).startswith("a student ")


async def test_unattended_item_is_raised_once_by_many_loops(world: World) -> None:
    """Of ten in one instant one raises the incident, and the item names it."""
    await world.item(await world.room(), escalate_in=0)
    (item,) = await world.rows(t.items.select())
    rows = [Unattended(item.id, new_code(), world.clock.ms, 0) for _ in range(10)]
    codes = await asyncio.gather(*(world.store.write(rounds.raise_unattended, row) for row in rows))
    (code,) = [code for code in codes if code is not None]
    (item,) = await world.rows(t.items.select())
    assert item.incident == code
    assert (await world.incident(code)).category == UNATTENDED


async def test_item_that_somebody_just_took_is_not_raised(world: World) -> None:
    """A claim between the look and the write is respected."""
    await world.item(await world.room(), escalate_in=0)
    mo = await world.adult("Mo", "moderator")
    (item,) = await world.rows(t.items.select())
    await world.change(t.items, claimed_by=mo.id, claimed_at=world.clock.ms)
    row = Unattended(item.id, new_code(), world.clock.ms, 0)
    assert await world.store.write(rounds.raise_unattended, row) is None
    assert await world.rows(t.incidents.select()) == []
