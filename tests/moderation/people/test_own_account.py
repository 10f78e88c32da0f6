from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from moderation.ids import new_id
from moderation.people.own_account import MOST_MARKS, OwnAccount
from moderation.records import people
from moderation.records.of_school import SchoolRecords
from moderation.records.people import NewStaff
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.moderation.noting import Clock


class Desk:
    """An account, and what it keeps of its own; another house and another school beside it."""

    def __init__(self, store: Store, staff: str) -> None:
        self.clock = Clock()
        records = SchoolRecords("elm", store, Vault(bytes(32)), self.clock)
        self.own = OwnAccount(records)
        self.elsewhere = OwnAccount(replace(records, vault=Vault(bytes(31) + b"1")))
        self.oak = OwnAccount(replace(records, school="oak"))
        self.staff = staff

    @property
    def now(self) -> int:
        return int(self.clock() * 1000)

    async def came_in(self, marks: str) -> str:
        """Mo signs in with a browser that has these marks; answers those it has then."""
        return await self.own.came_in(self.staff, "mo", marks)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk on a store of its own."""
    store = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    row = NewStaff(new_id(), "elm", "mo", "Mo", "moderator", "hash")
    yield Desk(store, await store.write(people.add_staff, row))
    await store.close()


async def test_a_browser_is_known_by_a_mark_that_only_this_server_makes(desk: Desk) -> None:
    """Known to whoever signed in with it, since then; a made-up or another's mark is nothing."""
    marks = await desk.came_in("")
    assert desk.own.known_since("mo", marks) == desk.now
    assert await desk.came_in(marks) == marks
    for other in ("", "nonsense", "1.0", marks[:-1], f"1{marks}", "é.ü", "1.ü", "1.\udcff"):
        assert desk.own.known_since("mo", other) is None
    assert desk.own.known_since("ann", marks) is None
    assert desk.elsewhere.known_since("mo", marks) is None
    assert desk.oak.known_since("mo", marks) is None


async def test_a_browser_is_told_of_newer_ones_and_a_new_one_of_none(desk: Desk) -> None:
    """Whoever came in last cannot be the one who says that it was the owner."""
    first = await desk.came_in("")
    assert desk.own.news("mo", desk.now, first) is None
    desk.clock.wait(60)
    second = await desk.came_in("")
    assert desk.own.news("mo", desk.now, first) == desk.now
    assert desk.own.news("mo", desk.now, second) is None
    assert desk.own.news("mo", desk.now, "") is None
    assert desk.own.news("mo", None, first) is None


async def test_a_shared_browser_keeps_the_marks_of_the_last_people(desk: Desk) -> None:
    """The cookie has an end: the oldest mark goes when another comes."""
    marks = await desk.came_in("")
    strangers = [f"{n}.{n:032x}" for n in range(MOST_MARKS)]
    kept = await desk.came_in("~".join(strangers))
    assert kept.split("~") == [*strangers[1:], marks]
