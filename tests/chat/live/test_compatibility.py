"""What is asked of a Redis: nothing newer than 7.0, which Valkey has too; one slot of a cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis as Client

from chat.live.neighbours import Arrived
from chat.live.nodes import RedisNodes
from chat.live.redis import RedisLive, connect
from chat.live.tries import RedisTries
from chat.students.matching import Ticket
from tests.servers import Redis, free_port

NEWEST = (7, 0, 0)
"""Valkey began as Redis 7.2, so whatever 7.0 has is there."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Redis]:
    """A cluster of one, which refuses a script that touches names of two slots."""
    bus = str(free_port())  # else ten thousand above its own, which may be none
    server = Redis.made("--cluster-enabled", "yes", "--cluster-port", bus)
    yield server
    server.close()


async def everything(address: str, school: str) -> tuple[bool, object]:
    """All that nodes ever ask of a Redis; whether two students were paired, and what was heard."""
    heard = asyncio.Queue[object]()
    client = connect(address)
    live = RedisLive(client, school)
    one = RedisNodes(connect(address), school, heard.put_nowait, lambda: None)
    other = RedisNodes(connect(address), school, lambda _: None, lambda: None)
    await one.start()
    await other.start()
    ann, bob = (Ticket(name, school, "all", "mood", 1.0) for name in ("ann", "bob"))
    await live.knock(ann, 1.0)
    await live.renew(["ann", "cat"], 2.0)
    await live.widened(2.0, 9)
    pair = await live.knock(bob, 3.0)
    await live.leave(bob, 3.0, 1.0)
    await live.ticket_of("bob", 3.0)
    await live.withdraw("bob")
    await one.here(["ann"], {"mo": "Mo"}, ["r1"])
    present = await one.present(["ann", "bob"])
    await one.left("mo")
    tries = RedisTries(client, school, str.encode)
    await tries.wait("ann")
    await tries.succeeded("ann")
    await tries.take("192.0.2.7", 2, 60.0)
    await tries.give_back("192.0.2.7", 2, 60.0)
    other.tell(Arrived("ann"))
    found = await heard.get()
    for node in (one, other):
        await node.close()
    await client.aclose()
    return pair == (ann, bob) and present == {"ann"}, found


async def test_F7_nothing_newer_than_what_valkey_has_is_asked(redis: Redis) -> None:
    """Every command that a school's nodes send has been there since Redis 7.0 or longer."""
    client = Client.from_url(redis.address)
    await client.config_resetstat()
    assert (await everything(redis.address, "oak"))[0]
    stats = await client.info("commandstats")
    asked = [name.removeprefix("cmdstat_").split("|")[0] for name in stats]
    # One word, for redis-py reads the answers of COMMAND as another kind of answer.
    told = await client.execute_command("COMMAND DOCS", *asked)
    await client.aclose()
    since = {name.decode(): about[b"since"].decode() for name, about in told.items()}
    assert {"evalsha", "publish", "zadd"} <= set(since)
    assert all(tuple(map(int, version.split("."))) <= NEWEST for version in since.values())


async def test_a_school_lies_in_one_slot_of_a_cluster(cluster: Redis) -> None:
    """On a server of a cluster everything works: no script reaches over two slots."""
    client = Client.from_url(cluster.address)
    await client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    while b"cluster_state:ok" not in await client.execute_command("CLUSTER", "INFO"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    worked, heard = await everything(cluster.address, "elm")
    assert worked
    assert heard == Arrived("ann")
    slots = {await client.execute_command("CLUSTER", "KEYSLOT", key) for key in await client.keys()}
    assert len(slots) == 1
    await client.aclose()
