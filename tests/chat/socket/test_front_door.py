from __future__ import annotations

import asyncio
import gc
import ssl
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from chat.socket.connection import Connection
from chat.socket.front_door import room
from chat.socket.handover import HEADER_BYTES, HttpConnection, TurnedAway
from chat.socket.rules import SocketLimits
from tests.chat.doors import Door, EchoSession, open_door
from tests.chat.raw_client import ACCEPT, CLOSE, ORIGIN, PATIENCE, TEXT, RawClient, frame, handshake

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BOTH_LOOPS = True
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
BROKEN = b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = await open_door()
    yield door
    await door.close()


async def still_speaks_http(client: RawClient) -> bool:
    client.send(GET)
    answer = await client.answer()
    return (answer.status, answer.body) == (200, b"hello")


async def echoes(client: RawClient, words: bytes = b"hello?") -> bool:
    client.send(frame(TEXT, words))
    return await client.text() == words


@pytest.fixture
def only_what_comes() -> Iterator[None]:
    """What is in memory by now, of whichever tests, is not gone through again and again."""
    gc.freeze()
    yield
    gc.unfreeze()


def alive(kind: type) -> int:
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


async def test_upgrade_on_a_reused_connection(door: Door) -> None:
    """A proxy may send the knock on a connection that served pages and bodies before."""
    client = await door.client()
    assert await still_speaks_http(client)
    client.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
    assert (await client.answer()).body == b"body"
    await client.upgraded()
    assert await echoes(client)


async def test_upgrade_behind_more_requests_than_aiohttp_queues(door: Door) -> None:
    """While its queue is full aiohttp stops reading; the socket starts with reading on."""
    client = await door.client()
    client.send(GET * 50, handshake())
    for _ in range(50):
        assert (await client.answer()).body == b"hello"
    assert (await client.answer()).status == 101
    assert await echoes(client)


async def test_F12_handshake_dribbled_byte_by_byte(door: Door) -> None:
    """It does not matter how the network cuts the handshake."""
    client = await door.client()
    for byte in handshake():
        client.send(bytes([byte]))
        await client.writer.drain()
        await asyncio.sleep(0)
    assert (await client.answer()).status == 101
    assert await echoes(client)


async def test_bytes_glued_to_the_handshake_are_refused(door: Door) -> None:
    """A frame sent before the handshake was answered is smuggling: 400 and the end."""
    client = await door.client()
    client.send(handshake(), frame(TEXT, b"early"))
    assert (await client.answer()).status == 400
    assert await client.ended()
    assert door.sessions == []


