"""Peers that are silent, slow, or never read."""

from __future__ import annotations

import asyncio

from chat.errors import refusal
from chat.socket.connection import Connection
from chat.socket.rules import SocketLimits
from tests.chat.doors import Door, echoes, open_door
from tests.chat.raw_client import PING, PONG, TEXT, frame

BOTH_LOOPS = True
LIMITS = SocketLimits()
KIB = 1024


async def put_behind(connection: Connection) -> None:
    """Write until the peer, which reads nothing, leaves some of it with us."""
    while not connection._behind:
        connection.send(bytes(8 * KIB))
        connection.flush()
        await asyncio.sleep(0)


async def test_F12_silent_peers_are_pinged_and_those_that_do_not_answer_are_cut_off() -> None:
    """A pong in time keeps an idle socket; a missing one ends it."""
    door = await open_door(limits=SocketLimits(ping_every=0.05, pong_within=0.05))
    answering = await door.socket()
    silent = await door.socket()
    for _ in range(4):
        assert await answering.frame() == (PING, b"")
        answering.send(frame(PONG))
    assert await silent.ended()
    await door.sessions[1].ended.wait()
    answering.send(frame(TEXT, b"still here"))
    while (got := await answering.frame())[0] == PING:
        answering.send(frame(PONG))
    assert got == (TEXT, b"still here")
    await door.close()


async def test_pings_keep_their_own_pace_when_pongs_are_due_sooner() -> None:
    """A pong's deadline may be shorter than the time between pings."""
    door = await open_door(limits=SocketLimits(ping_every=0.1, pong_within=0.05))
    client = await door.socket()
    for _ in range(3):
        assert await client.frame() == (PING, b"")
        client.send(frame(PONG))
    assert await client.ended()  # the fourth is not answered
    await door.close()


async def test_F13_a_slow_reader_is_closed_with_its_own_code_and_others_go_on(door: Door) -> None:
    """Too many bytes unread close the socket with 4008; nothing before that is lost."""
    slow = await door.socket(receive=4 * KIB)
    other = await door.socket()
    connection = door.sessions[0].connection
    assert connection is not None
    await put_behind(connection)
    sent = 0
    while not connection.closed:
        connection.send(b"%d" % sent + b" " * 8 * KIB)
        connection.flush()
        sent += 1
        assert sent * 8 * KIB < 2 * LIMITS.send_high_water
    assert await echoes(other)
    seen = []
    while (got := await slow.frame())[0] == TEXT:
        seen.append(got[1].strip(b" \0"))
    assert [word for word in seen if word] == [b"%d" % number for number in range(sent)]
    assert int.from_bytes(got[1]) == refusal("slow_reader").close == 4008


async def test_too_many_messages_while_behind_close_a_slow_reader() -> None:
    """Small messages are bounded by their number."""
    door = await open_door(limits=SocketLimits(send_frames=3))
    client = await door.socket(receive=4 * KIB)
    connection = door.sessions[0].connection
    assert connection is not None
    await put_behind(connection)
    closed = []
    for _ in range(4):
        connection.send(b"x")
        closed.append(connection.closed)
    assert closed == [False, False, False, True]
    assert await client.close_code() == 4008
    await door.close()


async def test_a_peer_that_never_reads_is_cut_off() -> None:
    """The close of a slow reader does not wait for ever to be read."""
    door = await open_door(limits=SocketLimits(close_within=0.05))
    await door.socket(receive=4 * KIB)
    session = door.sessions[0]
    assert session.connection is not None
    await put_behind(session.connection)
    session.connection.close(4008)
    await session.ended.wait()
    await door.close()


async def test_what_is_said_in_one_turn_is_bounded(door: Door) -> None:
    """What is sent before the loop turns has an end: a peer that cannot keep up is closed."""
    await door.socket(receive=4 * KIB)
    connection = door.sessions[0].connection
    assert connection is not None
    sent = 0
    while not connection.closed:
        connection.send(bytes(8 * KIB))
        sent += 1
        assert sent < 10_000


async def test_a_peer_that_talks_but_does_not_listen_is_heard_out_once_closed(door: Door) -> None:
    """A client busy sending can finish, and then reads why it was closed."""
    client = await door.socket(receive=4 * KIB)
    connection = door.sessions[0].connection
    assert connection is not None
    await put_behind(connection)
    client.writer.transport.set_write_buffer_limits(high=1)
    client.send(frame(TEXT, b"x" * 8000) * 1000)
    connection.close(4008)
    async with asyncio.timeout(3):
        await client.writer.drain()
    assert await client.close_code() == 4008


async def test_nothing_is_taken_from_a_peer_that_is_behind(door: Door) -> None:
    """A peer that does not read what it is sent is not listened to until it has."""
    client = await door.socket(receive=4 * KIB)
    session = door.sessions[0]
    assert session.connection is not None
    await put_behind(session.connection)
    client.send(frame(TEXT, b"me too"))
    assert await echoes(await door.socket())
    assert session.frames == []
    while await client.text() != b"me too":
        pass
    assert session.frames == [b"me too"]


async def test_a_long_replay_to_a_good_reader_is_no_slow_reader(door: Door) -> None:
    """More messages than a peer may be behind can be sent in one turn if it keeps up."""
    client = await door.socket()
    connection = door.sessions[0].connection
    assert connection is not None
    words = [b"%d" % number for number in range(5 * LIMITS.send_frames)]
    for word in words:
        connection.send(word)
    assert [await client.text() for _ in words] == words


async def test_a_flood_after_the_end_is_read_and_dropped(door: Door) -> None:
    """A peer that sends on after a breach still gets the close code, and nothing else."""
    client = await door.socket()
    client.send(frame(TEXT, b"x", rsv=4), *[frame(TEXT, b"x" * 8000)] * 50)
    assert await client.close_code() == 1002
    assert await client.reader.read() == b""
    assert door.sessions[0].frames == []
