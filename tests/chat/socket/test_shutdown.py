"""How the door closes: every socket is told, and nothing waits for ever."""

from __future__ import annotations

import asyncio

import pytest

from chat.socket.rules import SocketLimits
from tests.chat.doors import Thinking, open_door, still_speaks_http
from tests.chat.raw_client import CLOSE, frame, handshake

BOTH_LOOPS = True


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
    thinking = Thinking()
    door = await open_door(middleware=thinking.middleware)
    client = await door.client()
    client.send(handshake())
    await thinking.begun.wait()
    closing = asyncio.create_task(door.front.close())
    await asyncio.sleep(0)
    thinking.told.set()
    assert (await client.answer()).status == 503
    await closing
    await door.close()
