"""Frames of one socket become whole text messages, within limits. Pure; for chat/connection.py.

websockets has already seen to the order of fragments and to the size of what they add up to; it
does not look at their number, at UTF-8, or at how often a peer pings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from websockets.frames import Frame, Opcode

from chat.socket_rules import INVALID_TEXT, POLICY, TOO_BIG, UNSUPPORTED, SocketLimits

if TYPE_CHECKING:
    from collections.abc import Callable


class Unacceptable(Exception):  # noqa: N818 - it is the frame that is, not this code that failed
    """A frame that ends the connection, with the close code that says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Incoming:
    """What has come of the present message, and how many control frames lately."""

    __slots__ = ("_controls", "_controls_since", "_limits", "_parts")

    def __init__(self, limits: SocketLimits) -> None:
        self._limits = limits
        self._parts: list[bytes] = []
        self._controls = 0
        self._controls_since = 0.0

    def take(self, frame: Frame, time: Callable[[], float]) -> bytes | None:
        """The message which that frame completes, if it does.

        Args:
            frame: any frame but a close.
            time: seconds from some fixed beginning; asked for control frames only.

        Raises:
            Unacceptable: binary, too many fragments, not UTF-8, too many control frames.
        """
        opcode = frame.opcode
        if opcode is Opcode.TEXT and frame.fin:
            return _checked(bytes(frame.data))
        if opcode is Opcode.TEXT or opcode is Opcode.CONT:
            return self._add(frame)
        if opcode is Opcode.BINARY:
            raise Unacceptable(UNSUPPORTED)
        self._count_control(time())
        return None

    def _add(self, frame: Frame) -> bytes | None:
        self._parts.append(bytes(frame.data))
        if len(self._parts) > self._limits.max_fragments:
            raise Unacceptable(TOO_BIG)
        if not frame.fin:
            return None
        message = b"".join(self._parts)
        self._parts.clear()
        return _checked(message)

    def _count_control(self, now: float) -> None:
        if now - self._controls_since >= 1:
            self._controls_since = now
            self._controls = 0
        self._controls += 1
        if self._controls > self._limits.controls_per_second:
            raise Unacceptable(POLICY)


def _checked(message: bytes) -> bytes:
    try:
        message.decode()
    except UnicodeDecodeError:
        raise Unacceptable(INVALID_TEXT) from None
    return message
