"""Schools whose identities are sealed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.moderation.custody import School, school
from tests.servers import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database of each kind; of a file, none is needed."""
    if request.param == "sqlite":
        return ""
    postgres: Postgres = request.getfixturevalue("postgres")
    return asyncio.run(postgres.database("school"))


@pytest.fixture
async def elm(url: str, tmp_path: Path) -> AsyncIterator[School]:
    """A school on a database of each kind."""
    async with school(tmp_path, url) as made:
        yield made


@pytest.fixture
async def glass(tmp_path: Path) -> AsyncIterator[School]:
    """A school that allows one person to open alone."""
    async with school(tmp_path, break_glass=True) as made:
        yield made
