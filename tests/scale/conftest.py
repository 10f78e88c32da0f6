"""Several nodes in one process, each with its own port, on one PostgreSQL and one Redis."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from moderation.pipeline import Judge
from tests.faults.progress import Progress, Soak
from tests.journeys.conftest import Running, an_open_house, in_time, rules, settings
from tests.journeys.detectors import Marking, with_detector
from tests.servers import Postgres, Redis

__all__ = ["rules"]

Nodes = Callable[[], contextlib.AbstractAsyncContextManager[Running]]


@pytest.fixture
def progress() -> Progress:
    """To say how far a long run is."""
    return Soak()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes wait long for records: a starved machine is not a lost server.

    A pair whose room cannot be kept in time is told so and may choose again, which is about
    something else than the other nodes.
    """
    monkeypatch.setattr("moderation.records.postgres.PATIENCE", 30.0)


@pytest.fixture
def another_node(tmp_path: Path, postgres: Postgres, redis: Redis, rules: Judge) -> Nodes:
    """Opens one more node of the same school."""
    url = asyncio.run(postgres.database("test"))
    asyncio.run(_emptied(redis))

    @contextlib.asynccontextmanager
    async def opened() -> AsyncIterator[Running]:
        chosen = replace(settings(tmp_path), database=url, redis=redis.address)
        async with an_open_house(chosen, in_time(with_detector(rules, Marking()))) as found:
            yield found

    return opened


async def _emptied(redis: Redis) -> None:
    from redis.asyncio import Redis as Client  # noqa: PLC0415 - the fixture has its name

    client = Client.from_url(redis.address)
    await client.flushall()
    await client.aclose()


@pytest.fixture
async def two(another_node: Nodes) -> AsyncIterator[tuple[Running, Running]]:
    """Two open nodes of one school."""
    async with another_node() as one, another_node() as other:
        yield one, other
