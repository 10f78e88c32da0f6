"""A real database of each kind for each test: the contract holds for both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from moderation.records.store import Store
from tests.moderation.records.schools import two_schools
from tests.servers import Postgres

NODES = 3


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The address of a PostgreSQL database that has the tables and nothing in them."""
    return asyncio.run(postgres.database())


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of each kind."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A store open on an empty database."""
    opened = await Store.open(store_url)
    yield opened
    await opened.close()


@pytest.fixture
async def nodes(postgres_url: str) -> AsyncIterator[list[Store]]:
    """Several nodes on one database."""
    opened = await asyncio.gather(*(Store.open(postgres_url) for _ in range(NODES)))
    yield opened
    for store in opened:
        await store.close()


@pytest.fixture
async def oak(store: Store, store_url: str) -> AsyncIterator[Store]:
    """What another school, whose rows are in the same tables, writes through."""
    if store_url.startswith("sqlite"):
        yield store
        return
    opened = await Store.open(store_url.replace("_elm@", "_oak@"))
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """A store open on an empty SQLite file."""
    opened = await Store.open(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def both(postgres: Postgres) -> str:
    """A database with two schools, for who may do everything."""
    return two_schools(asyncio.run(postgres.database()))


@pytest.fixture(scope="module")
def alone(postgres: Postgres) -> str:
    """The same without the other school."""
    return two_schools(asyncio.run(postgres.database()), oak=False)
