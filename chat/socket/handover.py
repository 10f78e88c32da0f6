"""The HTTP side of a connection to the one public port, and how its socket is handed over.

`HttpConnection` is aiohttp's own connection with what it lacks: a deadline for every request's
head, a line in which requests wait, answers and log lines that quote nothing a client sent, and a
clean way to let go of the transport. Made by chat/socket/front_door.py; no one else needs it.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn, cast

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from websockets.exceptions import HeaderLineTooLong, TooManyHeaders
from websockets.server import ServerProtocol

from moderation.faults import QUIET, told_safely

if TYPE_CHECKING:
    from collections.abc import Collection

    from websockets.http11 import Request
    from websockets.typing import Origin

    from chat.socket.arrivals import Arrivals
    from chat.socket.rules import HttpLimits
    from chat.socket.strangers import Strangers

# A header line of aiohttp's greatest name and value, with its colon and line end, must still be a
# line to websockets (8,192 bytes): two parsers that disagree are how requests are smuggled.
HEADER_BYTES = 8188
HEADERS = 128

_NOBODY = asyncio.Protocol()  # owns a transport between two owners
_log = structlog.get_logger()


class _Rest:
    """Stands where aiohttp would put a WebSocket reader, and notes whether bytes came for it."""

    __slots__ = ("came",)

    def __init__(self) -> None:
        self.came = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.came = self.came or bool(data)
        return True, b""  # aiohttp reads no further

    def feed_eof(self) -> None:
        """Said when aiohttp lets go; there is nothing to end."""


class _AnsweredError(ConnectionError):
    """Tells aiohttp that there is nothing more to write. It ends the connection, in silence."""


class HttpConnection(web.RequestHandler):
    """One connection while it speaks HTTP.

    Args:
        server: aiohttp's server, which knows its connections and their handler.
        arrivals: the line in which what comes waits to be read.
        strangers: those who give way where there is no room, this one among them.
        limits: how long it may take for what.
    """

    __slots__ = (
        "_arrivals",
        "_deadline",
        "_header_deadline",
        "_in_request",
        "_strangers",
        "_time",
        "_unread",
    )

    def __init__(
        self,
        server: web.Server,
        arrivals: Arrivals,
        strangers: Strangers,
        limits: HttpLimits,
        *,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=limits.keep_alive,
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
            max_headers=HEADERS,
            access_log=None,  # type: ignore[arg-type] # its way to say none: addresses are not kept
        )
        self._time = loop
        self._arrivals = arrivals
        self._strangers = strangers
        self._unread: list[bytes] = []
        self._header_deadline = limits.header_deadline
        self._deadline: asyncio.TimerHandle | None = None
        self._in_request = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the deadline of the first head."""
        super().connection_made(transport)
        self._strangers.asked(self)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Have this read when it is its turn, and take no more until then."""
        self._unread.append(data)
        now = len(self._unread) == 1 and self._arrivals.come(self._read)
        if not now and self.transport is not None:
            self.transport.pause_reading()

    def _read(self) -> None:
        """Read what came; start the deadline of a further head with its first byte."""
        data = b"".join(self._unread)
        self._unread.clear()
        if self.transport is None or self.transport.is_closing():
            return
        self.transport.resume_reading()
        if not self._in_request and self._deadline is None:
            self._expect_head()
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nothing is expected any more."""
        self._stop_deadline()
        self._strangers.gone(self)
        super().connection_lost(exc)

    def head_received(self) -> None:
        """A whole head was read and its request is being answered."""
        self._in_request = True
        self._strangers.asked(self)
        self._stop_deadline()

    def answered(self) -> None:
        """The request was answered; what comes next is another head."""
        self._in_request = False

    @property
    def known(self) -> bool:
        """Nobody signs in for a connection: each request says for itself who asks."""
        return False

    def abort(self) -> None:
        """End at once, without a word."""
        if self.transport is not None:
            self.transport.abort()

    def bytes_after_head(self) -> bool:
        """Whether anything came behind an upgrade request's head. No more HTTP is read after."""
        rest = _Rest()
        # Undocumented, though public by name: aiohttp hands what it has read beyond the upgrade to
        # whatever parser takes over (its own WebSocket server does this).
        self.set_parser(cast("Any", rest))
        return rest.came

    def let_go(self) -> None:
        """Forget the transport, which another protocol takes over.

        To aiohttp its client has left: it ends this connection's task and timers, and forgets it.
        """
        if self.transport is not None:
            # uvloop's transport would keep this object for as long as the next owner reads into a
            # buffer: it forgets one data_received only for another.
            self.transport.set_protocol(_NOBODY)
        self.transport = None  # connection_lost would close what it finds here
        self.connection_lost(None)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp's words quote what was sent
    ) -> NoReturn:
        """Answer with the status alone and close. Raises ConnectionError, as aiohttp allows.

        Written by hand because aiohttp would name itself and its version, and quote the input.
        """
        if isinstance(exc, _AnsweredError):
            raise exc  # aiohttp asks again about the answer to a malformed head
        if not isinstance(exc, HttpProcessingError):
            self.log_exception(exc_info=exc)
        if self.transport is not None and not request.writer.output_size:
            self.transport.write(_bare_answer(_head_status(status, exc)))
        raise _AnsweredError

    def log_exception(self, *args: object, **kw: Any) -> None:  # noqa: ARG002 - they name the client
        """Log the place of a fault; aiohttp's own line would hold the client's address."""
        if isinstance(kw.get("exc_info"), web.RequestPayloadError):
            return  # the client's: a body that broke off, or in chunks that are none
        _log.error("request_failed", **told_safely(kw.get("exc_info")))

    def _expect_head(self) -> None:
        self._deadline = self._time.call_later(self._header_deadline, self._give_up)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self._unread:  # it is we who are late
            self._expect_head()
        elif self.transport is not None:
            self.transport.abort()


