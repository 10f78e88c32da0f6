"""Fixtures of every test of moderation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.moderation.night import World, night


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One school, one night."""
    async with night(tmp_path) as world:
        yield world
