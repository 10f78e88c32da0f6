"""Pages, API and WebSocket over one port, and what is refused at the door."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from chat.socket.connection import Connection
from chat.socket.http_connection import HEADER_BYTES, HttpConnection
from tests.chat.doors import (
    GET,
    Door,
    EchoSession,
    alive,
    connections_of,
    echoes,
    open_door,
    still_speaks_http,
)
from tests.chat.raw_client import ACCEPT, ORIGIN, handshake

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BOTH_LOOPS = True
BROKEN = b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n"


async def test_get_post_and_websocket_share_one_port(door: Door) -> None:
    """Pages, API and sockets are answered on the same port."""
    assert await still_speaks_http(await door.client())
    poster = await door.client()
    poster.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
    assert (await poster.answer()).body == b"body"
    assert await echoes(await door.socket())


async def test_the_handshake_is_answered_as_the_standard_says(door: Door) -> None:
    """The answer carries the key's digest, agrees on no extension, and names no software."""
    client = await door.client()
    client.send(handshake("Sec-WebSocket-Extensions: permessage-deflate"))
    answer = await client.answer()
    assert answer.status == 101
    assert answer.headers["sec-websocket-accept"] == ACCEPT
    assert "sec-websocket-extensions" not in answer.headers
    assert "server" not in answer.headers


async def test_no_answer_names_the_server(door: Door) -> None:
    """Neither a page, a missing page, a fault nor a malformed request tells what answers."""
    for request in (GET, b"GET /no HTTP/1.1\r\nHost: x\r\n\r\n", BROKEN):
        client = await door.client()
        client.send(request)
        assert "server" not in (await client.answer()).headers
    client = await door.client()
    client.send(b"nonsense\r\n\r\n")
    answer = await client.answer()
    assert answer.status == 400
    assert "server" not in answer.headers


async def test_what_a_client_sent_is_never_echoed_or_logged(
    door: Door, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A malformed request and a fault behind a page leave no word of the client in any answer."""
    for request, status in ((b"GET / HTTP/1.1\r\nsecret words\r\n\r\n", 400), (BROKEN, 500)):
        client = await door.client()
        client.send(request)
        answer = await client.answer()
        assert answer.status == status
        assert answer.headers["connection"] == "close"
        assert b"words" not in answer.body
        assert await client.reader.read() == b""
    printed = "".join(capfd.readouterr()) + caplog.text
    assert "words" not in printed
    assert "127.0.0.1" not in printed
    assert "ValueError" in printed


async def test_K15_what_a_client_expects_is_refused_and_not_repeated(door: Door) -> None:
    """An Expect that nobody knows earns 417 in fixed words, on pages and where there is none."""
    for path in (b"/", b"/no"):
        client = await door.client()
        client.send(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nExpect: words\r\n\r\n")
        answer = await client.answer()
        assert (answer.status, answer.body) == (417, b"Expectation Failed")
        assert await still_speaks_http(client)


async def test_K15_a_body_that_cannot_be_unpacked_is_no_fault_of_ours(
    door: Door, capfd: pytest.CaptureFixture[str]
) -> None:
    """What breaks behind an answered head ends the connection and leaves no line in the log."""
    client = await door.client()
    head = b"POST /no HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 5"
    client.send(head + b"\r\n\r\nwords")
    assert (await client.answer()).status == 404
    assert await client.ended()
    assert "RequestPayloadError" not in "".join(capfd.readouterr())


async def test_refusal_by_middleware_before_the_upgrade() -> None:
    """A middleware's refusal of the knock is plain HTTP, and the connection stays HTTP."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/ws":
            raise web.HTTPUnauthorized
        return await handler(request)

    door = await open_door(middleware=guard)
    client = await door.client()
    client.send(handshake())
    assert (await client.answer()).status == 401
    assert await still_speaks_http(client)
    assert door.sessions == []
    await door.close()


async def test_refusal_by_open_session_before_the_upgrade(door: Door) -> None:
    """What open_session raises is answered as plain HTTP, and the connection ends."""
    door.refusal = web.HTTPTooManyRequests
    client = await door.client()
    client.send(handshake())
    answer = await client.answer()
    assert (answer.status, answer.headers["connection"]) == (429, "close")
    assert await client.ended()


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        ORIGIN + ".evil.example",
        "https://evil-chat.school.example",
        "http://chat.school.example",
        ORIGIN + ":8443",
        ORIGIN.upper(),
    ],
)
async def test_K14_foreign_origin_is_refused_before_the_upgrade(
    door: Door, origin: str | None
) -> None:
    """Only the exact origin of the pages may open a socket; anything else is 403."""
    client = await door.client()
    client.send(handshake(origin=origin))
    answer = await client.answer()
    assert answer.status == 403
    assert origin is None or origin.encode() not in answer.body
    assert door.sessions == []


