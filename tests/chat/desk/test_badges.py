from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from argon2 import PasswordHasher

from chat.desk.badges import Badges
from chat.desk.session import DeskSession
from moderation.people.accounts import Terms
from moderation.people.people import People
from moderation.people.sessions import STAFF_LONGEST, StaffMember
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.moderation.noting import Clock

PASSWORD = "tea with oat milk"


class Socket:
    """As much of a desk's session as its badge needs."""

    def __init__(self, staff: StaffMember) -> None:
        self.staff = staff
        self.refused: list[str] = []

    def refuse(self, code: str) -> None:
        """What the page would be told."""
        self.refused.append(code)


@dataclasses.dataclass
class Hall:
    """People, and the badges of those who are here."""

    people: People
    badges: Badges
    clock: Clock

    async def enter(self, login: str) -> tuple[str, Socket]:
        """Somebody signs in and opens a socket."""
        token = await self.people.sign_in_staff(login, PASSWORD) or ""
        member = await self.people.sessions.staff(token)
        assert member is not None
        socket = Socket(member)
        self.badges.enter(cast("DeskSession", socket))
        return token, socket


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    """Two moderators who may come in."""
    store = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    clock: Any = Clock()
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    terms = Terms(second_factor=False)
    records = SchoolRecords("elm", store, Vault(bytes(32)), clock)
    people = People(records, terms=terms, hasher=quick)
    for login in ("mo", "ann"):
        await people.add_staff(login, login.title(), "moderator", PASSWORD)
    yield Hall(people, Badges(people), clock)
    people.close()
    await store.close()


async def test_a_closed_account_closes_its_sockets_at_once(hall: Hall) -> None:
    """All of that person and nobody else's, without waiting for a look."""
    _, one = await hall.enter("mo")
    _, two = await hall.enter("mo")
    _, other = await hall.enter("ann")
    await hall.people.disable_staff("mo")
    assert (one.refused, two.refused, other.refused) == (["signed_out"], ["signed_out"], [])


async def test_what_another_process_did_is_seen_at_the_next_look(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account closed where nobody here hears of it loses its sockets all the same."""
    _, mo = await hall.enter("mo")
    _, ann = await hall.enter("ann")
    monkeypatch.setattr(hall.people.accounts, "_listeners", [])
    await hall.people.disable_staff("mo")
    assert mo.refused == []
    await hall.badges.look()
    assert (mo.refused, ann.refused) == (["signed_out"], [])
    await hall.badges.look()
    assert mo.refused == ["signed_out"]


async def test_signing_out_closes_the_socket_of_that_session_alone(hall: Hall) -> None:
    """Another tab of the same person stays."""
    token, here = await hall.enter("mo")
    hall.clock.wait(1)
    _, there = await hall.enter("mo")
    await hall.people.sessions.end(token)
    await hall.badges.look()
    assert (here.refused, there.refused) == (["signed_out"], [])


async def test_signing_out_everywhere_closes_them_all(hall: Hall) -> None:
    """Each session of that person, wherever it was opened."""
    _, here = await hall.enter("mo")
    _, there = await hall.enter("mo")
    assert len(await hall.people.sessions.own(here.staff)) == 2
    await hall.people.sign_out_everywhere(here.staff)
    assert (here.refused, there.refused) == (["signed_out"], ["signed_out"])
    assert await hall.people.sessions.own(here.staff) == []


async def test_no_socket_outlives_its_session_or_its_account(hall: Hall) -> None:
    """Twelve hours after signing in, and at the end of the term, an open socket closes."""
    _, mo = await hall.enter("mo")
    hall.clock.wait(STAFF_LONGEST / 1000 - 1)
    await hall.badges.look()
    assert mo.refused == []
    hall.clock.wait(1)
    await hall.badges.look()
    assert mo.refused == ["signed_out"]
    _, ann = await hall.enter("ann")
    hall.clock.wait(120 * 86_400)
    await hall.badges.look()
    assert ann.refused == ["signed_out"]
