"""Real nodes on one port: killed, stopped, and renewed under talking students."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

import house
import workers
from chat.settings import BadSettings, Settings, convert, load
from moderation.records import messages
from tests.faults.servers import Servers
from tests.faults.talkers import Talker
from tests.faults.test_kill_nine import Acks, _prepared
from tests.journeys.conftest import free_port
from tests.servers import Postgres, Redis

ROOMS = 4
PATIENCE = 60.0
"""Seconds without a single acknowledgement after which the test is lost."""
KILLS = int(os.environ.get("PEERLINE_TEST_NODE_KILLS", "2"))

_CONFIG = """
database = "{database}"
redis = "{redis}"
[school]
id = "{school}"
[server]
port = {port}
data = "{data}"
[chat]
needs_staff = false
messages_per_10_seconds = 1000000
judge_seconds = 30
"""


@dataclass
class Crowd:
    """Students who talk through two nodes on one port."""

    settings: Settings
    talkers: list[Talker]
    acks: Acks
    nodes: list[Servers]
    coming_back: list[asyncio.Task[None]] = field(default_factory=list)

    async def keep_coming_back(self, talker: Talker) -> None:
        while not talker.at_rest.is_set():
            await talker.talk()
            await asyncio.sleep(0.05)

    def begin(self) -> None:
        self.coming_back = [
            asyncio.ensure_future(self.keep_coming_back(talker)) for talker in self.talkers
        ]

    async def more(self, number: int) -> None:
        """So many acknowledgements more; a page that meets what it must not ends the test."""
        acked = asyncio.ensure_future(self.acks.more(number))
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([acked, *self.coming_back], return_when=asyncio.FIRST_COMPLETED)
        for task in self.coming_back:
            if task.done():
                await task
        await acked

    async def end(self) -> None:
        """Everything said is acknowledged; what was promised is what the records have."""
        for talker in self.talkers:
            talker.quiet = True
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self.coming_back)
        async with house.records(self.settings, beside=True) as (store, _, _):
            for talker in self.talkers:
                rows = await store.read(messages.shown_after, talker.room, 0, 1_000_000)
                assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
                mine = [row for row in rows if row.cid in talker.promises]
                assert [row.cid for row in mine] == talker.said
                for row in mine:
                    promise = talker.promises[row.cid]
                    assert (row.mid, row.seq) == (promise.mid, promise.seq)
                assert talker.shown == [row.mid for row in rows[: len(talker.shown)]]


@pytest.fixture
def config(tmp_path: Path, postgres: Postgres, redis: Redis) -> Path:
    """Settings of a school whose nodes share one port."""
    path = tmp_path / "peerline.toml"
    values = {
        "database": asyncio.run(postgres.database("ready")),
        "redis": redis.address,
        "port": free_port(),
        "data": tmp_path / "data",
        "school": f"test-{secrets.token_hex(4)}",
    }
    path.write_text(_CONFIG.format(**values))
    return path


@pytest.fixture
async def crowd(config: Path) -> AsyncIterator[Crowd]:
    """Two nodes, and students in rooms that may reach over both."""
    settings = load(config, {})
    tokens = await _prepared(settings, 2 * ROOMS)
    origin = f"http://127.0.0.1:{settings.server.port}"
    acks = Acks()
    talkers = [Talker(token, origin, Random(n), acks.one) for n, token in enumerate(tokens)]
    nodes = [await Servers.ready(config) for _ in range(2)]
    for node in nodes:
        await node.start()
    yield Crowd(settings, talkers, acks, nodes)
    for node in nodes:
        await node.close()


async def test_F1_F4_F26_nodes_come_and_go_and_nothing_acknowledged_is_lost(crowd: Crowd) -> None:
    """Renewed, killed or standing still, nodes lose, double and reorder nothing.

    What a node does late, when it wakes, is refused by the records like anybody's.
    """
    chance = Random(4)
    crowd.begin()
    await crowd.more(50)
    for node in crowd.nodes:
        await node.stop()
        await node.start()
        await crowd.more(20)
    for _ in range(KILLS):
        victim = chance.choice(crowd.nodes)
        await victim.kill()
        await victim.start()
        await crowd.more(chance.choice([1, 10, 30]))
    for talker in crowd.talkers:
        talker.give_up_after = 2.0
    crowd.nodes[0].stand_still()
    await crowd.more(40)
    crowd.nodes[0].go_on()
    await crowd.more(30)
    await crowd.end()


@pytest.mark.parametrize(
    ("tree", "named"),
    [
        ({"redis": "redis://127.0.0.1/0", "server": {"port": 1}}, "database"),
        ({"database": "sqlite:///x.db", "redis": "redis://127.0.0.1/0"}, "database"),
        ({"database": "postgresql://127.0.0.1/x"}, "redis"),
        (
            {
                "database": "postgresql://127.0.0.1/x",
                "redis": "redis://127.0.0.1/0",
                "server": {"port": 0},
            },
            "port",
        ),
    ],
)
def test_workers_that_could_not_work_together_are_refused(
    tree: dict[str, object], named: str
) -> None:
    """Without shared records, a shared Redis or a known port there is no second worker."""
    with pytest.raises(BadSettings, match=named):
        workers.check(convert(tree, Settings))


_WORKER = "import signal; print('Peerline is open', flush=True); signal.sigwait([signal.SIGTERM])"


async def test_workers_that_die_are_started_again_and_renewed_one_by_one() -> None:
    """Whatever happens to one of them, there are as many again soon, until they are closed."""
    found = workers.Workers([sys.executable, "-S", "-c", _WORKER])
    await found.start(2)
    first = list(found.running)
    first[0].kill()
    await first[0].wait()
    await found.complete(2, without=first[0])
    second = list(found.running)
    await found.renew()
    assert len(found.running) == 2
    assert not {worker.pid for worker in second} & {worker.pid for worker in found.running}
    await found.close()
    assert not found.running


async def test_a_worker_that_cannot_start_is_told() -> None:
    """When the first worker ends before it is open, the parent ends too."""
    found = workers.Workers([sys.executable, "-S", "-c", "raise SystemExit(3)"])
    with pytest.raises(workers.Failed):
        await found.start(2)
    await found.close()
    assert not found.running
