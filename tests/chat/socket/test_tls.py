"""The door with TLS of its own."""

from __future__ import annotations

import asyncio
import ssl

from chat.socket.http_connection import HttpConnection
from chat.socket.rules import SocketLimits
from tests.chat.doors import alive, echoes, open_door, still_speaks_http
from tests.chat.raw_client import CLOSE, TEXT, frame, handshake

BOTH_LOOPS = True


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
    limits = SocketLimits(ping_every=600.0)  # on a busy machine three thousand take half a minute
    door = await open_door(tls=tls[0], limits=limits, most=50, header_deadline=60.0)
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
