"""Schools whose identities are sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.moderation.custody import School, school


@pytest.fixture
async def elm(school_url: str, tmp_path: Path) -> AsyncIterator[School]:
    """A school on a database of each kind."""
    async with school(tmp_path, school_url) as made:
        yield made


@pytest.fixture
async def glass(tmp_path: Path) -> AsyncIterator[School]:
    """A school that allows one person to open alone."""
    async with school(tmp_path, break_glass=True) as made:
        yield made
