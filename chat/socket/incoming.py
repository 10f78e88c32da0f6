"""Frames of one socket become whole text messages, within limits; pure. Used by `connection.py`.

websockets has already seen to the order of fragments and to the size of what they add up to; it
does not look at their number, at UTF-8, or at how often a peer pings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from websockets.frames import Frame, Opcode, apply_mask  # type: ignore[attr-defined]

from chat.socket.rules import INVALID_TEXT, POLICY, TOO_BIG, UNSUPPORTED, SocketLimits

if TYPE_CHECKING:
    from collections.abc import Callable


_WHOLE_TEXT = 0x81
_MASKED = 0x80
_SHORT, _MEDIUM = 126, 127  # RFC 6455 section 5.2: sizes that stand for a longer length field
_LONG = 65536
_MASK = 4
_LEAST = 2 + _MASK  # bytes of a masked frame that says nothing


def whole_texts(data: bytes, most: int) -> tuple[list[bytes], int]:
    """The words of the whole, masked text frames that `data` begins with, and where they end.

    What nearly every read is made of, in a tenth of the time that websockets' parser needs for
    every kind of frame; anything else, and every breach of the protocol, is left to it. A frame of
    more than `most` bytes is something else.
    """
    found: list[bytes] = []
    at, here = 0, len(data)
    while here - at >= _LEAST and data[at] == _WHOLE_TEXT:
        start = at + _LEAST
        size = data[at + 1] - _MASKED
        if size == _SHORT:
            start += 2
            size = data[at + 2] << 8 | data[at + 3]
            if size < _SHORT:
                break
        elif size < 0 or size == _MEDIUM:
            break
        end = start + size
        if size > most or end > here:
            break
        found.append(apply_mask(data[start:end], data[start - _MASK : start]))
        at = end
    return found, at


def size_on_wire(frame: Frame) -> int:
    """Bytes a masked frame takes, its head included, if its length is written as RFC 6455 asks."""
    size = len(frame.data)
    return size + _MASK + (2 if size < _SHORT else 4 if size < _LONG else 10)


class Unacceptable(Exception):  # noqa: N818 - it is the frame that is, not this code that failed
    """A frame that ends the connection, with the close code that says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Incoming:
    """What has come of the present message, and how many control frames lately.

    `between` says whether no fragment waits for the rest of its message.
    """

    __slots__ = ("_controls", "_controls_since", "_limits", "_parts", "between")

    def __init__(self, limits: SocketLimits) -> None:
        self._limits = limits
        self._parts: list[bytes] = []
        self.between = True
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
        self.between = frame.fin
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


def is_utf_8(message: bytes) -> bool:
    """Whether the bytes are text, as RFC 6455 section 8.1 asks."""
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True


def _checked(message: bytes) -> bytes:
    if not is_utf_8(message):
        raise Unacceptable(INVALID_TEXT)
    return message
