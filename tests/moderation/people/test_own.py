from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from moderation.ids import new_id
from moderation.people.own import MOST_MARKS, OwnAccount
from moderation.records import people
from moderation.records.of_school import SchoolRecords
from moderation.records.people import NewStaff
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.moderation.night import Clock


class Desk:
    """An account, and what it keeps of its own."""

    def __init__(self, store: Store, staff: str) -> None:
        self.clock = Clock()
        records = SchoolRecords("elm", store, Vault(bytes(32)), self.clock)
        self.own = OwnAccount(records)
        self.elsewhere = OwnAccount(replace(records, vault=Vault(bytes(31) + b"1")))
        self.staff = staff

    @property
    def now(self) -> int:
        return int(self.clock() * 1000)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk on a store of its own."""
    store = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    row = NewStaff(new_id(), "elm", "mo", "Mo", "moderator", "hash")
    yield Desk(store, await store.write(people.add_staff, row))
    await store.close()


async def test_a_browser_is_known_by_a_mark_that_only_this_server_makes(desk: Desk) -> None:
    """Known to whoever signed in with it, since then; a made-up or another's mark is nothing."""
    marks = await desk.own.came_in(desk.staff, "")
    assert desk.own.known_since(desk.staff, marks) == desk.now
    assert await desk.own.came_in(desk.staff, marks) == marks
    for other in ("", "nonsense", "1.0", marks[:-1], f"1{marks}", "é.ü"):
        assert desk.own.known_since(desk.staff, other) is None
    assert desk.own.known_since(new_id(), marks) is None
    assert desk.elsewhere.known_since(desk.staff, marks) is None


async def test_a_browser_is_told_of_newer_ones_and_a_new_one_of_none(desk: Desk) -> None:
    """Whoever came in last cannot be the one who says that it was the owner."""
    first = await desk.own.came_in(desk.staff, "")
    assert desk.own.news(desk.staff, desk.now, first) is None
    desk.clock.wait(60)
    second = await desk.own.came_in(desk.staff, "")
    assert desk.own.news(desk.staff, desk.now, first) == desk.now
    assert desk.own.news(desk.staff, desk.now, second) is None
    assert desk.own.news(desk.staff, desk.now, "") is None
    assert desk.own.news(desk.staff, None, first) is None


async def test_a_shared_browser_keeps_the_marks_of_the_last_people(desk: Desk) -> None:
    """The cookie has an end: the oldest mark goes when another comes."""
    marks = await desk.own.came_in(desk.staff, "")
    strangers = [f"{n}.{n:032x}" for n in range(MOST_MARKS)]
    kept = await desk.own.came_in(desk.staff, "~".join(strangers))
    assert kept.split("~") == [*strangers[1:], marks]
