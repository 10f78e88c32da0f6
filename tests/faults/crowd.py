"""A school of students who talk through faults, and what was promised to them held to account.

Used by every test of this folder and of `tests/scale` that has real server processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Row, Table

import house
from chat.settings import Settings
from chat.settings_file import load
from moderation.records import tables as t
from moderation.records import transcript
from moderation.records.store import Store
from moderation.records.transcript import StoredMessage
from tests.faults.progress import seeded
from tests.faults.servers import EndedError, Servers
from tests.faults.talkers import Talker, everyday
from tests.servers import free_port

PATIENCE = float(os.environ.get("PEERLINE_TEST_PATIENCE", "60"))
"""Seconds without a single acknowledgement after which a test is lost."""

_CONFIG = """
database = "{database}"
redis = "{redis}"
[school]
id = "{school}"
[server]
port = {port}
data = "{data}"
origins = ["{origin}"]
[chat]
needs_staff = false
messages_per_10_seconds = 1000000
judge_seconds = 30
{more}
"""


def a_config(directory: Path, **values: object) -> Path:
    """Settings of a school that is open to all and patient, in that directory; answers the file."""
    port = values.setdefault("port", free_port())
    values.setdefault("origin", f"http://127.0.0.1:{port}")
    values.setdefault("data", directory / "data")
    values.setdefault("school", f"test-{secrets.token_hex(4)}")
    for name in ("database", "redis", "more"):
        values.setdefault(name, "")
    path = directory / "peerline.toml"
    path.write_text(_CONFIG.format(**values))
    return path


NOBODY = "http://127.0.0.1:9/nobody-listens"


async def sign_in(settings: Settings, students: int, bell: str = NOBODY) -> list[str]:
    """An adult on call whose contact is `bell`, and signed-in students; answers their tokens."""
    async with house.open_ground(settings) as ground:
        await ground.people.add_staff("ola", "Ola", "counsellor", secrets.token_urlsafe(12))
        await ground.people.add_contact("ola", "webhook", bell, heard=bell != NOBODY)
        tokens = []
        for card in await ground.people.issue_cards(students):
            token = await ground.people.sign_in_student(card)
            assert token is not None
            await ground.people.sessions.understood(token)
            tokens.append(token)
        return tokens


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
class Crowd:
    """Students who talk, and the servers that come and go under them."""

    settings: Settings
    talkers: list[Talker]
    acks: Acks
    servers: list[Servers]
    pause: float = 0.0
    """Seconds before a page comes back that has lost its connection."""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether there is a server to come back to; a test that always has one just sets it."""
    _coming_back: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    @contextlib.asynccontextmanager
    async def of(
        cls,
        config: Path,
        rooms: int,
        servers: list[Servers],
        words: Callable[[Random], str] = everyday,
        *,
        heard: bool = False,
    ) -> AsyncIterator[Crowd]:
        """Everything is ready and no server runs yet; at the end nothing is left."""
        settings = load(config, {})
        tokens = await sign_in(settings, 2 * rooms)
        origin, acks = house.origins_of(settings)[0], Acks()
        talkers = [
            Talker(token, origin, seeded(n), acks.one, words, [] if heard else None)
            for n, token in enumerate(tokens)
        ]
        crowd = cls(settings, talkers, acks, servers)
        try:
            yield crowd
        finally:
            for task in crowd._coming_back:
                task.cancel()
            await asyncio.gather(*crowd._coming_back, return_exceptions=True)
            for server in servers:
                await server.close()

    def begin(self) -> None:
        """Everybody comes, and comes back whenever there is a server."""
        self._coming_back = [
            asyncio.ensure_future(self._keep_coming_back(talker)) for talker in self.talkers
        ]

    def slowest_back(self) -> float:
        """Most seconds a page took to sit again, once there was a server to come back to."""
        return round(max(talker.slowest_back for talker in self.talkers), 2)

    async def more(self, number: int) -> None:
        """So many acknowledgements more; a page that meets what it must not ends the test.

        So does a server that ends by itself; one that dies at its point is started again.
        """
        await self._unless_one_fails(self.acks.more(number))

    async def seated(self) -> None:
        """Everybody sits in a room."""
        await self._unless_one_fails(asyncio.gather(*(t.seated.wait() for t in self.talkers)))

    async def end(self) -> dict[str, list[StoredMessage]]:
        """Everything said is settled and seen; what was promised is what the records have."""
        for talker in self.talkers:
            talker.quiet = True
        await self._unless_one_fails(asyncio.gather(*(t.at_rest.wait() for t in self.talkers)))
        stored, incidents, paged = await self._kept()
        await self._unless_one_fails(
            asyncio.gather(*(t.has_shown(len(stored[t.room])) for t in self.talkers))
        )
        cries = {cry for talker in self.talkers for cry in _held_to(talker, stored[talker.room])}
        assert cries <= set(incidents)
        assert {incidents[cry] for cry in cries} <= paged
        return stored

    async def _keep_coming_back(self, talker: Talker) -> None:
        while True:
            if not self.up.is_set():
                await self.up.wait()
                talker.trying_since = None
            await talker.talk()
            await asyncio.sleep(self.pause)

    async def _unless_one_fails(self, waited: Awaitable[object]) -> None:
        waiting = asyncio.ensure_future(waited)
        try:
            while not waiting.done():
                count = self.acks.count
                ended = [server.ended for server in self.servers if server.ended]
                done, _ = await asyncio.wait(
                    [waiting, *ended, *self._coming_back],
                    timeout=PATIENCE,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                stands = not done and count == self.acks.count
                assert not stands, f"nothing more in {PATIENCE} seconds: {self._where()}"
                await self._go_on_without(done.difference({waiting}))
            await waiting
        finally:
            waiting.cancel()

    async def _go_on_without(self, done: Iterable[asyncio.Future[Any]]) -> None:
        """Pages never end and servers not by themselves, except where one was to die."""
        for task in done:
            await task
        for server in self.servers:
            if server.ended is not None and server.ended.done():
                ended = EndedError(server.ended.result())
                if not ended.at_its_point:
                    raise ended
                self.up.clear()
                await server.start()
                self.up.set()

    def _where(self) -> str:
        return str([(len(t.shown), len(t.waiting), t.held, t.quiet) for t in self.talkers])

    async def _kept(
        self,
    ) -> tuple[dict[str, list[StoredMessage]], dict[tuple[str, int], str], set[str]]:
        """Messages by room, incidents by seat, and those that have a page."""
        async with house.open_ground(self.settings, beside=True) as ground:
            stored = {
                room: await ground.records.store.read(transcript.shown_after, room, 0, 1 << 30)
                for room in {talker.room for talker in self.talkers}
            }
            raised = await _all(ground.records.store, t.incidents)
            pages = await _all(ground.records.store, t.pages)
        incidents = {(row.room, row.seat): row.code for row in raised}
        assert len(incidents) == len(raised)
        return stored, incidents, {row.incident for row in pages}


async def _all(store: Store, table: Table) -> Sequence[Row[Any]]:
    return await store.read(lambda conn: conn.execute(table.select()).all())


def _held_to(talker: Talker, rows: list[StoredMessage]) -> set[tuple[str, int]]:
    """What this page was promised is what was kept; answers the seats in which it cried."""
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert len(talker.shown) == len(rows)
    for mid, row in zip(talker.shown, rows, strict=True):
        assert mid in {row.mid, ""}
    mine = {row.cid: row for row in rows if row.cid in talker.promises}
    expected = [cid for cid in talker.said if cid not in talker.taken_back]
    assert sorted(mine) == sorted(expected)
    for cid, promise in talker.promises.items():
        assert (mine[cid].mid, mine[cid].seq) == (promise.mid, promise.seq)
    cries = {cid for cid, promise in talker.promises.items() if promise.cry}
    # A cry waits neither for what is being checked nor for what could not be kept.
    passing = cries if talker.taken_back or talker.ends else set()
    assert [cid for cid in mine if cid not in passing] == [
        cid for cid in expected if cid not in passing
    ]
    return {(talker.room, mine[cid].seat) for cid in cries}
