"""The moderators of a school are enough for so many rooms, wherever these are open."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from msgspec.structs import replace

from chat.settings import Chat, Moderators
from moderation.pipeline import Judge
from tests.clients import PATIENCE
from tests.journeys.conftest import an_open_house, in_time, settings
from tests.servers import Postgres, Redis


async def test_rooms_of_other_nodes_count(
    tmp_path: Path, postgres: Postgres, redis: Redis, rules: Judge
) -> None:
    """With one moderator who is enough for one room, no second one opens at another node."""
    url = await postgres.database("test")
    async with contextlib.AsyncExitStack() as stack:
        nodes = []
        for _ in range(2):
            chosen = replace(
                settings(tmp_path),
                database=url,
                redis=redis.address,
                chat=Chat(needs_adults=1),
                moderators=Moderators(rooms_each=1),
            )
            nodes.append(await stack.enter_async_context(an_open_house(chosen, in_time(rules))))
        one, other = nodes
        await one.on_call()
        moderator = await one.moderator()
        await moderator.until("queue")
        for node in (one, other):
            await node.server.on_call.look_who_is_there()
        async with asyncio.timeout(PATIENCE):
            while not other.server.talking.room_for():
                for node in (one, other):
                    await node.server.talking.node.tick()
        students = await one.pair()
        for node in (one, other):
            await node.server.talking.node.tick()
        assert not one.server.talking.room_for()
        assert not other.server.talking.room_for()
        await students[0].send("leave")
        await students[1].until("peer_left")
