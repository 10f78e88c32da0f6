"""The one public port: pages, API and WebSocket on one address and one origin.

Every connection begins as HTTP. A request for /ws that the application's middlewares, websockets
and `open_session` all accept is handed over to a Connection; any other answer is plain HTTP.
Used by `house/`. docs/front-door.md tells how it works.
"""

from __future__ import annotations

import asyncio
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from chat.socket.arrivals import Arrivals
from chat.socket.connection import Connection, Session
from chat.socket.http_connection import HttpConnection
from chat.socket.no_room import TurnedAway
from chat.socket.rules import GOING_AWAY, HttpLimits, SocketLimits
from chat.socket.strangers import Strangers
from chat.socket.switchboard import Switchboard
from chat.socket.tls import Handshakes
from chat.socket.upgrade import judge_knock

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

SOCKET_PATH = "/ws"
_BACKLOG = 1024  # a school's pages all come back at once after a restart
_SOCKET_LIMITS, _HTTP_LIMITS = SocketLimits(), HttpLimits()
_REQUEST_SECONDS = 5.0  # how long a request may go on once the door closes, and be cancelled in


class FrontDoor:
    """HTTP and WebSocket on one port.

    Adds the route /ws, a middleware and a signal to `app`, which must not have been started.

    Args:
        app: the pages and the API. Its middlewares see GET /ws first and may refuse it.
        open_session: makes the conversation of one socket from its request, which it must not
            keep. May raise an aiohttp HTTPException to refuse.
        origins: the exact Origin values pages may come from; with none, no socket is opened.
        limits: what one socket may take.
        http: what a connection may take before, and how many there may be. Where there are so
            many, a stranger gives way to the one that comes (strangers.py); if all have signed in,
            that is answered 503.
    """

    def __init__(
        self,
        app: web.Application,
        open_session: Callable[[web.Request], Session],
        *,
        origins: frozenset[str],
        limits: SocketLimits = _SOCKET_LIMITS,
        http: HttpLimits = _HTTP_LIMITS,
    ) -> None:
        self._open_session = open_session
        self._origins = origins
        self._limits = limits
        self._http = http
        self._leaving: set[TurnedAway] = set()
        self._turned_away = 0
        self._strangers = Strangers()
        self._arrivals = Arrivals()
        self._runner = web.AppRunner(app, shutdown_timeout=_REQUEST_SECONDS / 2)  # waits twice
        self._switchboard: Switchboard | None = None
        self._server: asyncio.Server | None = None
        self._handshakes: Handshakes | None = None
        app.middlewares.insert(0, _note_progress)
        app.on_response_prepare.append(_say_no_more)
        app.router.add_get(SOCKET_PATH, self._knock, allow_head=False)

    async def start(
        self,
        host: str,
        port: int,
        ssl_context: ssl.SSLContext | None = None,
        *,
        shared: bool = False,
    ) -> int:
        """Listen; returns the port, which for 0 the system chose. Raises OSError if it is taken.

        A `shared` port may be listened on by other nodes as well.
        """
        loop = asyncio.get_running_loop()
        await self._runner.setup()
        assert self._runner.server is not None
        if ssl_context is not None:
            deadline = self._http.header_deadline
            self._handshakes = Handshakes(ssl_context, deadline, self._strangers)
        try:
            self._server = await loop.create_server(
                self._welcome,
                host,
                port,
                backlog=_BACKLOG,
                reuse_port=shared or None,
            )
        except BaseException:
            await self._runner.cleanup()
            raise
        _cut_off_after(self._http.unread, self._server)
        deadlines = (self._limits.ping_every, self._limits.pong_within, self._limits.close_within)
        self._switchboard = Switchboard(
            loop, self._strangers, shortest=min(deadlines), longest=max(deadlines)
        )
        self._switchboard.start()
        listening: int = self._server.sockets[0].getsockname()[1]
        return listening

    async def close(self, code: int = GOING_AWAY) -> None:
        """Accept no more, close every socket, finish the requests, leave nothing behind."""
        if self._server is None or self._switchboard is None:
            return
        switchboard, self._switchboard = self._switchboard, None
        self._server.close()
        if self._handshakes is not None:
            await self._handshakes.close()
        hang_up = switchboard.hang_up(code, self._limits.close_within)
        await asyncio.gather(hang_up, self._runner.cleanup())
        switchboard.stop()
        await self._server.wait_closed()

    @property
    def open(self) -> int:
        """How many connections of any kind there are."""
        lines = self._switchboard.open_lines if self._switchboard is not None else 0
        shaking = len(self._handshakes) if self._handshakes is not None else 0
        http = len(self._runner.server.connections) if self._runner.server else 0
        return lines + shaking + http

    @property
    def refused(self) -> dict[str, int]:
        """How many connections were ended or turned away for want of room, since the start."""
        return {"gave_way": self._strangers.gave_way, "turned_away": self._turned_away}

    def _welcome(self) -> asyncio.Protocol:
        """A new connection, first of all its TLS where this port speaks it."""
        inside = self._inside()
        return inside if self._handshakes is None else self._handshakes.before(inside)

    def _inside(self) -> asyncio.Protocol:
        """HTTP, if there is room for it."""
        server = self._runner.server
        assert server is not None
        full = self._http.most is not None and self.open >= self._http.most
        if full and not self._strangers.make_room():
            self._turned_away += 1
            return TurnedAway(self._leaving)
        loop = asyncio.get_running_loop()
        return HttpConnection(server, self._arrivals, self._strangers, self._http, loop=loop)

    async def _knock(self, request: web.Request) -> web.StreamResponse:
        status, greeting = judge_knock(request, self._origins)
        if status != HTTPStatus.SWITCHING_PROTOCOLS:
            return _refusal(status)
        if self._switchboard is None:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        http = request.protocol
        assert isinstance(http, HttpConnection)
        transport = http.transport
        if transport is None or transport.is_closing() or http.bytes_after_head():
            return _last_answer(_refusal(HTTPStatus.BAD_REQUEST))
        try:
            session = self._open_session(request)
        except web.HTTPException as refused:
            _last_answer(refused)
            raise
        connection = Connection(session, self._limits, self._switchboard)
        http.let_go()
        connection.take_over(transport, greeting)
        # aiohttp finds its client gone and drops this answer; the status is for metrics.
        return web.Response(status=HTTPStatus.SWITCHING_PROTOCOLS)


