"""Real clients over real sockets: a student's page and a moderator's, without a browser.

Each speaks the wire as `docs/protocol.md` tells it, and waits for frames by name, never by time.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterable
from typing import Any, Self

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]

PATIENCE = 30.0
"""Seconds after which a frame that has not come will not come; a server that lives has shown it."""


_sockets: list[ClientConnection] = []


async def all_gone(port: int) -> None:
    """Wait until every page has noticed that its server, on that port, is closed."""
    for socket in [one for one in _sockets if one.remote_address[1:2] == (port,)]:
        await socket.wait_closed()
    _sockets.clear()


class Page:
    """One WebSocket and every frame that came over it."""

    def __init__(self, socket: ClientConnection) -> None:
        _sockets.append(socket)
        self.socket = socket
        self.seen: list[Frame] = []

    async def send(self, t: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"t": t, **fields}))

    async def frame(self) -> Frame:
        try:
            async with asyncio.timeout(PATIENCE):
                frame: Frame = json.loads(await self.socket.recv())
        except TimeoutError:
            raise AssertionError(f"no frame came after {self.seen[-5:]}") from None
        self.seen.append(frame)
        return frame

    async def until(self, t: str, **fields: Any) -> Frame:
        """The next frame of that name with those fields."""
        while True:
            frame = await self.frame()
            if frame["t"] == t and all(frame.get(k) == v for k, v in fields.items()):
                return frame

    async def refused(self) -> Frame:
        """The next refusal."""
        return await self.until("error")

    async def closed(self) -> int | None:
        """The code the other side closes with; frames that come before it are kept."""
        try:
            while True:
                await self.frame()
        except ConnectionClosed:
            return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()


class Student(Page):
    """A student's page, signed in with a card."""

    token: str

    @classmethod
    async def sign_in(cls, origin: str, card: str) -> str:
        async with (
            aiohttp.ClientSession() as http,
            http.post(
                f"{origin}/api/sign-in", json={"card": card}, headers={"Origin": origin}
            ) as answer,
        ):
            assert answer.status == 200, await answer.text()
            token: str = (await answer.json())["token"]
            return token

    @classmethod
    async def connect(cls, origin: str) -> Self:
        """A page that has not yet said who it is."""
        address = f"{origin.replace('http', 'ws')}/ws"
        return cls(
            await connect(
                address,
                origin=origin,  # type: ignore[arg-type]
                compression=None,
                max_queue=None,  # what nobody asks for must not keep a socket from closing
            )
        )

    @classmethod
    async def open(cls, origin: str, token: str, resume: Frame | None = None) -> Self:
        page = await cls.connect(origin)
        page.token = token
        resumed = {"resume": resume} if resume else {}
        await page.send("hello", token=token, **resumed)
        return page

    @classmethod
    async def ready(cls, origin: str, card: str) -> Self:
        """Signed in, understood, choosing a topic."""
        page = await cls.open(origin, await cls.sign_in(origin, card))
        await page.until("topics")
        await page.send("understood", answer=1)
        await page.until("topics", understood=True)
        return page

    async def say(self, text: str, cid: str | None = None) -> str:
        cid = cid or secrets.token_urlsafe(16)
        await self.send("say", cid=cid, text=text)
        return cid


async def pair(origin: str, cards: Iterable[str], topic: str) -> list[Student]:
    """Students with these cards, two of them, in one room."""
    pages = [await Student.ready(origin, card) for card in cards]
    for page in pages:
        await page.send("join", topic=topic)
    for page in pages:
        await page.until("resumed")
    return pages


class Moderator(Page):
    """A moderator's page at the desk."""

    @classmethod
    async def open(cls, origin: str, login: str, password: str) -> Self:
        page = await cls.at_the_desk(origin, await sign_in_staff(origin, login, password))
        await page.send("watch")
        return page

    @classmethod
    async def at_the_desk(cls, origin: str, cookie: str) -> Self:
        """A page that watches nothing yet."""
        socket = await connect(
            f"{origin.replace('http', 'ws')}/ws?as=staff",
            origin=origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie},
            compression=None,
            max_queue=None,
        )
        return cls(socket)


async def sign_in_staff(origin: str, login: str, password: str) -> str:
    """The cookie of a signed-in member of staff, as a header's value."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{origin}/staff/sign-in",
            json={"login": login, "password": password},
            headers={"Origin": origin},
        ) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return answer.headers["Set-Cookie"].split(";")[0]
