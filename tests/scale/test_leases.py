"""Two nodes look after one school's due rows: each row is worked by one, and late work is void."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from moderation.incidents.duty import Duty
from moderation.incidents.sender import DutySettings
from moderation.on_call.auditor import Auditor
from moderation.records import pages
from moderation.records.sending import Lease, Result
from moderation.records.store import Store
from tests.moderation.night import BASE, World, night
from tests.moderation.on_call.test_auditor import Outside
from tests.servers import Postgres

INCIDENTS = 12


@asynccontextmanager
async def two_loops(folder: Path, postgres: Postgres) -> AsyncIterator[tuple[World, Duty]]:
    """A school with one adult, one loop over its due rows, and the loop of a second node."""
    url = await postgres.database("school")
    async with night(folder, url) as world:
        await world.adult("Ada")
        beside = await Store.open(url)
        rules = DutySettings(BASE, world.policy, UTC)
        other = Duty(replace(world.records, store=beside), world.channels, rules)
        yield world, other
        await other.close()
        await beside.close()


async def test_F18_two_nodes_never_work_one_row(tmp_path: Path, postgres: Postgres) -> None:
    """However often both look at once, every incident is paged once in every round."""
    async with two_loops(tmp_path, postgres) as (world, other):
        for _ in range(INCIDENTS):
            await world.say(await world.room())
        for paged in (1, 2):
            for _ in range(3):
                await asyncio.gather(world.duty.turn(), other.turn())
                await asyncio.gather(world.duty.settle(), other.settle())
            codes = [notice.code for _, _, notice in world.channel.taken]
            assert sorted(codes) == sorted([*set(codes)] * paged)
            assert len(codes) == INCIDENTS * paged
            world.clock.wait(world.policy.repeat_ms / 1000 + 1)


async def test_F18_K8_a_stale_owner_writes_nothing(tmp_path: Path, postgres: Postgres) -> None:
    """A node that slept through its leases and reports afterwards changes no row: 0 writes."""
    async with two_loops(tmp_path, postgres) as (world, other):
        for _ in range(INCIDENTS):
            await world.say(await world.room())
        due = (await world.store.read(pages.agenda, world.policy, world.clock.ms)).pages
        until = world.clock.ms + world.policy.lease_ms
        leases = [Lease(page.page, page.attempts, until) for page in due]
        mine = [await world.store.write(pages.lease, lease) for lease in leases]
        assert None not in mine
        world.clock.wait(world.policy.lease_ms / 1000 + 1)
        await other.turn()
        await other.settle()
        now = world.clock.ms
        late = [Result(page.page, 1, "failed-for-good", now, now) for page in due]
        written = [await world.store.write(pages.record, result) for result in late]
        assert written == [False] * INCIDENTS
        assert {page.state for page in await world.pages()} == {"sent"}


async def test_F25_auditors_at_two_nodes_see_the_same_and_write_nothing(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They need no lease: each tells its own outside, and none changes a row."""
    async with two_loops(tmp_path, postgres) as (world, _):
        await world.say(await world.room())
        world.clock.wait(3600)
        outsides = Outside(), Outside()

        def refuse(*_: object) -> None:
            raise AssertionError("an auditor wrote")

        monkeypatch.setattr(type(world.store), "submit", refuse)
        for number, outside in enumerate(outsides):
            file = tmp_path / f"auditor-{number}.json"
            assert await Auditor(world.store, world.clock, outside, file).look()
        one, other = outsides
        assert one.troubles == other.troubles != []
