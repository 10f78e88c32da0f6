"""A small school for one fault: two students in a room, a moderator, and an adult on call.

Real server processes over SQLite, started again and again under the same pages.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

import house
from chat.settings_file import load
from moderation.records import transcript
from tests.clients import Moderator, Student
from tests.faults.crowd import a_config
from tests.faults.servers import Servers
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_restart import place

REPEAT = 1.0
"""Seconds after which an adult who has not answered is paged again."""
_MORE = f"""
[pager]
repeat_seconds = {REPEAT}
networks = ["127.0.0.1"]
"""


@dataclass
class Scene:
    """Two students in a room, a moderator, and an adult whose telephone is `rang`."""

    config: Path
    servers: Servers
    origin: str
    one: Student
    other: Student
    rang: asyncio.Queue[dict[str, str]]
    told: Path
    """What the servers wrote to standard error."""

    async def again(self, point: str = "") -> None:
        """A new server, which dies at that point, and both pages back where they were."""
        await self.servers.start(point)
        before = self.one, self.other
        self.one, self.other = [
            await Student.open(self.origin, page.token, place(page)) for page in before
        ]
        for page in (self.one, self.other):
            await page.until("resumed")

    async def dies(self) -> None:
        """The server comes to its point; both pages notice."""
        await self.servers.dies()
        for page in (self.one, self.other):
            await page.closed()

    async def closes(self) -> None:
        """The server is asked to stop; both pages notice."""
        await self.servers.stop()
        for page in (self.one, self.other):
            await page.closed()

    async def has_mail_too(self) -> None:
        """The adult can be reached by mail as well."""
        async with house.open_ground(load(self.config, {})) as ground:
            await ground.people.add_contact("ola", "mail", "ola@example.org", heard=True)

    async def moderator(self) -> tuple[Moderator, str]:
        """A moderator and the one item that waits."""
        mo = await Moderator.open(self.origin, "mo", PASSWORD)
        items = (await mo.until("queue"))["items"]
        return mo, items[0]["id"] if items else (await mo.until("item"))["item"]["id"]

    async def kept(self) -> list[tuple[str, str]]:
        """Seat by seat what the records hold as shown."""
        room = place(self.one)["room"]
        async with house.open_ground(load(self.config, {}), beside=True) as ground:
            rows = await ground.records.store.read(transcript.shown_after, room, 0, 10_000)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        return [(row.cid, row.mid) for row in rows]


@contextlib.asynccontextmanager
async def a_scene(
    tmp_path: Path,
    *,
    more: str = "",
    before: Sequence[str] = (),
    also: Mapping[str, str] | None = None,
) -> AsyncIterator[Scene]:
    """Everybody is ready, no server runs; servers are started as `Servers.ready` has it.

    `more` are settings beside those of every scene.
    """
    config = a_config(tmp_path, more=f"needs_adults = 1\n{_MORE}\n{more}", school="test")
    config.write_text(config.read_text().replace('id = "test"', 'id = "test"\ndemo = true'))
    async with a_bell() as (address, rang):
        settings = load(config, {})
        async with house.open_ground(settings) as ground:
            await ground.people.add_staff("mo", "Mo", "moderator", PASSWORD)
            await ground.people.add_staff("ola", "Ola", "counsellor", PASSWORD)
            await ground.people.add_contact("ola", "webhook", address, heard=True)
            cards = await ground.people.issue_cards(2)
        origin, told = house.origins_of(settings)[0], tmp_path / "told"
        servers = await Servers.ready(config, before=before, also=also, told=told)
        try:
            await servers.start()
            pages = [await Student.ready(origin, card) for card in cards]
            for page in pages:
                await page.send("join", topic="mood")
            for page in pages:
                await page.until("resumed")
            made = Scene(config, servers, origin, *pages, rang, told)
            await made.closes()
            yield made
        finally:
            await servers.close()
            print(told.read_text())  # pytest shows it beside a failure


@contextlib.asynccontextmanager
async def a_bell() -> AsyncIterator[tuple[str, asyncio.Queue[dict[str, str]]]]:
    """The telephone of an adult on call: its address, and what rang it."""
    rang: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def ring(request: web.Request) -> web.Response:
        rang.put_nowait(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/bell", ring)
    bell = web.AppRunner(app)
    await bell.setup()
    await web.TCPSite(bell, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{bell.addresses[0][1]}/bell", rang
    finally:
        await bell.cleanup()
