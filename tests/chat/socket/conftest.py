"""Fixtures of the tests of the one public port."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator

import pytest

from tests.chat.doors import Door, open_door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = await open_door()
    yield door
    await door.close()


@pytest.fixture
def only_what_comes() -> None:
    """What is in memory by now, of whichever tests, is not gone through again and again."""
    gc.collect()
    gc.freeze()
