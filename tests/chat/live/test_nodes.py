from __future__ import annotations

import asyncio

import msgspec
import pytest
from redis.asyncio import Redis as Client
from structlog.testing import capture_logs

from chat.live import nodes
from chat.live.neighbours import Arrived
from chat.live.nodes import HERE, NAMED, RedisNodes
from chat.live.redis import connect
from tests.servers import Redis


def a_node(redis: Redis, school: str) -> RedisNodes:
    """A node of that school which does nothing about what it hears."""
    return RedisNodes(connect(redis.address), school, lambda _: None, lambda: None)


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
    one = RedisNodes(connect(redis.address), "yew", lambda _: None, lambda: None, lambda: now[0])
    await one.here([], {}, ["r1"])
    now[0] = 4.0
    await one.here([], {}, [])
    assert one.rooms_elsewhere == 1
    now[0] = 6.0
    await one.here([], {}, [])
    assert one.rooms_elsewhere == 0
    await one.close()


async def test_a_student_is_named_now_and_then_and_present_all_the_while(redis: Redis) -> None:
    """Who stays is named every few ticks, who comes at once, and who leaves is gone in time."""
    now = [100.0]
    told: list[int] = []
    node = RedisNodes(connect(redis.address), "oak", lambda _: None, lambda: None, lambda: now[0])
    script = node._script

    async def counted(keys: list[str], args: list[str]) -> object:
        if args[0] == "here":
            told.append(int(args[4]))
        return await script(keys=keys, args=args)

    node._script = counted  # type: ignore[assignment]
    here = ["ann", "bob"]
    for tick in range(3 * NAMED):
        now[0] += 1.0
        if tick == NAMED:
            here = ["ann", "bob", "cleo"]
        await node.here(here, {}, [])
        assert await node.present([*here, "dan"]) == {*here}
    assert sum(told) <= 2 * 4 + 3
    now[0] += HERE + 1
    assert await node.present(here) == set()
    await node.close()


async def test_F7_whoever_redis_forgot_is_named_again_a_tick_later(redis: Redis) -> None:
    """A Redis that was emptied knows within two ticks again who is here."""
    node = a_node(redis, "lime")
    client = connect(redis.address)
    for _ in range(3):
        await node.here(["ann"], {}, [])
    await client.delete("peerline:{lime}:pages")
    for _ in range(2):
        await node.here(["ann"], {}, [])
    assert await node.present(["ann"]) == {"ann"}
    await client.aclose()
    await node.close()


async def test_the_clock_of_a_node_counts_for_nothing(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node whose clock is years ahead neither forgets what others have open nor outlives them."""
    one, other = a_node(redis, "larch"), a_node(redis, "larch")
    await one.here(["ann"], {}, ["r1"])
    monkeypatch.setattr("time.time", lambda: 2e9)
    await other.here(["bob"], {"mo": "Mo"}, ["r2"])
    monkeypatch.undo()
    await one.here(["ann"], {}, ["r1"])
    assert (one.rooms_elsewhere, other.rooms_elsewhere) == (1, 1)
    assert await one.present(["ann", "bob"]) == {"ann", "bob"}
    assert one.moderators == {"mo": "Mo"}
    for node in (one, other):
        await node.close()


async def test_a_node_closes_though_its_client_hides_the_cancellation(
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


async def test_a_publish_that_fails_makes_no_node_dumb(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it raises is logged without words, and the next event is told."""
    heard = asyncio.Queue[object]()
    listener = RedisNodes(connect(redis.address), "rowan", heard.put_nowait, lambda: None)
    await listener.start()
    teller = a_node(redis, "rowan")

    async def fail(*_: object) -> None:
        raise ValueError("words")

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(Client, "publish", fail)
        teller.tell(Arrived("lost"))
        assert teller._telling is not None
        await teller._telling
    assert [(line["event"], line["act"], line["error"]) for line in logs] == [
        ("nodes_failed", "tell", "ValueError")
    ]
    teller.tell(Arrived("ann"))
    async with asyncio.timeout(20.0):
        assert await heard.get() == Arrived("ann")
    for node in (teller, listener):
        await node.close()


async def test_a_channel_that_fails_makes_no_node_deaf(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it raises, this node knows that it cannot hear, and opens the channel anew."""
    heard_again = asyncio.Event()
    node = RedisNodes(connect(redis.address), "alder", lambda _: None, heard_again.set)
    listen, failed = node._listen_once, asyncio.Event()

    async def stumble() -> None:
        if failed.is_set():
            await listen()
        failed.set()
        node.well = True
        raise ValueError

    monkeypatch.setattr(node, "_listen_once", stumble)
    monkeypatch.setattr(nodes, "AGAIN", 0.0)
    await node.start()
    assert not node.well
    async with asyncio.timeout(20.0):
        await heard_again.wait()
    assert node.well
    await node.close()
