"""From HTTP to a WebSocket: who may, what the switch takes along, and what it leaves behind."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp.test_utils import make_mocked_request
from websockets.http11 import MAX_LINE_LENGTH, MAX_NUM_HEADERS

from chat.socket.connection import Connection
from chat.socket.http_connection import HEADER_BYTES, HEADERS, HttpConnection
from chat.socket.upgrade import judge_knock
from tests.chat.doors import (
    GET,
    Door,
    Thinking,
    alive,
    connections_of,
    echoes,
    open_door,
    still_speaks_http,
)
from tests.chat.raw_client import ACCEPT, CLOSE, KEY, ORIGIN, TEXT, frame, handshake

BOTH_LOOPS = True

KNOCK = {
    "Host": "chat.school.example",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Origin": ORIGIN,
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


def judged(**changes: str | None) -> tuple[int, bytes]:
    headers = KNOCK | {name.replace("_", "-"): value for name, value in changes.items()}
    kept = {name: value for name, value in headers.items() if value is not None}
    return judge_knock(make_mocked_request("GET", "/ws?ü", headers=kept), {ORIGIN})


def test_a_right_knock_is_answered_with_the_digest_of_its_key() -> None:
    """The whole answer is websockets'; the path and its query are none of its business."""
    status, answer = judged()
    assert status == 101
    assert answer.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert f"Sec-WebSocket-Accept: {ACCEPT}\r\n".encode() in answer


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ORIGIN + "."}, 403),
        ({"Upgrade": None}, 426),
        ({"Upgrade": "h2c"}, 426),
        ({"Connection": "keep-alive"}, 426),
        ({"Sec_WebSocket_Version": "12"}, 426),
        ({"Sec_WebSocket_Version": None}, 400),
        ({"Sec_WebSocket_Key": None}, 400),
        ({"Sec_WebSocket_Key": "AAAA"}, 400),
        ({"Content_Length": "5"}, 400),
        ({"Transfer_Encoding": "chunked"}, 400),
        ({"X": "a\x00b"}, 400),
        ({"X": "x" * MAX_LINE_LENGTH}, 431),
    ],
)
def test_a_wrong_knock_has_a_status_and_no_answer(
    changes: dict[str, str | None], status: int
) -> None:
    """Nothing of websockets' own words, which quote the request, is used."""
    assert judged(**changes) == (status, b"")


def test_no_origin_is_right_when_none_is_allowed() -> None:
    """An empty set of origins refuses everybody."""
    assert judge_knock(make_mocked_request("GET", "/ws", headers=KNOCK), set())[0] == 403


def test_limits_of_the_two_parsers_agree() -> None:
    """A line aiohttp takes, with its colon and line end, is no longer than websockets allows."""
    assert HEADER_BYTES + len(":\r\n") <= MAX_LINE_LENGTH
    assert HEADERS <= MAX_NUM_HEADERS


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
    thinking = Thinking()
    door = await open_door(middleware=thinking.middleware)
    client = await door.client()
    client.send(handshake())
    await thinking.begun.wait()
    client.send(frame(TEXT, b"early"))
    assert await still_speaks_http(await door.client())
    thinking.told.set()
    assert (await client.answer()).status == 400
    assert await client.ended()
    assert door.sessions == []
    await door.close()


async def test_a_client_that_leaves_during_the_knock_opens_no_session() -> None:
    """A session is opened only for a connection that is still there."""
    thinking = Thinking()
    door = await open_door(middleware=thinking.middleware)
    client = await door.client()
    client.send(handshake())
    await thinking.begun.wait()
    await client.leave()
    await connections_of(door, lambda http: http.transport is None)
    thinking.told.set()
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
