"""One open WebSocket: bytes in, whole messages up; messages down, one write per turn of the loop.

What all sockets bring in one turn of the loop is handed up together once they have been read.

The protocol itself (RFC 6455) is `websockets`' public Sans-I/O ServerProtocol; this file moves
bytes for it, puts messages together, and keeps the limits. No task and no queue per message.
Made by chat/socket/front_door.py; chat/students/session.py is the Session above it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, cast

import structlog
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from chat.socket.incoming import Incoming, Unacceptable, is_utf_8, size_on_wire, whole_texts
from chat.socket.rules import (
    HEADS,
    INTERNAL,
    INVALID_TEXT,
    MOST_HEADS,
    SLOW_READER,
    SocketLimits,
    text_header,
)
from chat.socket.switchboard import NOWHERE
from moderation.faults import QUIET, told_safely

if TYPE_CHECKING:
    from chat.socket.switchboard import Switchboard

_SLICE = 2048  # bytes parsed before limits are looked at again: a flood is met early

_log = structlog.get_logger()


class Session(Protocol):
    """What a connection asks of the conversation above it. No method may block or await."""

    def connected(self, connection: Connection) -> None:
        """The handshake is done; `connection` may be sent to and closed from now on."""

    def frame_received(self, frame: bytes) -> None:
        """One whole text message came; it is valid UTF-8 and within the limits."""

    def disconnected(self) -> None:
        """The connection is gone, whatever ended it. Called once, and nothing after it."""

    @property
    def known(self) -> bool:
        """Whether somebody has signed in; others give way where the door has no room."""


class Connection(asyncio.Protocol):
    """One open socket. All of it runs in the event loop's thread."""

    __slots__ = (
        "_behind",
        "_ending",
        "_finished",
        "_frames_behind",
        "_heard",
        "_incoming",
        "_limits",
        "_out",
        "_owed",
        "_pinged",
        "_protocol",
        "_session",
        "_slot",
        "_switchboard",
        "_transport",
        "_unwritten",
    )

    def __init__(self, session: Session, limits: SocketLimits, switchboard: Switchboard) -> None:
        self._session = session
        self._limits = limits
        self._switchboard = switchboard
        # The handshake was judged before (chat/socket/upgrade.py) and agreed on no extension, so
        # this one starts open; it is smaller and quicker than one that has parsed a handshake.
        self._protocol = ServerProtocol(state=State.OPEN, max_size=limits.max_message, logger=QUIET)
        self._incoming = Incoming(limits)
        self._transport: asyncio.Transport | None = None
        self._slot = NOWHERE
        self._out: list[bytes] = []
        self._unwritten = 0  # bytes in _out
        self._owed = 0  # bytes websockets has read of a frame that is not whole yet
        self._behind = False  # the peer has not read all we wrote
        self._frames_behind = 0  # messages added since
        self._heard = False  # anything, since the last ping
        self._pinged = False
        self._ending = False  # a close was sent or received, or the connection failed
        self._finished = False  # nothing is written after this

    @property
    def closed(self) -> bool:
        """Nothing more can be sent, and nothing more is received."""
        return self._ending

    def take_over(self, transport: asyncio.Transport, greeting: bytes) -> None:
        """Own that transport from now on; `greeting`, the handshake's answer, is written first."""
        self._transport = transport
        transport.set_protocol(self)
        # Paused as soon as the peer leaves one byte unread, resumed when it has read all.
        transport.set_write_buffer_limits(high=1, low=0)
        self._remind(self._limits.ping_every)
        self._out.append(greeting)
        self._switchboard.flush_soon(self)
        try:
            self._session.connected(self)
        except Exception as error:  # noqa: BLE001 - a fault above must end this socket, closed
            self._blame_ourselves(error)

    def send(self, frame: bytes) -> None:
        """Send one text message, written with everything else of this turn of the loop.

        Does nothing once the connection is closed. A peer that leaves too much unread is closed
        with SLOW_READER: a frame is never dropped with the connection going on.
        """
        if self._ending:
            return
        out, size = self._out, len(frame)
        if not out:
            self._switchboard.flush_soon(self)
        out += (HEADS[size] if size < MOST_HEADS else text_header(size), frame)
        self._unwritten += size
        if self._behind:
            self._frames_behind += 1
            if self._frames_behind > self._limits.send_frames:
                self.close(SLOW_READER)
        if self._unwritten > self._limits.send_high_water:
            self.flush()

    def close(self, code: int, reason: str = "") -> None:
        """Begin the closing handshake; a peer that does not answer in time is cut off.

        Raises websockets.exceptions.ProtocolError for a code that may not be sent or a reason of
        more than 123 bytes. Does nothing if the connection is closed already.
        """
        # In one batch with the present message, a close may have been read and not passed on yet.
        if self._ending or self._protocol.state is not State.OPEN:
            return
        self._protocol.send_close(code, reason)
        self._pass_on()

    def abort(self) -> None:
        """End at once, without a word."""
        self._ending = True
        if self._transport is not None:
            self._transport.abort()

    @property
    def known(self) -> bool:
        """Whether somebody at its other end has signed in."""
        return self._session.known

    # What the switchboard calls.

    def hear(self, message: bytes) -> None:
        """Hand up a message that came in this turn of the loop, unless it was closed meanwhile."""
        if self._ending:
            return
        try:
            self._session.frame_received(message)
        except Exception as error:  # noqa: BLE001 - a fault above must end this socket, closed
            self._blame_ourselves(error)

    def flush(self) -> None:
        """Write out what was said in this turn of the loop."""
        transport = self._transport
        if transport is None or transport.is_closing():
            self._out.clear()
            return
        out = self._out
        if out:
            data = b"".join(out)
            out.clear()
            self._unwritten = 0
            transport.write(data)  # calls pause_writing if the peer does not read all at once
            if self._behind and transport.get_write_buffer_size() > self._limits.send_high_water:
                self.close(SLOW_READER)
        if self._finished and not self._out:
            self._hang_up(transport)

    def due(self) -> None:
        """Ping, or cut off a peer that did not answer the last ping or the close."""
        limits = self._limits
        if self._ending or (self._pinged and not self._heard):
            self.abort()
        elif self._pinged and limits.pong_within < limits.ping_every:
            self._pinged = False
            self._remind(limits.ping_every - limits.pong_within)
        else:
            self._pinged = True
            self._heard = False
            self._protocol.send_ping(b"")
            self._pass_on()
            self._remind(limits.pong_within)

    # What the event loop calls.

    def data_received(self, data: bytes) -> None:
        """These bytes came.

        Not a BufferedProtocol, whose buffer is asked for, filled and told of in two calls: with
        uvloop, which has one buffer for all that is read, that costs twice as much.
        """
        self._heard = True
        if len(data) <= _SLICE:
            self._receive(data)
            return
        for start in range(0, len(data), _SLICE):
            self._receive(data[start : start + _SLICE])

    def eof_received(self) -> None:
        """The peer will send nothing more; the loop closes the transport."""
        self._switchboard.hear_all()
        self._protocol.receive_eof()
        self._pass_on()

    def pause_writing(self) -> None:
        """The peer is behind: take nothing from it until it has read what we wrote."""
        self._behind = True
        self._frames_behind = 0
        if self._transport is not None and not self._ending:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The peer has read all."""
        self._behind = False
        if self._transport is not None:
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - any end is the end
        """The transport is gone."""
        self._switchboard.hear_all()
        self._ending = self._finished = True
        self._transport = None
        self._out.clear()
        self._switchboard.forget(self, self._slot)
        try:
            self._session.disconnected()
        except Exception as error:  # noqa: BLE001 - nothing is left to close
            _log.error("session_failed_at_its_end", **told_safely(error))

    # Our own.

    def _receive(self, data: bytes) -> None:
        if not self._owed and self._incoming.between and not self._ending:
            data = self._take_texts(data)
            if not data:
                return
        # Whatever is not an ordinary message may end this connection: what came before goes first.
        self._switchboard.hear_all()
        protocol = self._protocol
        protocol.receive_data(data)
        self._owed += len(data)
        for event in protocol.events_received():
            # After the handshake, websockets makes nothing but frames.
            frame = cast("Frame", event)
            self._owed -= size_on_wire(frame)
            if self._finished:
                break
            self._take(frame)
        self._pass_on()

    def _take_texts(self, data: bytes) -> bytes:
        """Take the ordinary messages that `data` begins with; answers what is left of it."""
        texts, end = whole_texts(data, self._limits.max_message)
        for text in texts:
            if text.isascii() or is_utf_8(text):
                self._switchboard.hear_soon(self, text)
            else:
                self._switchboard.hear_all()
                self._fail(INVALID_TEXT)
                break
        return data[end:]

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            return  # websockets answers it
        try:
            message = self._incoming.take(frame, self._switchboard.time)
        except Unacceptable as found:
            self._fail(found.code)
            return
        if message is not None:
            self.hear(message)

    def _fail(self, code: int) -> None:
        self._protocol.fail(code)
        self._pass_on()

    def _blame_ourselves(self, error: Exception) -> None:
        _log.error("session_failed", **told_safely(error))
        self.close(INTERNAL)

    def _pass_on(self) -> None:
        # Whatever websockets wants written goes behind what was said before it.
        writes = self._protocol.data_to_send()
        if not writes:
            return
        if not self._out:
            self._switchboard.flush_soon(self)
        for data in writes:
            if data:
                self._out.append(data)
            else:  # websockets' SEND_EOF
                self._finished = True
        if not self._ending and (self._finished or self._protocol.close_expected()):
            self._ending = True
            self._remind(self._limits.close_within)
            if self._transport is not None:
                self._transport.resume_reading()  # or its answer would never be seen

    def _hang_up(self, transport: asyncio.Transport) -> None:
        # RFC 6455 section 7.1.1. A peer that said its close has sent all it will. Any other may
        # still be sending, and closing with bytes unread would reset the connection and lose the
        # close code on its way: say no more, and read on until it has closed too.
        if self._protocol.close_rcvd is None and transport.can_write_eof():
            transport.write_eof()
        else:
            transport.close()

    def _remind(self, seconds: float) -> None:
        self._slot = self._switchboard.remind(self, seconds, self._slot)
