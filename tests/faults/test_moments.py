"""A server that dies at the worst moments, one after another (tests/faults/failpoints.py)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

import house
from chat.settings import load
from moderation.records import messages
from tests.clients import Moderator, Student
from tests.faults.crowd import a_config
from tests.faults.servers import Servers
from tests.faults.talkers import CRY, RUDE
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_restart import place

_MORE = """
[pager]
repeat_seconds = 2.0
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

    async def moderator(self) -> tuple[Moderator, str]:
        """A moderator and the one item that waits."""
        mo = await Moderator.open(self.origin, "mo", PASSWORD)
        items = (await mo.until("queue"))["items"]
        return mo, items[0]["id"] if items else (await mo.until("item"))["item"]["id"]

    async def kept(self) -> list[tuple[str, str]]:
        """Seat by seat what the records hold as shown."""
        room = place(self.one)["room"]
        async with house.records(load(self.config, {}), beside=True) as (store, _, _):
            rows = await store.read(messages.shown_after, room, 0, 100)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        return [(row.cid, row.mid) for row in rows]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Everybody is ready; the server that runs dies at no point."""
    config = a_config(tmp_path, more=f"needs_adults = 1\n{_MORE}", school="test")
    config.write_text(config.read_text().replace('id = "test"', 'id = "test"\ndemo = true'))
    rang: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def ring(request: web.Request) -> web.Response:
        rang.put_nowait(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/bell", ring)
    bell = web.AppRunner(app)
    await bell.setup()
    await web.TCPSite(bell, "127.0.0.1", 0).start()
    settings = load(config, {})
    async with house.records(settings) as (_, _, people):
        await people.add_staff("mo", "Mo", "moderator", PASSWORD)
        await people.add_staff("ola", "Ola", "counsellor", PASSWORD)
        address = f"http://127.0.0.1:{bell.addresses[0][1]}/bell"
        await people.add_contact("ola", "webhook", address, heard=True)
        cards = await people.issue_cards(2)
    origin = house.origins_of(settings)[0]
    servers = await Servers.ready(config)
    await servers.start()
    pages = [await Student.ready(origin, card) for card in cards]
    for page in pages:
        await page.send("join", topic="mood")
    for page in pages:
        await page.until("resumed")
    made = Scene(config, servers, origin, *pages, rang)
    await made.closes()
    yield made
    await servers.close()
    await bell.cleanup()


async def test_F2_F3_a_message_is_shown_once_wherever_the_server_dies(scene: Scene) -> None:
    """Before its commit it was never acknowledged nor seen; after it, it comes back as it was."""
    for number, point in enumerate(["judged", "handed_in", "kept", "sent"]):
        await scene.again(point)
        seen = [len(page.seen) for page in (scene.one, scene.other)]
        cid = await scene.one.say(f"did you see match {point}")
        await scene.dies()
        told = [*scene.one.seen[seen[0] :], *scene.other.seen[seen[1] :]]
        kept = await scene.kept()
        if point != "sent":
            assert not [frame for frame in told if frame["t"] in {"ack", "message"}]
        assert len(kept) == number + (point in {"kept", "sent"}) or point == "handed_in"

        await scene.again()
        await scene.one.say(f"did you see match {point}", cid)
        ack = await scene.one.until("ack", cid=cid)
        assert (await scene.kept())[number:] == [(cid, ack["mid"])]
        assert kept[number:] in ([], [(cid, ack["mid"])])
        shown = [frame for frame in scene.other.seen if frame.get("mid") == ack["mid"]]
        message = shown[0] if shown else await scene.other.until("message")
        assert (message["seq"], message["mid"]) == (number + 1, ack["mid"])
        await scene.closes()


async def test_F3_what_waited_is_released_once_wherever_the_server_dies(scene: Scene) -> None:
    """A message behind a held one is shown once, though the server dies as it is released."""
    for number, point in enumerate(["releasing", "released"], 1):
        await scene.again()
        held = await scene.one.say(RUDE)
        await scene.one.until("ack", cid=held, state="held")
        behind = await scene.one.say("sorry about that")
        await scene.one.until("ack", cid=behind, state="held")
        await scene.closes()
        # The first thing settled is what is taken back, the second what waited behind it.
        await scene.again(f"{point}:2")
        await scene.one.until("status", cid=behind)
        await scene.one.send("take_back", cid=held)
        await scene.dies()
        assert not [frame for frame in scene.other.seen if frame.get("seq", 0) == number]

        await scene.again()
        seen = [frame for frame in scene.other.seen if frame["t"] == "message"]
        message = seen[0] if seen else await scene.other.until("message")
        assert (message["seq"], message["text"]) == (number, "sorry about that")
        assert (await scene.kept())[number - 1 :] == [(behind, message["mid"])]
        await scene.closes()


async def test_F3_what_a_moderator_released_reaches_the_peer_after_the_crash(scene: Scene) -> None:
    """The release is committed and nobody was told when the server dies: told by the next one."""
    await scene.again("decided")
    held = await scene.one.say(RUDE)
    await scene.one.until("ack", cid=held, state="held")
    mo, item = await scene.moderator()
    await mo.send("claim", item=item)
    await mo.until("opened")
    await mo.send("act", item=item, act="release")
    await scene.dies()
    assert not [frame for frame in scene.other.seen if frame["t"] == "message"]

    await scene.again()
    (message,) = [frame for frame in scene.other.seen if frame["t"] == "message"]
    assert (message["seq"], message["text"]) == (1, RUDE)


async def test_F22_a_page_that_went_out_unwritten_goes_out_again(scene: Scene) -> None:
    """The server dies after the provider's answer: one page too many, never one too few."""
    await scene.again("page_sent")
    await scene.one.say(CRY)
    await scene.dies()
    first = scene.rang.get_nowait()
    await scene.servers.start()
    assert (await scene.rang.get())["code"] == first["code"]