async def test_plain_get_of_ws_is_426(door: Door) -> None:
    """A browser that opens the socket's address is told to upgrade, and may go on with HTTP."""
    client = await door.client()
    client.send(b"GET /ws HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = await client.answer()
    assert (answer.status, answer.headers["upgrade"]) == (426, "websocket")
    assert await still_speaks_http(client)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (handshake("Sec-WebSocket-Version: 8"), 426),
        (handshake("Sec-WebSocket-Version: "), 400),
        (handshake("Sec-WebSocket-Key: "), 400),
        (handshake("Sec-WebSocket-Key: short"), 400),
        (handshake("Content-Length: 3") + b"abc", 400),
        (handshake().replace(b"HTTP/1.1", b"HTTP/1.0"), 400),
        (handshake().replace(b"GET", b"POST"), 405),
        (handshake(*(f"X-{n}: 1" for n in range(129))), 431),
        (handshake("X-Long: " + "x" * 9000), 431),
    ],
)
async def test_bad_handshakes_have_their_own_status(
    door: Door, request_bytes: bytes, status: int
) -> None:
    """Every wrong knock is refused with the status the table of bad input gives it."""
    client = await door.client()
    client.send(request_bytes)
    assert (await client.answer()).status == status
    assert door.sessions == []


async def test_the_largest_head_aiohttp_takes_is_taken_by_websockets(door: Door) -> None:
    """No request passes one parser's limits and fails the other's."""
    few = [f"X-{n}: 1" for n in range(128 - 7)]
    client = await door.client()
    client.send(handshake("X: " + "x" * (HEADER_BYTES - 1), *few))
    assert (await client.answer()).status == 101


async def test_a_taken_port_is_told() -> None:
    """Starting on a port in use raises, and leaves nothing behind."""
    door = await open_door()
    other = await open_door()
    again = other.front.__class__(web.Application(), other.open_session, origins=frozenset())
    with pytest.raises(OSError, match="address already in use"):
        await again.start("127.0.0.1", door.port)
    await again.close()
    await other.close()
    await door.close()


@pytest.mark.usefixtures("only_what_comes")
async def test_nothing_leaks_after_a_hundred_aborted_clients(door: Door) -> None:
    """Clients that vanish, before, during and after the handshake, leave no task and no object."""
    tasks = asyncio.all_tasks()
    before = alive(HttpConnection), alive(Connection)
    for number in range(100):
        client = await door.client()
        if number % 3:
            client.send(handshake()[: 40 if number % 3 == 1 else None])
        if number % 3 == 2:
            assert (await client.answer()).status == 101
        await client.leave()
    door.clients.clear()
    for session in door.sessions:
        await session.ended.wait()
    await connections_of(door, lambda _: False)
    assert asyncio.all_tasks() == tasks
    assert door.front._switchboard is not None
    assert door.front._switchboard.open_lines == 0
    assert (alive(HttpConnection), alive(Connection)) == before
    assert len(door.sessions) == 33


async def test_a_session_that_fails_at_once_closes_its_socket() -> None:
    """A fault in connected() ends the socket with 1011 and is told once."""

    class Faulty(EchoSession):
        def connected(self, connection: Connection) -> None:
            super().connected(connection)
            raise RuntimeError("words of a student")

    door = await open_door(session=Faulty)
    client = await door.socket()
    assert await client.close_code() == 1011
    await door.close()
    assert door.sessions[0].ends == 1
