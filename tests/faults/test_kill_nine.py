"""A server that is killed again and again in the middle of many conversations (acceptance 3)."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

import house
from chat.settings import Settings, load
from moderation.records import messages
from moderation.records import tables as t
from moderation.records.messages import StoredMessage
from moderation.records.store import Store
from tests.faults.servers import Servers
from tests.faults.talkers import Talker
from tests.journeys.conftest import free_port

KILLS = int(os.environ.get("PEERLINE_TEST_KILLS", "50"))
ROOMS = 20

_CONFIG = """
[school]
id = "test"
[server]
port = {port}
data = "{data}"
[chat]
needs_staff = false
messages_per_10_seconds = 1000000
judge_seconds = 30
"""


class Acks:
    """Counts what was acknowledged, and lets a test wait for so many more."""

    def __init__(self) -> None:
        self.count = 0
        self._target = 0
        self._reached = asyncio.Event()

    def one(self) -> None:
        self.count += 1
        if self.count >= self._target:
            self._reached.set()

    async def more(self, number: int) -> None:
        self._target = self.count + number
        self._reached.clear()
        if number:
            await self._reached.wait()


@dataclass
class Conversations:
    """Forty students in twenty rooms, and the server that is killed under them."""

    settings: Settings
    servers: Servers
    talkers: list[Talker]
    acks: Acks
    up: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep_coming_back(self, talker: Talker) -> None:
        """Reconnect whenever there is a server."""
        while not talker.at_rest.is_set():
            await self.up.wait()
            await talker.talk()
            await asyncio.sleep(0)

    async def life(self, number: int) -> None:
        """One server's life: until so many messages more were acknowledged."""
        await self.servers.start()
        self.up.set()
        await self.acks.more(number)
        self.up.clear()
        await self.servers.kill()


async def _prepared(settings: Settings, students: int) -> list[str]:
    """An adult on call with a contact, and signed-in students; answers their tokens."""
    async with house.records(settings) as (_, _, people):
        await people.add_staff("ola", "Ola", "counsellor", secrets.token_urlsafe(12))
        await people.add_contact("ola", "webhook", "http://127.0.0.1:9/nobody-listens")
        tokens = []
        for card in await people.issue_cards(students):
            token = await people.sign_in_student(card)
            assert token is not None
            await people.understood(token)
            tokens.append(token)
        return tokens


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[Conversations]:
    """Everything is ready; no server runs yet."""
    config = tmp_path / "peerline.toml"
    config.write_text(_CONFIG.format(port=free_port(), data=tmp_path / "data"))
    settings = load(config, {})
    tokens = await _prepared(settings, 2 * ROOMS)
    origin = f"http://127.0.0.1:{settings.server.port}"
    acks = Acks()
    talkers = [Talker(token, origin, Random(n), acks.one) for n, token in enumerate(tokens)]
    servers = await Servers.ready(config)
    yield Conversations(settings, servers, talkers, acks)
    await servers.close()


@pytest.mark.timeout(60 + 6 * KILLS)
async def test_F1_F2_nothing_acknowledged_is_lost_or_doubled(school: Conversations) -> None:
    """After fifty kills every acked message is there once, at its place, on both pages.

    And every disclosure that was acknowledged has its incident and its page.
    """
    chance = Random(20)
    async with asyncio.TaskGroup() as group:
        for talker in school.talkers:
            group.create_task(school.keep_coming_back(talker))
        await school.servers.start()
        school.up.set()
        for talker in school.talkers:
            await talker.seated.wait()
        await school.servers.kill()
        for _ in range(KILLS - 1):
            await school.life(chance.choice([0, 1, 10, 50, 100, 200]))
        await school.servers.start()
        for talker in school.talkers:
            talker.quiet = True
        school.up.set()
        for talker in school.talkers:
            await talker.at_rest.wait()
        await school.servers.stop()
    await _check(school)


async def _check(school: Conversations) -> None:
    stored, incidents, paged = await _kept(school)
    cries = set()
    for talker in school.talkers:
        rows = stored[talker.room]
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert talker.shown == [row.mid for row in rows]
        mine = [row for row in rows if row.cid in talker.promises]
        assert [row.cid for row in mine] == talker.said
        for row in mine:
            promise = talker.promises[row.cid]
            assert (row.mid, row.seq) == (promise.mid, promise.seq)
            if promise.cry:
                cries.add((talker.room, row.seat))
    assert cries
    assert cries == set(incidents)
    assert paged == set(incidents.values())


async def _kept(
    school: Conversations,
) -> tuple[dict[str, list[StoredMessage]], dict[tuple[str, int], str], set[str]]:
    """What the records hold: messages by room, incidents by seat, and those that were paged."""
    store = await Store.open(house.database_url(school.settings))
    try:
        stored = {
            room: await store.read(messages.shown_after, room, 0, 1_000_000)
            for room in {talker.room for talker in school.talkers}
        }
        raised = await store.read(lambda conn: conn.execute(t.incidents.select()).all())
        pages = await store.read(lambda conn: conn.execute(t.pages.select()).all())
    finally:
        await store.close()
    assert len(stored) == ROOMS
    incidents = {(row.room, row.seat): row.code for row in raised}
    assert len(incidents) == len(raised)
    return stored, incidents, {row.incident for row in pages}