class TurnedAway(asyncio.Protocol):
    """A connection for which there is no room: told so as soon as it has asked for something.

    `leaving` holds those that are being told; where they are too many, the next is cut off.
    """

    MOST = 64
    SECONDS = 1.0

    def __init__(self, leaving: set[TurnedAway]) -> None:
        self._leaving = leaving
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait a moment for its request, for an answer sent before it could be lost."""
        self._transport = cast("asyncio.Transport", transport)
        if len(self._leaving) >= self.MOST:
            self._transport.abort()
            return
        self._leaving.add(self)
        asyncio.get_running_loop().call_later(self.SECONDS, self._transport.abort)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - whatever it wants
        """Say that there is no room now."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_bare_answer(HTTPStatus.SERVICE_UNAVAILABLE))
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - any end is the end
        """It is gone."""
        self._leaving.discard(self)


def judge_handshake(request: web.BaseRequest, origins: Collection[str]) -> tuple[int, bytes]:
    """Let websockets judge an upgrade request: the HTTP status, and for 101 the bytes to answer.

    An `Origin` must be there and be exactly one of `origins` (RFC 6455 section 10.2). Anything
    that is wrong in another way is 400, 426 or 431.
    """
    if request.headers.get("Sec-WebSocket-Version", "13") != "13":
        return HTTPStatus.UPGRADE_REQUIRED, b""  # RFC 6455 section 4.4; websockets would say 400
    protocol = ServerProtocol(origins=cast("list[Origin]", list(origins)), logger=QUIET)
    protocol.receive_data(_head(request))
    events = protocol.events_received()
    if not events:
        large = isinstance(protocol.handshake_exc, (HeaderLineTooLong, TooManyHeaders))
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if large else HTTPStatus.BAD_REQUEST
        return status, b""
    answer = protocol.accept(cast("Request", events[0]))
    if answer.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
        return answer.status_code, answer.serialize()
    if answer.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.UPGRADE_REQUIRED}:
        return answer.status_code, b""
    return HTTPStatus.BAD_REQUEST, b""


def _head(request: web.BaseRequest) -> bytes:
    # As aiohttp understood it, so that there is one reading. The path is not websockets' business.
    version = f"HTTP/{request.version.major}.{request.version.minor}"
    lines = [f"{request.method} / {version}".encode("ascii")]
    lines += [name + b":" + value for name, value in request.raw_headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _head_status(status: int, exc: BaseException | None) -> int:
    # RFC 6585 section 5. aiohttp has no type of its own for too many headers.
    if isinstance(exc, LineTooLong) or (
        isinstance(exc, HttpProcessingError) and exc.message.startswith("Too many headers")
    ):
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return status


def _bare_answer(status: int) -> bytes:
    phrase = HTTPStatus(status).phrase
    return (
        f"HTTP/1.1 {status} {phrase}\r\nConnection: close\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(phrase)}\r\n\r\n{phrase}"
    ).encode("ascii")
