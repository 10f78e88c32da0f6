"""Fixtures of the tests of the moderators' desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chat.desk.moderators import Shift, a_shift


@pytest.fixture
async def shift(tmp_path: Path) -> AsyncIterator[Shift]:
    """A desk on which nobody is yet."""
    async with a_shift(tmp_path) as made:
        yield made
