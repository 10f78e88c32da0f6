"""A Redis with nothing in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis as Client

from chat.live.redis import connect
from tests.servers import Redis


@pytest.fixture
async def client(redis: Redis) -> AsyncIterator[Client]:
    """A connection to an empty Redis."""
    found = connect(redis.address)
    await found.flushall()
    yield found
    await found.aclose()
