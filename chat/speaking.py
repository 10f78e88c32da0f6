"""What every session can do with its page: send it a frame, or refuse.

The common half of `students/session.py` and `desk/session.py`.
"""

from __future__ import annotations

from chat.errors import error, refusal
from chat.frames import shared
from chat.rooms.allowance import Allowance
from chat.socket.connection import Connection

MAX_ERRORS, ERRORS_OVER = 4, 60.0
"""Frames no page of ours sends, and how many of them in so many seconds are only refused."""


class Speaking:
    """A session that has, or no longer has, a connection to speak over."""

    __slots__ = ("_connection", "_errors")

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._errors = Allowance(MAX_ERRORS, ERRORS_OVER / MAX_ERRORS)

    def send(self, frame: shared.Frame) -> None:
        """Send a frame to the page, if it is still there."""
        if self._connection is not None:
            self._connection.send(shared.encode(frame))

    def refuse(self, code: str) -> None:
        """Send a refusal; end the connection where the table says so."""
        self.send(error(code))
        close = refusal(code).close
        if close is not None and self._connection is not None:
            self._connection.close(close, code)

    def trouble(self, refused: shared.Error, now: float) -> None:
        """Refuse what no page of ours sends; what sends on and on is not worth a connection."""
        if self._errors.spend(now):
            self.refuse("too_many_errors")
        else:
            self.send(refused)
