"""Fixtures of every test of moderation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.moderation.night import World, night
from tests.servers import Postgres


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One school, one night."""
    async with night(tmp_path) as world:
        yield world


@pytest.fixture(params=["sqlite", "postgresql"])
def school_url(request: pytest.FixtureRequest) -> str:
    """The address of a school's database of each kind; of a file, none is needed."""
    if request.param == "sqlite":
        return ""
    postgres: Postgres = request.getfixturevalue("postgres")
    return asyncio.run(postgres.database("school"))
