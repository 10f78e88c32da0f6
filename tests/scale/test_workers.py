"""Real nodes on one port: killed, stopped, and renewed under talking students."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis as Client

from moderation.records.postgres import PATIENCE
from tests.faults.crowd import Crowd, a_config
from tests.faults.progress import Progress, seeded
from tests.faults.servers import Servers
from tests.servers import Postgres, Redis

ROOMS = 4
NODES = int(os.environ.get("PEERLINE_TEST_NODES", "2"))
KILLS = int(os.environ.get("PEERLINE_TEST_NODE_KILLS", "2"))


@pytest.fixture
async def crowd(tmp_path: Path, postgres: Postgres, redis: Redis) -> AsyncIterator[Crowd]:
    """Students in rooms that may reach over all nodes, which share one port."""
    url = await asyncio.to_thread(lambda: asyncio.run(postgres.database("test")))
    config = a_config(tmp_path, school="test", database=url, redis=redis.address)
    nodes = [await Servers.ready(config) for _ in range(NODES)]
    async with Crowd.of(config, ROOMS, nodes) as made:
        made.pause = 0.05
        for talker in made.talkers:
            # All may sit at the node that stands still. Sooner than nodes wait for their records:
            # so pages leave without having heard that something was refused.
            talker.give_up_after = PATIENCE - 1
        for node in nodes:
            await node.start()
        yield made


async def forget(redis: Redis) -> None:
    """Redis has lost everything."""
    client = Client.from_url(redis.address)
    await client.flushall()
    await client.aclose()


async def begin_anew(redis: Redis) -> None:
    """Redis is killed, and empty when it is back."""
    await asyncio.to_thread(redis.kill)
    await asyncio.to_thread(redis.start)


REDIS_FAULTS = (forget, begin_anew)


async def test_F1_F4_F7_F26_nodes_come_and_go_and_nothing_acknowledged_is_lost(
    crowd: Crowd, redis: Redis, progress: Progress
) -> None:
    """Renewed, killed or standing still, nodes lose, double and reorder nothing.

    Two of three times their Redis is emptied or killed while the node is away.

    What a node does late, when it wakes, is refused by the records like anybody's.
    """
    chance = seeded(4)
    crowd.begin()
    crowd.up.set()
    await crowd.more(50)
    for node in crowd.servers:
        await node.stop()
        await node.start()
        await crowd.more(20)
    for kill in range(KILLS):
        victim = chance.choice(crowd.servers)
        await victim.kill()
        if kill % 3 < len(REDIS_FAULTS):
            await REDIS_FAULTS[kill % 3](redis)
        await victim.start()
        await crowd.more(chance.choice([1, 10, 30]))
        counted = {
            "acked": crowd.acks.count,
            "faults_of_redis": (kill + 1) * 2 // 3,
            "slowest_back_s": crowd.slowest_back(),
        }
        if not progress(kill + 1, KILLS, f"kills of {NODES} nodes", **counted):
            break
    crowd.servers[0].stand_still()
    await crowd.more(40)
    crowd.servers[0].go_on()
    await crowd.more(30)
    await crowd.end()
