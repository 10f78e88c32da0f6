"""Slow and silent clients: how long each step may take."""

from __future__ import annotations

import asyncio

from tests.chat.doors import Door, echoes, only_http, open_door, still_speaks_http
from tests.chat.raw_client import PATIENCE, RawClient, handshake

BOTH_LOOPS = True


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
