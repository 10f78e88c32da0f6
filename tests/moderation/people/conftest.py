"""A school's people with a quick hasher, and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from moderation.people.accounts import Terms
from moderation.people.people import People
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.moderation.people import second_step
from tests.moderation.people.second_step import SecondStep

PASSWORD = "a long and quiet evening"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.now


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store open on an empty database."""
    opened = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


def people_of(store: Store, clock: Clock, school: str = "elm") -> People:
    """Everybody of a school, with a hasher quick enough for tests."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    vault = Vault(bytes(range(32)))
    terms = Terms(second_factor=False)
    records = SchoolRecords(school, store, vault, clock)
    return People(records, terms=terms, hasher=hasher)


@pytest.fixture
def people(store: Store, clock: Clock) -> People:
    """Everybody of one school."""
    return people_of(store, clock)


async def signed_in(people: People) -> str:
    """The token of a student with a fresh card."""
    (card,) = await people.issue_cards(1)
    token = await people.sign_in_student(card)
    assert token is not None
    return token


@pytest.fixture
async def step(tmp_path: Path) -> AsyncIterator[SecondStep]:
    """A school with a moderator who has a password only."""
    store = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    made = SecondStep(store)
    await made.people.add_staff("mo", "Mo", "moderator", second_step.PASSWORD)
    yield made
    made.people.close()
    await store.close()
