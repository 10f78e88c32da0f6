"""A whole house for each test: real records, real socket, a real port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

import house
from chat.settings import Chat, Pager, School, Server, Settings
from moderation.deadline import Deadline
from moderation.people.accounts import Terms
from moderation.people.people import People
from moderation.pipeline import Judge
from moderation.records.store import Store
from tests.clients import Moderator, Student, all_gone, pair
from tests.journeys.detectors import Marking, with_detector
from tests.servers import free_port

PASSWORD = "correct horse battery staple"

PLAIN = Terms(second_factor=False)
"""Where a test is about something else, a password is enough to sign in."""


@dataclass
class Running:
    """A house that is open, and the people in it."""

    settings: Settings
    server: house.Server
    store: Store
    people: People
    pages: list[dict[str, str]] = field(default_factory=list)
    rang: asyncio.Event = field(default_factory=asyncio.Event)
    bell: web.AppRunner | None = None

    @property
    def origin(self) -> str:
        return self.server.origins[0]

    async def student(self) -> Student:
        (card,) = await self.people.issue_cards(1)
        return await Student.ready(self.origin, card)

    async def pair(self) -> tuple[Student, Student]:
        """Two students in one room."""
        one, other = await pair(self.origin, await self.people.issue_cards(2), "mood")
        return one, other

    async def moderator(self, login: str = "mo") -> Moderator:
        await self.people.add_staff(login, login.title(), "moderator", PASSWORD)
        return await Moderator.open(self.origin, login, PASSWORD)

    async def on_call(self, *, heard: bool = True) -> None:
        """An adult whose pages are rung up in `pages`, and who has heard a test page or not."""
        runner = web.AppRunner(_bell(self))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        await self.people.add_staff("ola", "Ola", "counsellor", PASSWORD)
        await self.people.add_contact(
            "ola", "webhook", f"http://127.0.0.1:{port}/bell", heard=heard
        )
        self.bell = runner


def _bell(running: Running) -> web.Application:
    async def ring(request: web.Request) -> web.Response:
        running.pages.append(await request.json())
        running.rang.set()
        return web.Response()

    app = web.Application()
    app.router.add_post("/bell", ring)
    return app


@pytest.fixture(scope="session")
def rules() -> Judge:
    """The shipped rules, loaded once."""
    return Judge.load()


def in_time(judge: Judge, clock: Callable[[], float] = time.monotonic) -> Deadline:
    """A judge as the house has it, with time enough for a busy machine."""
    return Deadline(judge, 30.0, clock)


def settings(data: Path) -> Settings:
    """A small school on a port of its own, open without staff."""
    return Settings(
        school=School(id="test", name="Test School"),
        server=Server(port=free_port(), data=str(data)),
        chat=Chat(needs_staff=False, needs_adults=1),
        pager=Pager(repeat_seconds=1.0, networks=("127.0.0.1",)),
    )


@contextlib.asynccontextmanager
async def an_open_house(
    settings: Settings, judge: Deadline, **waits: float
) -> AsyncIterator[Running]:
    """A house on that data until the end of the block; closed and opened again, a restart."""
    async with house.open_ground(settings, terms=PLAIN) as ground:
        server = house.Server(ground, judge=judge, **waits)
        await server.start()
        found = Running(settings, server, ground.records.store, ground.people)
        try:
            yield found
        finally:
            await server.close()
            await all_gone(settings.server.port)
            if found.bell is not None:
                await found.bell.cleanup()


@pytest.fixture
async def running(tmp_path: Path, rules: Judge) -> AsyncIterator[Running]:
    """An open house with nobody in it; its judge also holds what a test marks."""
    judge = in_time(with_detector(rules, Marking()))
    async with an_open_house(settings(tmp_path), judge) as found:
        yield found
