"""What every session can do with its page: send it a frame, or refuse.

The common half of `students/session.py` and `desk/session.py`.
"""

from __future__ import annotations

from chat.errors import error, refusal
from chat.frames import shared
from chat.socket.connection import Connection


class Speaking:
    """A session that has, or no longer has, a connection to speak over."""

    __slots__ = ("_connection",)

    def __init__(self) -> None:
        self._connection: Connection | None = None

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
