"""How a socket is closed, from either side."""

from __future__ import annotations

import pytest

from chat.socket.rules import SocketLimits
from tests.chat.doors import Door, EchoSession, open_door
from tests.chat.raw_client import CLOSE, CONT, TEXT, frame

BOTH_LOOPS = True


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
