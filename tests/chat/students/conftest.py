"""Fixtures of the tests of students' connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chat.students.entrance import Entrance, an_entrance


@pytest.fixture
async def entrance(tmp_path: Path) -> AsyncIterator[Entrance]:
    """A lobby in which nobody is yet."""
    async with an_entrance(tmp_path) as made:
        yield made
