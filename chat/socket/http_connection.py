"""A connection to the one public port while it speaks HTTP, until its socket is handed over.

aiohttp's own connection with what it lacks: a deadline for every request's head, a line in which
requests wait, answers and log lines that quote nothing a client sent, and a clean way to let go of
the transport. Made by `front_door.py`.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn, cast

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from moderation.faults import told_safely

if TYPE_CHECKING:
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
            self.transport.write(bare_answer(_head_status(status, exc)))
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


def _head_status(status: int, exc: BaseException | None) -> int:
    # RFC 6585 section 5. aiohttp has no type of its own for too many headers.
    if isinstance(exc, LineTooLong) or (
        isinstance(exc, HttpProcessingError) and exc.message.startswith("Too many headers")
    ):
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return status


def bare_answer(status: int) -> bytes:
    """A status in plain words, which ends the connection; aiohttp would name itself in it."""
    phrase = HTTPStatus(status).phrase
    return (
        f"HTTP/1.1 {status} {phrase}\r\nConnection: close\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(phrase)}\r\n\r\n{phrase}"
    ).encode("ascii")
