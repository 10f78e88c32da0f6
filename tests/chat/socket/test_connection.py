"""Frames of one socket: what is understood, and how each breach of the protocol ends."""

from __future__ import annotations

import asyncio
import logging

import pytest
from websockets.asyncio.client import connect

from chat.socket.rules import SocketLimits
from tests.chat.doors import Door, EchoSession, echoes
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

BOTH_LOOPS = True
LIMITS = SocketLimits()
KIB = 1024


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
