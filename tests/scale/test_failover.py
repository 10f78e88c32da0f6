"""A node dies with a page under way and students in rooms: others take both over (F1, K8)."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from redis.asyncio import Redis as Client

import house
from chat.settings_file import load
from tests.clients import Student
from tests.faults.crowd import a_config, sign_in
from tests.faults.progress import Progress
from tests.faults.scene import a_bell
from tests.faults.servers import Servers
from tests.faults.talkers import CRY
from tests.journeys.test_restart import place
from tests.servers import Postgres, Redis

FAILOVERS = int(os.environ.get("PEERLINE_TEST_FAILOVERS", "1"))
_MORE = """
[pager]
networks = ["127.0.0.1"]
"""


async def one(folder: Path, postgres: Postgres, redis: Redis) -> tuple[float, float]:
    """The node that sent a page dies before that is written down.

    Answers the seconds after which a student sat at another node, and after which that one had
    sent the page again.
    """
    async with Client.from_url(redis.address) as client, a_bell() as (address, rang):
        await client.flushall()
        url = await asyncio.to_thread(lambda: asyncio.run(postgres.database("test")))
        data = folder / url.rpartition("/")[2]
        config = a_config(
            folder, school="test", database=url, redis=redis.address, more=_MORE, data=data
        )
        settings = load(config, {})
        tokens = await sign_in(settings, 2, address)
        origin = house.origins_of(settings)[0]
        first, second = [await Servers.ready(config) for _ in range(2)]
        try:
            await first.start("page_sent")
            pages = [await Student.open(origin, token) for token in tokens]
            for page in pages:
                await page.until("topics")
                await page.send("join", topic="mood")
            for page in pages:
                await page.until("resumed")
            await second.start()
            await pages[0].say(CRY)
            await first.dies()
            died = time.monotonic()
            before = await rang.get()
            back = await Student.open(origin, pages[1].token, place(pages[1]))
            await back.until("resumed")
            seated = time.monotonic() - died
            assert await rang.get() == before
            sent = time.monotonic() - died
            await second.stop()
            assert rang.empty()
        finally:
            await first.close()
            await second.close()
    return seated, sent


async def test_F1_F22_K8_a_page_whose_node_died_is_sent_by_another(
    tmp_path: Path, postgres: Postgres, redis: Redis, progress: Progress
) -> None:
    """It arrives once more, from the node that is left, and students are in their room there."""
    found = []
    for number in range(FAILOVERS):
        found.append(await one(tmp_path, postgres, redis))
        seated, sent = (round(max(times), 2) for times in zip(*found, strict=True))
        told = {"slowest_back_s": seated, "slowest_page_taken_over_s": sent}
        if not progress(number + 1, FAILOVERS, "nodes that died with a page under way", **told):
            break
