"""A front door with a small application behind it, and sessions that note what they are told."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

from aiohttp import web

from chat.socket.front_door import FrontDoor
from chat.socket.http_connection import HttpConnection
from chat.socket.rules import HttpLimits, SocketLimits
from tests.chat.raw_client import ORIGIN, TEXT, RawClient, frame

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from aiohttp.typedefs import Handler, Middleware

    from chat.socket.connection import Connection

PLAIN = SocketLimits()
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class EchoSession:
    """Sends every message back and remembers what happened to it."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.frames: list[bytes] = []
        self.ends = 0
        self.ended = asyncio.Event()
        self.known = True

    def connected(self, connection: Connection) -> None:
        self.connection = connection

    def frame_received(self, frame: bytes) -> None:
        assert self.connection is not None
        self.frames.append(frame)
        self.connection.send(frame)

    def disconnected(self) -> None:
        self.connection = None
        self.ends += 1
        self.ended.set()


class Thinking:
    """Stands before the application and thinks about every knock until it is `told` to go on."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.told = asyncio.Event()

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def think(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path == "/ws":
                self.begun.set()
                await self.told.wait()
            return await handler(request)

        return think


class Door:
    """A listening front door, and the sessions it opened."""

    def __init__(self, session: Callable[[], EchoSession]) -> None:
        self.sessions: list[EchoSession] = []
        self.clients: list[RawClient] = []
        self.make_session = session
        self.refusal: type[web.HTTPException] | None = None
        self.body_wanted = asyncio.Event()
        self.front: FrontDoor
        self.port = 0

    def open_session(self, _request: web.Request) -> EchoSession:
        if self.refusal is not None:
            raise self.refusal
        self.sessions.append(self.make_session())
        return self.sessions[-1]

    async def client(
        self, *, tls: ssl.SSLContext | None = None, receive: int | None = None
    ) -> RawClient:
        """A new connection, still HTTP."""
        self.clients.append(await RawClient.open(self.port, tls=tls, receive=receive))
        return self.clients[-1]

    async def socket(
        self, *, tls: ssl.SSLContext | None = None, receive: int | None = None
    ) -> RawClient:
        """A new connection, upgraded."""
        return await (await self.client(tls=tls, receive=receive)).upgraded()

    async def say_hello(self, _request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def echo(self, request: web.Request) -> web.Response:
        self.body_wanted.set()
        return web.Response(body=await request.read())

    async def break_down(self, _request: web.Request) -> web.Response:
        raise ValueError("words of a student")

    async def close(self) -> None:
        for client in self.clients:
            await client.leave()
        await self.front.close()


async def open_door(
    *,
    limits: SocketLimits = PLAIN,
    session: Callable[[], EchoSession] = EchoSession,
    middleware: Middleware | None = None,
    tls: ssl.SSLContext | None = None,
    **http: Any,
) -> Door:
    """A front door on a free port of this machine; `http` as in HttpLimits."""
    door = Door(session)
    app = web.Application(middlewares=[middleware] if middleware else [])
    app.router.add_get("/", door.say_hello)
    app.router.add_post("/echo", door.echo)
    app.router.add_get("/broken", door.break_down)
    door.front = FrontDoor(
        app,
        door.open_session,
        origins=frozenset({ORIGIN}),
        limits=limits,
        http=HttpLimits(**http),
    )
    door.port = await door.front.start("127.0.0.1", 0, tls)
    return door


async def still_speaks_http(client: RawClient) -> bool:
    """Whether a page is answered over that connection."""
    client.send(GET)
    answer = await client.answer()
    return (answer.status, answer.body) == (200, b"hello")


async def echoes(client: RawClient, words: bytes = b"hello?") -> bool:
    """Whether a message comes back over that socket."""
    client.send(frame(TEXT, words))
    return await client.text() == words


def alive(kind: type) -> int:
    """How many of that kind are in memory."""
    gc.collect()
    return sum(1 for thing in gc.get_objects() if isinstance(thing, kind))


def only_http(door: Door) -> HttpConnection:
    """The one connection that still speaks HTTP."""
    server = door.front._runner.server
    assert server is not None
    (http,) = server.connections
    assert isinstance(http, HttpConnection)
    return http


async def connections_of(door: Door, are: Callable[[web.RequestHandler], bool]) -> None:
    """Wait until all that aiohttp still has are so."""
    server = door.front._runner.server
    assert server is not None
    while not all(map(are, server.connections)):  # noqa: ASYNC110 - aiohttp has no event for it
        await asyncio.sleep(0)
