"""A real database for each test; another kind of database is another parameter here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from moderation.records.store import Store


@pytest.fixture(params=["sqlite"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    assert request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A store open on an empty database."""
    opened = await Store.open(store_url)
    yield opened
    await opened.close()
