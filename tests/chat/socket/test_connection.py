from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import connect

from chat.errors import refusal
from chat.socket.connection import Connection
from chat.socket.rules import SocketLimits
from tests.chat.doors import Door, EchoSession, open_door
from tests.chat.raw_client import (
    BINARY,
    CLOSE,
    CONT,
    MASK,
    ORIGIN,
    PING,
    PONG,
    TEXT,
    RawClient,
    frame,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BOTH_LOOPS = True
LIMITS = SocketLimits()
KIB = 1024


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = await open_door()
    yield door
    await door.close()


async def echoes(client: RawClient, words: bytes = b"hello?") -> bool:
    client.send(frame(TEXT, words))
    return await client.text() == words


async def put_behind(connection: Connection) -> None:
    """Write until the peer, which reads nothing, leaves some of it with us."""
    while not connection._behind:
        connection.send(bytes(8 * KIB))
        connection.flush()
        await asyncio.sleep(0)


async def test_an_ordinary_client_is_understood(door: Door) -> None:
    """The websockets client can connect, talk, ping and close."""
    uri = f"ws://127.0.0.1:{door.port}/ws"
    async with connect(uri, origin=ORIGIN) as client:  # type: ignore[arg-type]
        for words in ("hello", "h€llo", "x" * 8000, ""):
            await client.send(words)
            assert await client.recv() == words
        await (await client.ping())
    assert client.close_code == 1000
    await door.sessions[0].ended.wait()
    assert door.sessions[0].ends == 1


async def test_messages_in_one_packet_are_all_answered_in_order(door: Door) -> None:
    """Many frames in one read, and one frame in many, make the same messages."""
    client = await door.socket()
    words = [str(number).encode() * 50 for number in range(300)]
    client.send(*(frame(TEXT, word) for word in words))
    assert [await client.text() for _ in words] == words
    for byte in frame(TEXT, "h€llo".encode()):
        client.send(bytes([byte]))
        await client.writer.drain()
        await asyncio.sleep(0)
    assert await client.text() == "h€llo".encode()


async def test_answers_of_one_turn_are_one_write(door: Door) -> None:
    """What is said within one turn of the loop goes to the system at once."""
    client = await door.socket()
    assert await echoes(client)
    client.send(*(frame(TEXT, b"x") for _ in range(100)))
    assert await client.reader.read(65536) == frame(TEXT, b"x", masked=False) * 100


async def test_fragments_with_a_ping_between_them_are_one_message(door: Door) -> None:
    """Control frames may stand between fragments; empty fragments count."""
    client = await door.socket()
    client.send(
        frame(TEXT, b"he", fin=False),
        frame(PING, b"?"),
        frame(CONT, b"", fin=False),
        frame(CONT, b"llo"),
    )
    frames = [await client.frame(), await client.frame()]
    assert sorted(frames) == [(TEXT, b"hello"), (PONG, b"?")]


@pytest.mark.parametrize(
    "wrong",
    [
        frame(TEXT, b"bare", masked=False),
        frame(TEXT, b"x", rsv=4),
        frame(TEXT, b"x", rsv=2),
        frame(TEXT, b"x", rsv=1),
        frame(3, b"x"),
        frame(11, b"x"),
        frame(PING, b"x", fin=False),
        frame(PING, b"x" * 126),
        frame(CONT, b"x"),
        frame(TEXT, b"x", fin=False) + frame(TEXT, b"x"),
        frame(CLOSE, b"x"),
        frame(CLOSE, (1005).to_bytes(2)),
        frame(CLOSE, (999).to_bytes(2)),
    ],
    ids=[
        "unmasked",
        "rsv1",
        "rsv2",
        "rsv3",
        "unknown data",
        "unknown control",
        "fragmented control",
        "long control",
        "continuation of nothing",
        "message within a message",
        "half a close code",
        "reserved close code",
        "low close code",
    ],
)
async def test_V1_breaches_of_the_protocol_are_1002(door: Door, wrong: bytes) -> None:
    """What RFC 6455 forbids ends the connection, and no session hears of it."""
    client = await door.socket()
    client.send(wrong)
    assert await client.close_code() == 1002
    assert await client.ended()
    assert door.sessions[0].frames == []


@pytest.mark.parametrize(
    "large",
    [
        frame(TEXT, b"x" * (LIMITS.max_message + 1)),
        bytes((0x81, 0xFF)) + (1 << 63).to_bytes(8),
        bytes((0x81, 0xFF)) + (1 << 20).to_bytes(8) + MASK + b"x" * KIB,
        frame(TEXT, b"x" * 5000, fin=False) + frame(CONT, b"x" * 5000),
        frame(TEXT, b"x", fin=False) + frame(CONT, b"x", fin=False) * LIMITS.max_fragments,
        frame(TEXT, b"", fin=False) + frame(CONT, b"", fin=False) * LIMITS.max_fragments,
    ],
    ids=["8 KiB and 1", "length 2^63", "never sent", "in two parts", "endless", "endless empty"],
)
async def test_too_large_messages_are_1009(door: Door, large: bytes) -> None:
    """Size and number of fragments are bounded, and met before the rest is waited for."""
    client = await door.socket()
    client.send(large)
    assert await client.close_code() == 1009
    assert door.sessions[0].frames == []


async def test_a_message_of_the_largest_size_is_taken(door: Door) -> None:
    """The limit itself is allowed, whole or in the most fragments."""
    client = await door.socket()
    words = b"x" * LIMITS.max_message
    assert await echoes(client, words)
    size = LIMITS.max_message // LIMITS.max_fragments
    client.send(
        frame(TEXT, words[:size], fin=False),
        *[frame(CONT, words[:size], fin=False)] * (LIMITS.max_fragments - 2),
        frame(CONT, words[:size]),
    )
    assert await client.text() == words


async def test_binary_is_1003(door: Door) -> None:
    """Only text is spoken here."""
    client = await door.socket()
    client.send(frame(BINARY, b"x"))
    assert await client.close_code() == 1003


@pytest.mark.parametrize(
    "wrong",
    [
        frame(TEXT, b"\xff"),
        frame(TEXT, b"\xed\xa0\x80"),
        frame(TEXT, b"\xe2\x82", fin=False) + frame(CONT, b"A"),
        frame(TEXT, b"\xe2\x82"),
        frame(CLOSE, b"\x03\xe8\xff"),
    ],
    ids=["never", "surrogate", "split over fragments", "cut short", "close reason"],
)
async def test_what_is_not_utf8_is_1007(door: Door, wrong: bytes) -> None:
    """Text that is not UTF-8 ends the connection, and no session hears of it."""
    client = await door.socket()
    client.send(wrong)
    assert await client.close_code() == 1007
    assert door.sessions[0].frames == []


async def test_a_character_split_over_fragments_is_whole(door: Door) -> None:
    """UTF-8 is judged for the message, not for its parts."""
    client = await door.socket()
    client.send(frame(TEXT, b"\xe2", fin=False), frame(CONT, b"\x82\xac"))
    assert await client.text() == "€".encode()


@pytest.mark.parametrize("opcode", [PING, PONG])
async def test_a_flood_of_control_frames_is_1008(door: Door, opcode: int) -> None:
    """More than ten pings or pongs within a second end the connection."""
    client = await door.socket()
    client.send(frame(opcode) * LIMITS.controls_per_second)
    assert await echoes_after_pongs(client)
    client.send(frame(opcode) * (LIMITS.controls_per_second + 1))
    assert await client.close_code() == 1008


async def echoes_after_pongs(client: RawClient) -> bool:
    client.send(frame(TEXT, b"still here"))
    while (got := await client.frame())[0] == PONG:
        pass
    return got == (TEXT, b"still here")


async def test_pings_are_answered_with_their_payload(door: Door) -> None:
    """A pong carries what the ping carried."""
    client = await door.socket()
    client.send(frame(PING, b"x" * 125))
    assert await client.frame() == (PONG, b"x" * 125)


async def test_a_close_is_answered_with_its_code_and_the_stream_ends(door: Door) -> None:
    """The closing handshake is completed and the session is told once."""
    client = await door.socket()
    client.send(frame(CLOSE, (1000).to_bytes(2) + b"bye"))
    assert await client.frame() == (CLOSE, (1000).to_bytes(2) + b"bye")
    assert await client.reader.read() == b""
    await door.sessions[0].ended.wait()
    assert door.sessions[0].ends == 1


async def test_what_was_said_before_a_close_in_the_same_packet_is_heard(door: Door) -> None:
    """A page that leaves at once says goodbye and closes: the goodbye counts, and comes first."""
    client = await door.socket()
    client.send(frame(TEXT, b"bye"), frame(CLOSE, (1000).to_bytes(2)))
    assert await client.text() == b"bye"
    assert await client.frame() == (CLOSE, (1000).to_bytes(2))
    await door.sessions[0].ended.wait()
    assert (door.sessions[0].frames, door.sessions[0].ends) == ([b"bye"], 1)


async def test_a_close_from_above_ends_what_the_same_packet_still_holds(door: Door) -> None:
    """After our own close nothing is handed up, though it was read before."""
    client = await door.socket()
    session = door.sessions[0]
    assert session.connection is not None
    close, heard = session.connection.close, session.frames

    def refuse(message: bytes) -> None:
        heard.append(message)
        close(4003)

    session.frame_received = refuse  # type: ignore[method-assign]
    client.send(*(frame(TEXT, b"x") for _ in range(3)))
    assert await client.frame() == (CLOSE, (4003).to_bytes(2))
    assert heard == [b"x"]


async def test_a_close_from_above_waits_for_the_answer(door: Door) -> None:
    """close() sends what was said before it, then the code; nothing is taken or sent after."""
    client = await door.socket()
    connection = door.sessions[0].connection
    assert connection is not None
    connection.send(b"last")
    connection.close(4003, "bye")
    assert connection.closed
    connection.send(b"after")
    connection.close(4008)
    assert await client.text() == b"last"
    assert await client.frame() == (CLOSE, (4003).to_bytes(2) + b"bye")
    client.send(frame(TEXT, b"late"), frame(CLOSE, (4003).to_bytes(2)))
    assert await client.reader.read() == b""
    await door.sessions[0].ended.wait()
    assert door.sessions[0].frames == []


async def test_a_close_that_is_not_answered_has_a_deadline() -> None:
    """A peer that goes on talking after the close was sent is cut off."""
    door = await open_door(limits=SocketLimits(close_within=0.05))
    client = await door.socket()
    connection = door.sessions[0].connection
    assert connection is not None
    connection.close(4003)
    client.send(frame(TEXT, b"talk"))
    assert await client.ended()
    await door.sessions[0].ended.wait()
    await door.close()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ([frame(TEXT, b"x")], 4003),
        ([frame(TEXT, b"", fin=False), frame(CONT, b"x")], 1000),
    ],
    ids=["read before the close", "read together with it"],
)
async def test_a_session_may_close_while_the_peer_closes(
    door: Door, message: list[bytes], code: int
) -> None:
    """A message and a close in one packet: the close that was seen first is the one that counts."""

    class Closing(EchoSession):
        def frame_received(self, frame: bytes) -> None:
            assert self.connection is not None
            super().frame_received(frame)
            self.connection.close(4003)

    door.make_session = Closing
    client = await door.socket()
    client.send(*message, frame(CLOSE, (1000).to_bytes(2)))
    assert await client.text() == b"x"
    assert await client.close_code() == code
    assert await client.ended()


