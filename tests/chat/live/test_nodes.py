from __future__ import annotations

import asyncio
import time

import msgspec
import pytest
from redis.asyncio import Redis as Client

from chat.live.neighbours import Arrived
from chat.live.nodes import RedisNodes
from chat.live.redis import connect
from tests.servers import Redis


def a_node(redis: Redis, school: str) -> RedisNodes:
    """A node of that school which does nothing about what it hears."""
    return RedisNodes(connect(redis.address), school, time.time, lambda _: None, lambda: None)


async def test_a_room_at_two_nodes_counts_once(redis: Redis) -> None:
    """Every node learns how many rooms are open at others and not at itself."""
    one, other = a_node(redis, "ash"), a_node(redis, "ash")
    await one.here([], {}, ["r1", "r2"])
    await other.here([], {}, ["r2", "r3", "r4"])
    await one.here([], {}, ["r1", "r2"])
    assert (one.rooms_elsewhere, other.rooms_elsewhere) == (2, 1)
    for node in (one, other):
        await node.close()


async def test_a_room_is_forgotten_when_no_node_names_it(redis: Redis) -> None:
    """What a node that died had open counts for some seconds only."""
    now = [0.0]
    one = RedisNodes(connect(redis.address), "yew", lambda: now[0], lambda _: None, lambda: None)
    await one.here([], {}, ["r1"])
    now[0] = 4.0
    await one.here([], {}, [])
    assert one.rooms_elsewhere == 1
    now[0] = 6.0
    await one.here([], {}, [])
    assert one.rooms_elsewhere == 0
    await one.close()


async def test_F4_a_node_closes_though_its_client_hides_the_cancellation(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publish that swallows the cancellation, as redis-py now and then does, holds up no end."""
    begun = asyncio.Event()

    async def publish(*_: object) -> None:
        begun.set()
        try:
            await asyncio.sleep(60.0)
        except asyncio.CancelledError:
            return

    node = a_node(redis, "fir")
    monkeypatch.setattr(Client, "publish", publish)
    await node.start()
    await begun.wait()
    async with asyncio.timeout(20.0):
        await node.close()


async def test_F26_what_a_newer_node_tells_is_looked_up_and_the_rest_is_heard(
    redis: Redis,
) -> None:
    """Old and new together: an event that only the new version knows hides no other one."""
    heard, caught_up = asyncio.Queue[object](), asyncio.Queue[None]()
    node = RedisNodes(
        connect(redis.address),
        "elder",
        time.time,
        heard.put_nowait,
        lambda: caught_up.put_nowait(None),
    )
    await node.start()
    await caught_up.get()
    known = [{"t": "arrived", "student": name} for name in ("ann", "bob")]
    events = [known[0], {"t": "from_the_future", "what": 1}, known[1]]
    newer = connect(redis.address)
    told = msgspec.msgpack.encode({"node": "newer", "since": 2, "events": events})
    await newer.publish("peerline:{elder}:nodes", told)
    assert [await heard.get(), await heard.get()] == [Arrived("ann"), Arrived("bob")]
    await caught_up.get()
    await newer.aclose()
    await node.close()
