"""Redis is the only copy of nothing: what happens when it is gone, or forgets everything."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis as Client

from moderation.pipeline import Judge
from tests.journeys.conftest import Running, an_open_house, in_time, settings
from tests.journeys.detectors import Marking, with_detector
from tests.scale.test_two_nodes import matched_across, shown
from tests.servers import Postgres, Redis


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """A Redis of this test's own."""
    made = Redis.made()
    yield made
    made.close()


@pytest.fixture
def url(postgres: Postgres) -> str:
    """An empty database with our tables."""
    return asyncio.run(postgres.database("test"))


@pytest.fixture
async def two(
    tmp_path: Path, url: str, own_redis: Redis, rules: Judge
) -> AsyncIterator[tuple[Running, Running]]:
    """Two nodes that share a Redis which may be killed."""
    async with contextlib.AsyncExitStack() as stack:
        nodes = []
        for _ in range(2):
            chosen = replace(settings(tmp_path), database=url, redis=own_redis.address)
            judge = in_time(with_detector(rules, Marking()))
            nodes.append(await stack.enter_async_context(an_open_house(chosen, judge)))
        yield nodes[0], nodes[1]


async def test_F7_a_killed_redis_loses_no_message(
    two: tuple[Running, Running], own_redis: Redis
) -> None:
    """While Redis is dead two nodes still hear each other, and students are matched afterwards."""
    one, other = await matched_across(two)
    await asyncio.to_thread(own_redis.kill)
    for number in range(3):
        await one.until("ack", cid=await one.say(f"without redis {number}"))
        assert (await other.until("message"))["text"] == f"without redis {number}"
        await other.until("ack", cid=await other.say(f"here too {number}"))
        assert (await one.until("message"))["text"] == f"here too {number}"
    assert shown(one) == shown(other) == list(range(1, 7))
    third, fourth = await two[0].student(), await two[1].student()
    for page in (third, fourth):
        await page.send("join", topic="mood")
        await page.until("waiting")
    await asyncio.to_thread(own_redis.start)
    await asyncio.gather(third.until("matched"), fourth.until("matched"))


async def dead(redis: Redis) -> None:
    """Nobody listens where it was."""
    await asyncio.to_thread(redis.kill)


async def frozen(redis: Redis) -> None:
    """It takes connections and never answers."""
    await asyncio.to_thread(redis.pause)


@pytest.mark.parametrize("lost", [dead, frozen])
async def test_F7_polling_keeps_the_delay_within_a_second(
    two: tuple[Running, Running], own_redis: Redis, lost: Callable[[Redis], Awaitable[None]]
) -> None:
    """Once Redis is known to be lost the other node looks twice a second, and waits for nothing."""
    one, other = await matched_across(two)
    await lost(own_redis)
    await one.until("ack", cid=await one.say("so that both nodes know"))
    await other.until("message")
    delays = []
    for number in range(5):
        said = time.monotonic()
        await one.until("ack", cid=await one.say(f"timed {number}"))
        await other.until("message")
        delays.append(time.monotonic() - said)
    assert sorted(delays)[1] <= 1.0


async def in_the_queue(client: Client) -> None:
    """Answer once somebody's ticket lies in Redis."""
    while True:
        if await client.keys("*tickets"):
            return
        await asyncio.sleep(0.05)


async def test_F7_flushall_puts_nobody_out_of_the_queue(
    two: tuple[Running, Running], own_redis: Redis
) -> None:
    """Who waited when Redis forgot everything is matched with whoever comes next."""
    waiting = await two[0].student()
    await waiting.send("join", topic="mood")
    async with Client.from_url(own_redis.address) as client:
        await in_the_queue(client)
        await client.flushall()
        await in_the_queue(client)
    later = await two[1].student()
    await later.send("join", topic="mood")
    await asyncio.gather(waiting.until("matched"), later.until("matched"))
