"""What a pairing costs with many waiting, in memory and in Redis; a part of `make bench-nodes`.

All wait in one pool for one topic, put there directly, for by themselves they would have met. Each
pairing is a knock that meets whoever has waited longest. Processor time of Redis is its own.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from chat.live.redis import LEASE, RedisLive, connect
from chat.live.redis import _written as written
from chat.students.matching import Ticket, Tickets
from tests.servers import Redis

SIZES = (1_000, 10_000, 100_000)
PAIRINGS = 1_000
SCHOOL = "elm"


def ticket(number: int) -> Ticket:
    return Ticket(f"s{number:07}", SCHOOL, "all", "mood", float(number))


def in_memory(waiting: int) -> float:
    """Microseconds of processor for each pairing."""
    held = Tickets()
    for number in range(waiting):
        held._put(ticket(number))  # noqa: SLF001 - `add` would pair them
    begun = time.process_time()
    for number in range(waiting, waiting + PAIRINGS):
        assert held.add(ticket(number), float(number)) is not None
    return (time.process_time() - begun) / PAIRINGS * 1e6


async def in_redis(server: Redis, waiting: int) -> tuple[float, float]:
    """Microseconds of the server's processor, and milliseconds until the answer, for each."""
    client = connect(server.address)
    await client.flushall()
    live, base = RedisLive(client, SCHOOL), f"peerline:{{{SCHOOL}}}"
    for start in range(0, waiting, 1_000):
        tickets = [ticket(number) for number in range(start, start + 1_000)]
        async with client.pipeline(transaction=False) as pipe:
            pipe.hset(f"{base}:tickets", mapping={t.student: written(t) for t in tickets})
            pipe.zadd(f"{base}:queue:all:mood", {t.student: t.since for t in tickets})
            pipe.zadd(f"{base}:leases", dict.fromkeys([t.student for t in tickets], LEASE * 1e9))
            pipe.sadd(f"{base}:bands", "all")
            pipe.sadd(f"{base}:topics:all", "mood")
            await pipe.execute()
    before, begun = _cpu(server), time.perf_counter()
    for number in range(waiting, waiting + PAIRINGS):
        assert await live.knock(ticket(number), float(number)) is not None
    wall = (time.perf_counter() - begun) / PAIRINGS * 1e3
    await client.aclose()
    return (_cpu(server) - before) / PAIRINGS * 1e6, wall


def _cpu(server: Redis) -> float:
    """Seconds of processor it has used, exactly."""
    assert server.process is not None
    return int(Path(f"/proc/{server.process.pid}/schedstat").read_text().split()[0]) / 1e9


async def main() -> None:
    server = await asyncio.to_thread(Redis.made)
    try:
        for waiting in SIZES:
            redis, wall = await in_redis(server, waiting)
            memory = min(in_memory(waiting) for _ in range(3))
            print(f"{waiting:>8,} waiting: {memory:.1f} µs in memory", end="; ")
            print(f"{redis:.1f} µs of Redis, {wall:.2f} ms until it answers")
    finally:
        await asyncio.to_thread(server.close)


if __name__ == "__main__":
    asyncio.run(main())
