"""A server that is killed again and again in the middle of many conversations (acceptance 3)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd, a_config
from tests.faults.progress import Progress, seeded
from tests.faults.servers import Servers

KILLS = int(os.environ.get("PEERLINE_TEST_KILLS", "50"))
ROOMS = 20


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    """Forty students in twenty rooms; no server runs yet."""
    config = a_config(tmp_path)
    async with Crowd.of(config, ROOMS, [await Servers.ready(config)]) as made:
        yield made


async def test_F1_F2_K1_nothing_acknowledged_is_lost_or_doubled(
    crowd: Crowd, progress: Progress
) -> None:
    """After fifty kills every acked message is there once, at its place, on both pages.

    And every disclosure that was acknowledged has its incident and its page.
    """
    chance, (server,) = seeded(20), crowd.servers
    crowd.begin()
    await server.start()
    crowd.up.set()
    await crowd.seated()
    for life in range(KILLS):
        crowd.up.clear()
        await server.kill()
        await server.start()
        crowd.up.set()
        await crowd.more(chance.choice([0, 1, 10, 50, 100, 200]))
        counted = {"acked": crowd.acks.count, "slowest_back_s": crowd.slowest_back()}
        if not progress(life + 1, KILLS, "kills of one server", **counted):
            break
    stored = await crowd.end()
    await server.stop()
    assert len(stored) == ROOMS