async def test_nothing_is_sent_to_a_stream_that_has_ended(door: Door) -> None:
    """From the end of the peer's stream on, the connection is closed."""
    await door.socket()
    connection = door.sessions[0].connection
    assert connection is not None
    connection.eof_received()
    assert connection.closed


async def test_a_half_closed_stream_ends(door: Door) -> None:
    """A peer that ends its side without a close is let go."""
    client = await door.socket()
    client.writer.write_eof()
    assert await client.ended()
    await door.sessions[0].ended.wait()
    assert door.sessions[0].ends == 1


async def test_a_fault_above_is_1011_and_leaks_no_words(
    door: Door, capfd: pytest.CaptureFixture[str]
) -> None:
    """An exception of the session closes its socket; the log has its place, not its words."""

    class Faulty(EchoSession):
        def frame_received(self, frame: bytes) -> None:
            raise RuntimeError(frame.decode())

        def disconnected(self) -> None:
            super().disconnected()
            raise RuntimeError("words of a student")

    door.make_session = Faulty
    client = await door.socket()
    client.send(frame(TEXT, b"words of a student"))
    assert await client.close_code() == 1011
    client.send(frame(CLOSE, (1011).to_bytes(2)))
    assert await client.ended()
    await door.sessions[0].ended.wait()
    printed = "".join(capfd.readouterr())
    assert "words of" not in printed
    assert printed.count("RuntimeError") == 2


async def test_payloads_are_never_logged(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Not even with every logger at DEBUG."""
    caplog.set_level(logging.DEBUG)
    for name in ("websockets", "websockets.server"):
        caplog.set_level(logging.DEBUG, logger=name)
    client = await door.socket()
    assert await echoes(client, b"words of a student")
    client.send(frame(CLOSE, b"\x03\xe8words of a student"))
    assert await client.close_code() == 1000
    assert "words of" not in caplog.text


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
