"""Power that fails under SQLite, PostgreSQL and Redis, on a disk that forgets what was not synced.

Each has a control that must lose: the same with the setting that makes a commit last taken away.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pytest
from redis import Redis as Client
from redis.exceptions import RedisError

from moderation.records.store import Store
from moderation.records.tenancy import role_of
from moderation.records.transcript import shown_after
from tests.faults import speaker
from tests.faults.power import Power
from tests.faults.progress import Progress, seeded
from tests.servers import Postgres, Redis

AServer = TypeVar("AServer", Postgres, Redis)

CUTS = int(os.environ.get("PEERLINE_TEST_CUTS", "1"))
CONTROL = max(1, CUTS // 20)
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.faults.speaker"])


@dataclass
class Losses:
    """What was acknowledged before the cuts and what of it is gone."""

    acked: int = 0
    lost: int = 0
    cuts: list[int] = field(default_factory=list)

    def one(self, acked: int, lost: int) -> None:
        self.acked += acked
        self.lost += lost
        self.cuts.append(lost)


def spoken_until(url: str, lines: int, cut: Callable[[], None], *, weak: bool) -> list[list[str]]:
    """Have a process keep messages; cut the power after so many acks; every ack that was given.

    One that ends before, because records were too slow for it, is followed by another: power fails
    only under one that speaks.
    """
    told, spoke = list[str](), False
    while not spoke:
        heard, says = FORKING.Pipe(duplex=False)
        child = FORKING.Process(target=speaker.main, args=(url, says), kwargs={"weak": weak})
        child.start()
        says.close()
        with os.fdopen(os.dup(heard.fileno())) as acks:
            said = list(islice(acks, lines))
            spoke = len(said) == lines
            if spoke:
                cut()
            told += said + acks.readlines()
        heard.close()
        child.kill()
        child.join()
    return [line.split() for line in told if line.endswith("\n")]


async def missing(url: str, acked: list[list[str]]) -> int:
    """How many of these are not there, under their number; raises where a room has a gap."""
    rooms = defaultdict(set)
    for room, mid, seq in acked:
        rooms[room].add((int(seq), mid))
    store, lost = await Store.open(url), 0
    for room, promised in rooms.items():
        rows = await store.read(shown_after, room, 0, 1 << 30)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        lost += len(promised - {(row.seq or 0, row.mid) for row in rows})
    await store.close()
    return lost


@pytest.fixture
def disk() -> Iterator[Power]:
    """A disk whose power can fail, where servers with accounts of their own may look too."""
    directory = Path(tempfile.mkdtemp(prefix="peerline-disk-"))
    directory.chmod(0o755)
    below = directory / "disk"
    below.mkdir()
    try:
        with Power.over(below) as power:
            yield power
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def on(
    disk: Power, made: Callable[..., AServer], prepare: Callable[[AServer], None] | None = None
) -> Iterator[AServer]:
    """A server, made on what is below the disk, whose data lies on the disk from then on."""
    parent = disk.below / "server"
    parent.mkdir()
    with contextlib.closing(made(parent=parent)) as server:
        if prepare:
            prepare(server)
        server.kill()
        server.directory, server.told = disk.mount / "server" / "data", parent / "log"
        yield server


@pytest.mark.parametrize("weak", [False, True], ids=["full", "control"])
def test_F5_K1_power_fails_under_sqlite(disk: Power, progress: Progress, *, weak: bool) -> None:
    """What was acknowledged is there after every cut; with `synchronous=NORMAL` it is not."""
    found, chance, cuts = Losses(), seeded(5), CONTROL if weak else CUTS
    for cut in range(cuts):
        directory = disk.mount / f"{cut}"
        directory.mkdir()
        url = f"sqlite:///{directory}/records.db"
        half = partial(disk.cut, half=cut % 2 == 1)
        acked = spoken_until(url, chance.choice([1, 50, 500]), half, weak=weak)
        disk.back()
        found.one(len(acked), asyncio.run(missing(url, acked)))
        what = f"power cuts under SQLite{', synchronous=NORMAL' * weak}"
        if not progress(cut + 1, cuts, what, acked=found.acked, lost=found.lost):
            break
    assert (found.lost > 0) is weak


@pytest.mark.parametrize("weak", [False, True], ids=["on", "control"])
def test_F6_K1_power_fails_under_postgresql(disk: Power, progress: Progress, *, weak: bool) -> None:
    """What was acknowledged is there after every cut; with `synchronous_commit=off` it is not."""
    found, chance, cuts = Losses(), seeded(6), CONTROL if weak else CUTS
    made = partial(Postgres.made, safe=True)
    with on(disk, made, prepare=lambda server: server.ready()) as server:
        url = server.address("ready", role_of("elm"))
        for cut in range(cuts):
            server.start()
            half = partial(disk.cut, half=cut % 2 == 1)
            acked = spoken_until(url, chance.choice([50, 500]), half, weak=weak)
            server.kill()
            disk.back()
            server.start()
            found.one(len(acked), asyncio.run(missing(url, acked)))
            what = f"power cuts under PostgreSQL{', synchronous_commit=off' * weak}"
            if not progress(cut + 1, cuts, what, acked=found.acked, lost=found.lost):
                break
    assert (found.lost > 0) is weak


@pytest.mark.parametrize("sync", ["always", "everysec"])
def test_F6_power_fails_under_redis(disk: Power, progress: Progress, sync: str) -> None:
    """Of a Redis that syncs always nothing is lost; of one that syncs each second, something.

    Peerline keeps nothing in Redis that may not be lost (`test_without_redis.py`): this one shows
    that the disk of these tests forgets what it should under a third kind of program.
    """
    found, chance, cuts = Losses(), seeded(7), CUTS if sync == "always" else CONTROL
    made = partial(Redis.made, "--appendonly", "yes", "--appendfsync", sync)
    with on(disk, made) as server:
        for cut in range(cuts):
            server.start()
            acked = 0
            with Client.from_url(server.address) as client, contextlib.suppress(RedisError):
                client.flushall()
                for _ in range(chance.choice([50, 500])):
                    acked = client.incr("acked")
                disk.cut(half=sync == "always" and cut % 2 == 1)
                while sync == "always":
                    acked = client.incr("acked")
            server.kill()
            disk.back()
            server.start()
            with Client.from_url(server.address) as client:
                found.one(acked, max(0, acked - int(client.get("acked") or 0)))
            what = f"power cuts under Redis, appendfsync {sync}"
            if not progress(cut + 1, cuts, what, acked=found.acked, lost=found.lost):
                break
    assert (found.lost > 0) is (sync == "everysec")
