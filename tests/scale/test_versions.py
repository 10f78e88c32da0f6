"""Nodes of an old version and tables of a new one: during an upgrade, and when it is undone (F26).

The program that runs is the old version here. The new one is what it may be at all: tables that
have more in them, and a revision that says since when nothing was taken away.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import make_url

from tests.faults.crowd import Crowd, a_config
from tests.faults.servers import Servers
from tests.servers import Postgres, Redis

TOMORROW = (
    "ALTER TABLE messages ADD COLUMN of_tomorrow TEXT",
    "ALTER TABLE rooms ADD COLUMN of_tomorrow INTEGER NOT NULL DEFAULT 7",
    "CREATE TABLE of_tomorrow (id TEXT PRIMARY KEY)",
    "ALTER TABLE of_tomorrow ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE of_tomorrow FORCE ROW LEVEL SECURITY",
    "CREATE INDEX of_tomorrow_too ON messages (of_tomorrow)",
    "UPDATE alembic_version SET version_num = '9999_from_' || left(version_num, 4)",
)
"""A migration of the next version, which only adds."""


async def test_F26_old_nodes_talk_on_and_come_back_on_the_tables_of_a_newer_version(
    tmp_path: Path, postgres: Postgres, redis: Redis
) -> None:
    """Migrated under talking students, then killed and renewed: nothing is lost or refused."""
    url = await postgres.database("test")
    config = a_config(tmp_path, school="test", database=url, redis=redis.address)
    nodes = [await Servers.ready(config) for _ in range(2)]
    async with Crowd.of(config, 2, nodes) as crowd:
        crowd.pause = 0.05
        for node in nodes:
            await node.start()
        crowd.begin()
        crowd.up.set()
        await crowd.more(20)
        for statement in TOMORROW:
            await postgres.ask(statement, make_url(url).database or "")
        await crowd.more(20)
        await nodes[0].kill()
        await nodes[0].start()
        await nodes[1].stop()
        await nodes[1].start()
        await asyncio.wait_for(crowd.more(20), 120)
        await crowd.end()
