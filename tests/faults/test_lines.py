"""Bad networks: between pages and a real server, and between it and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from chat.frames.shared import MAX_TEXT
from tests.faults.crowd import Crowd, a_config
from tests.faults.network import Network
from tests.faults.proxy import FaultProxy
from tests.faults.servers import Servers
from tests.servers import Postgres, free_port

ROOMS = 3


@pytest.fixture
def network() -> Iterator[Network]:
    """A network of the test's own."""
    with Network.own() as made:
        yield made


@pytest.fixture
def postgres(network: Network) -> Iterator[Postgres]:  # noqa: ARG001 - it must be made first
    """A PostgreSQL in that network."""
    with closing(Postgres.made()) as server:
        yield server


async def talking(config: Path) -> AsyncIterator[Crowd]:
    """Students who talk through one server."""
    servers = await Servers.ready(config)
    async with Crowd.of(config, ROOMS, [servers]) as made:
        await servers.start()
        made.pause = 0.05
        made.begin()
        made.up.set()
        await made.more(20)
        yield made


@pytest.fixture
async def over_postgres(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Crowd]:
    """Students whose server keeps its records over that network."""
    url = await asyncio.to_thread(postgres.ready, "school")
    async for made in talking(a_config(tmp_path, school="school", database=url)):
        yield made


@pytest.fixture
async def over_sqlite(tmp_path: Path, network: Network) -> AsyncIterator[Crowd]:  # noqa: ARG001
    """Students whose server keeps its records in a file."""
    async for made in talking(a_config(tmp_path)):
        yield made


@pytest.mark.parametrize("fault", [Network.cut, Network.deafen], ids=["F9", "F10"])
async def test_F9_F10_the_database_is_behind_a_broken_cable(
    network: Network,
    postgres: Postgres,
    over_postgres: Crowd,
    fault: Callable[[Network, int], None],
) -> None:
    """Cut off wholly or one way, nothing is acknowledged and pages are told; then all goes on.

    What was committed and not heard of is found by its cid, and is one message.
    """
    fault(network, postgres.port)
    async with asyncio.timeout(20):
        refused = [asyncio.ensure_future(t.refused.wait()) for t in over_postgres.talkers]
        await asyncio.wait(refused, return_when=asyncio.FIRST_COMPLETED)
    told = over_postgres.acks.count
    network.heal()
    for waiting in refused:
        waiting.cancel()
    await over_postgres.more(20)
    assert over_postgres.acks.count >= told + 20
    await over_postgres.end()


async def test_F11_a_third_of_all_packets_is_lost(network: Network, over_sqlite: Crowd) -> None:
    """It takes longer; nothing is lost, doubled or out of order."""
    network.lose(over_sqlite.settings.server.port, 0.3)
    await over_sqlite.more(60)
    network.heal()
    await over_sqlite.end()


async def test_F13_a_page_on_a_thin_line_is_let_go_and_others_go_on(
    network: Network, over_sqlite: Crowd
) -> None:
    """Who reads too slowly is closed; on a better line the page gets what it missed.

    The code of it (4008) drowns in what was not read; `test_connection.py` sees it.
    """
    network.buffers(65_536)
    network.thin("127.0.0.9", "64kbit")
    slow = over_sqlite.talkers[0]
    peer = next(t for t in over_sqlite.talkers if t.room == slow.room and t is not slow)
    slow.address = {"local_addr": ("127.0.0.9", 0)}
    slow.quiet = True
    slow.hang_up()
    peer.words = long_words
    while slow.ends < 2:
        await over_sqlite.more(20)
    network.heal()
    peer.quiet = True
    await over_sqlite.end()


def long_words(chance: Random) -> str:
    """As many bytes as one message may hold."""
    return "".join(chance.choices("…—“”", k=MAX_TEXT))


async def test_F12_lines_that_wait_break_and_dribble(tmp_path: Path) -> None:
    """Late, in single bytes, cut off in mid-frame or half open: nothing lost, twice or astray."""
    port = free_port()
    async with FaultProxy.before(port) as proxy:
        config = a_config(tmp_path, port=port, origin=f"http://127.0.0.1:{proxy.listening}")
        async for crowd in talking(config):
            proxy.delay, proxy.jitter = 0.05, 0.03
            await crowd.more(20)
            proxy.tear = 0.05
            await crowd.more(40)
            proxy.delay = proxy.jitter = proxy.tear = 0.0
            proxy.piece = 1
            await crowd.more(20)
            proxy.piece = 4096
            for talker in crowd.talkers:
                talker.give_up_after = 1.0
            proxy.mute = True
            await asyncio.sleep(1.5)
            proxy.mute, proxy.deaf = False, True
            await asyncio.sleep(1.5)
            proxy.deaf = False
            await crowd.more(40)
            await crowd.end()