def _refusal(status: int) -> web.Response:
    response = web.Response(status=status, text=HTTPStatus(status).phrase)
    if status == HTTPStatus.UPGRADE_REQUIRED:
        # RFC 9110 section 15.5.22 and RFC 6455 section 4.4.
        response.headers.update({"Upgrade": "websocket", "Sec-WebSocket-Version": "13"})
    return response


def _last_answer(response: web.Response) -> web.Response:
    response.force_close()
    return response


@web.middleware
async def _note_progress(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    # Reaching a middleware is how aiohttp says that a head is whole.
    http = request.protocol
    assert isinstance(http, HttpConnection)
    http.head_received()
    try:
        return await handler(request)
    finally:
        http.answered()


async def _say_no_more(_request: web.Request, response: web.StreamResponse) -> None:
    # Which software and version answers is of use to nobody but an attacker.
    response.headers.pop("Server", None)
    if response.status == HTTPStatus.EXPECTATION_FAILED and isinstance(response, web.Response):
        # aiohttp judges Expect before any middleware, and quotes it.
        response.text = phrase = HTTPStatus.EXPECTATION_FAILED.phrase
        response.headers["Content-Length"] = str(len(phrase))


def _cut_off_after(seconds: float, server: asyncio.Server) -> None:
    # Neither loop has a deadline for what lies unread; sockets that are accepted inherit this one.
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        for listening in server.sockets:
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