async def test_bytes_behind_the_handshake_in_a_later_packet_are_refused() -> None:
    """Bytes that come while a middleware still thinks are refused as well."""
    thinking, told = asyncio.Event(), asyncio.Event()

    @web.middleware
    async def think(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/ws":
            thinking.set()
            await told.wait()
        return await handler(request)

    door = await open_door(middleware=think)
    client = await door.client()
    client.send(handshake())
    await thinking.wait()
    client.send(frame(TEXT, b"early"))
    assert await still_speaks_http(await door.client())
    told.set()
    assert (await client.answer()).status == 400
    assert await client.ended()
    assert door.sessions == []
    await door.close()


async def test_a_client_that_leaves_during_the_knock_opens_no_session() -> None:
    """A session is opened only for a connection that is still there."""
    thinking, told = asyncio.Event(), asyncio.Event()

    @web.middleware
    async def think(request: web.Request, handler: Handler) -> web.StreamResponse:
        thinking.set()
        await told.wait()
        return await handler(request)

    door = await open_door(middleware=think)
    client = await door.client()
    client.send(handshake())
    await thinking.wait()
    await client.leave()
    await connections_of(door, lambda http: http.transport is None)
    told.set()
    assert await still_speaks_http(await door.client())
    assert door.sessions == []
    await door.close()


@pytest.mark.usefixtures("only_what_comes")
async def test_aiohttp_keeps_nothing_of_a_connection_it_gave_away(door: Door) -> None:
    """After the switch neither its handler, a task nor a timer of aiohttp is left."""
    tasks = asyncio.all_tasks()
    before = alive(HttpConnection), alive(Connection)
    client = await door.socket()
    assert await echoes(client)
    assert asyncio.all_tasks() == tasks
    server = door.front._runner.server
    assert server is not None
    assert server.connections == []
    assert (alive(HttpConnection), alive(Connection)) == (before[0], before[1] + 1)


async def test_nothing_of_aiohttp_is_written_after_the_switch(door: Door) -> None:
    """The first bytes after the handshake's answer are the session's."""
    client = await door.socket()
    assert await echoes(client, b"first")
    client.send(frame(CLOSE, (1000).to_bytes(2)))
    assert await client.close_code() == 1000
    assert await client.reader.read() == b""


async def drip(client: RawClient, data: bytes) -> bool:
    """Send a byte at a time until the server ends the stream or all is sent."""
    for byte in data:
        client.send(bytes([byte]))
        try:
            async with asyncio.timeout(0.01):
                return await client.reader.read(1) == b""
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False


async def test_V1_silent_and_dripped_first_heads_are_closed_by_the_deadline() -> None:
    """A connection whose first head does not become whole in time is cut off."""
    door = await open_door(header_deadline=0.05)
    silent = await door.client()
    assert await silent.ended()
    assert await drip(await door.client(), b"GET / HTTP/1.1\r\nX: " + b"x" * 1000)
    assert await drip(await door.client(), handshake(path="/ws?" + "x" * 1000))
    await door.close()


async def test_V1_dripped_head_of_a_second_request_is_closed_by_the_deadline(door: Door) -> None:
    """Keep-alive gives no way around the deadline."""
    client = await door.client()
    assert await still_speaks_http(client)
    only_http(door)._header_deadline = 0.05  # from now on: the first head had time to come
    assert await drip(client, b"GET / HTTP/1.1\r\nX: " + b"x" * 1000)


async def test_the_header_deadline_is_not_for_bodies(door: Door) -> None:
    """Once a head is whole, its deadline is over; the next head has one of its own."""
    client = await door.client()
    client.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo")
    await door.body_wanted.wait()
    http = only_http(door)
    assert http._deadline is None
    client.send(b"dy")
    assert (await client.answer()).body == b"body"
    client.send(b"G")
    async with asyncio.timeout(PATIENCE):
        while http._deadline is None:  # noqa: ASYNC110 - a byte that was read has no event
            await asyncio.sleep(0)


async def test_who_reads_no_answer_is_cut_off() -> None:
    """Answers that nobody takes hold a connection only so long, whatever else is asked for."""
    door = await open_door(unread=0.1)
    client = await door.client(receive=4096)
    body = b"x" * 60_000
    ask = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    client.send(ask * 100)
    await door.body_wanted.wait()
    server = door.front._runner.server
    assert server is not None
    async with asyncio.timeout(PATIENCE):
        while server.connections:  # noqa: ASYNC110 - aiohttp has no event for it
            await asyncio.sleep(0)
    assert await still_speaks_http(await door.client())
    await door.close()


async def test_an_idle_socket_outlives_http_keep_alive(door: Door) -> None:
    """The timers of HTTP end with HTTP, and one that was due already ends nothing."""
    client = await door.client()
    assert await still_speaks_http(client)
    http = only_http(door)
    assert http._keepalive_handle is not None
    await client.upgraded()
    assert http._deadline is None
    http._give_up()
    http._process_keepalive()
    assert await echoes(client)


async def test_an_idle_http_connection_ends_after_its_keep_alive() -> None:
    """A page that asks for nothing more holds no connection."""
    door = await open_door(keep_alive=0.05)
    client = await door.client()
    assert await still_speaks_http(client)
    assert await client.ended()
    await door.close()


async def test_shutdown_tells_every_socket_going_away() -> None:
    """Every socket is sent 1001, idle HTTP connections end, and close() then returns."""
    door = await open_door()
    sockets = [await door.socket() for _ in range(20)]
    idle = await door.client()
    assert await still_speaks_http(idle)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(door.front.close())
        for client in sockets:
            assert await client.close_code() == 1001
            client.send(frame(CLOSE, (1001).to_bytes(2)))
        assert await idle.ended()
    assert [session.ends for session in door.sessions] == [1] * 20
    await door.close()


async def test_shutdown_does_not_wait_for_a_peer_that_says_nothing() -> None:
    """A socket that does not answer the close is cut off at its deadline."""
    door = await open_door(limits=SocketLimits(close_within=0.05))
    await door.socket()
    await door.front.close()
    assert door.sessions[0].ended.is_set()
    await door.close()


async def test_shutdown_ends_a_slow_request_while_sockets_still_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A body that does not come holds nothing up beside a peer that does not answer its close."""
    monkeypatch.setattr("chat.socket.front_door._REQUEST_SECONDS", 0.1)
    door = await open_door(limits=SocketLimits(close_within=60.0))
    silent, slow = await door.socket(), await door.client()
    slow.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
    await door.body_wanted.wait()
    closing = asyncio.ensure_future(door.front.close())
    assert await slow.ended()
    assert not closing.done()
    await silent.leave()
    await closing
    await door.close()


async def test_a_knock_during_shutdown_is_refused() -> None:
    """Nobody enters a house that is closing."""
    thinking, told = asyncio.Event(), asyncio.Event()

    @web.middleware
    async def think(request: web.Request, handler: Handler) -> web.StreamResponse:
        thinking.set()
        await told.wait()
        return await handler(request)

    door = await open_door(middleware=think)
    client = await door.client()
    client.send(handshake())
    await thinking.wait()
    closing = asyncio.create_task(door.front.close())
    await asyncio.sleep(0)
    told.set()
    assert (await client.answer()).status == 503
    await closing
    await door.close()


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


async def test_tls_carries_pages_and_sockets(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """Over TLS the same port serves pages, hands sockets over, and closes them."""
    server_side, client_side = tls
    door = await open_door(tls=server_side, limits=SocketLimits(close_within=0.5))
    assert await still_speaks_http(await door.client(tls=client_side))
    client = await door.socket(tls=client_side)
    for words in (b"hello", b"x" * 8000):
        assert await echoes(client, words)
    client.send(frame(CLOSE, (1000).to_bytes(2)))
    assert await client.close_code() == 1000
    assert await client.ended()
    await door.sessions[0].ended.wait()
    failing = await door.socket(tls=client_side)
    failing.send(frame(TEXT, b"bare", masked=False))
    assert await failing.close_code() == 1002
    glued = await door.client(tls=client_side)
    glued.send(handshake(), frame(TEXT, b"early"))
    assert (await glued.answer()).status == 400
    await door.close()


async def test_tls_handshake_has_the_header_deadline(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """A client that never finishes the TLS handshake is cut off."""
    door = await open_door(tls=tls[0], header_deadline=0.05)
    assert await (await door.client()).ended()
    await door.close()


async def test_tls_clients_that_speak_before_they_are_looked_at_are_heard(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """However soon their first bytes come, one after the other or all at once, none is lost."""
    door = await open_door(tls=tls[0])
    for _ in range(100):
        assert await still_speaks_http(await door.client(tls=tls[1]))
    clients = await asyncio.gather(*(door.client(tls=tls[1]) for _ in range(50)))
    assert all([await still_speaks_http(client) for client in clients])
    assert door.front.open == 150
    await door.close()


async def test_a_tls_socket_keeps_nothing_of_its_beginning(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """Once handed over, neither the handshake nor the HTTP before it is kept in memory."""
    door = await open_door(tls=tls[0])
    before = alive(HttpConnection)
    sockets = [await door.socket(tls=tls[1]) for _ in range(5)]
    assert alive(HttpConnection) == before
    assert all([await echoes(client, b"here") for client in sockets])
    await door.close()


async def test_F16_half_open_tls_handshakes_are_strangers_that_give_way(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """Three thousand that never finish take no more places than there are, and keep nobody out."""
    door = await open_door(tls=tls[0], most=50, header_deadline=60.0)
    seated = await door.socket(tls=tls[1])
    for _ in range(3_000):
        (await door.client()).send(b"\x16\x03\x01")  # a handshake's first bytes, and no more
        assert door.front.open <= 50 + 1
    assert await still_speaks_http(await door.client(tls=tls[1]))
    assert await echoes(seated, b"still here")
    assert door.front.refused["turned_away"] == 0
    assert 2_900 <= door.front.refused["gave_way"] <= 3_001
    await door.close()
    assert door.front.open == 0


async def test_tls_clients_that_leave_in_the_handshake_are_forgotten(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """One that hangs up, one that speaks nonsense: neither is counted any more."""
    door = await open_door(tls=tls[0])
    (await door.client()).send(b"GET / HTTP/1.1\r\n\r\n")
    assert await door.clients[0].ended()
    gone = await door.client()
    gone.send(b"\x16\x03\x01")
    await gone.leave()
    while door.front.open:  # noqa: ASYNC110 - there is no event
        await asyncio.sleep(0)
    await door.close()


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


def test_F16_connections_leave_files_for_everything_else() -> None:
    """Of the files a process may open, 200 are for records and pages to adults."""
    assert (room(1_024), room(100_000), room(256), room(40)) == (824, 99_800, 64, 10)
    assert room(-1) is None


async def test_F16_who_finds_no_room_is_told_and_the_others_stay() -> None:
    """Where all have signed in the door answers 503; a place that is free is given to the next."""
    door = await open_door(most=2)
    sitting, other = await door.socket(), await door.socket()
    late = await door.client()
    late.send(GET)
    assert (await late.answer()).status == 503
    assert await echoes(sitting)
    assert await echoes(other)
    await other.leave()
    await door.sessions[1].ended.wait()
    assert await still_speaks_http(await door.client())
    assert door.front.refused == {"gave_way": 0, "turned_away": 1}
    await door.close()


async def test_F16_a_flood_of_strangers_keeps_nobody_out() -> None:
    """Silent connections and sockets that say nothing give way; who has signed in stays."""

    class Stranger(EchoSession):
        def __init__(self) -> None:
            super().__init__()
            self.known = False

    door = await open_door(most=3)
    sitting = await door.socket()
    door.make_session = Stranger
    for _ in range(3):
        silent, mute = await door.client(), await door.socket()
        for _ in range(2):
            assert await still_speaks_http(await door.client())
        assert await silent.ended()
        assert await mute.ended()
    assert await echoes(sitting)
    assert door.front.open <= 3
    assert door.front.refused == {"gave_way": 10, "turned_away": 0}
    await door.close()


async def test_F16_a_flood_of_those_turned_away_holds_no_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where many wait to be told so already, the next is cut off at once."""
    monkeypatch.setattr(TurnedAway, "MOST", 1)
    door = await open_door(most=0)
    first, second = await door.client(), await door.client()
    assert await second.reader.read() == b""
    first.send(GET)
    assert (await first.answer()).status == 503
    await door.close()
