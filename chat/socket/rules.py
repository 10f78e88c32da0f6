"""The limits of one socket and of HTTP, the codes a socket is closed with, and a frame's head.

For every file of this folder; pure. The codes below 4000 are RFC 6455's own (section 7.4.1); what a
session closes with stands in chat/errors.py.
"""

from __future__ import annotations

from dataclasses import dataclass

GOING_AWAY = 1001
UNSUPPORTED = 1003
INVALID_TEXT = 1007
POLICY = 1008
TOO_BIG = 1009
INTERNAL = 1011
SLOW_READER = 4008
MOVING = 4011

_MEDIUM, _LONG = 126, 65536  # RFC 6455 section 5.2: where the length field grows


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """What one socket may take. Sizes in bytes, times in seconds."""

    max_message: int = 8192
    max_fragments: int = 64
    controls_per_second: int = 10  # pings and pongs together; browsers send none of their own
    ping_every: float = 20.0
    pong_within: float = 20.0
    close_within: float = 5.0
    send_high_water: int = 256 * 1024  # bytes the peer may leave unread
    send_frames: int = 64  # messages that may be added while the peer is behind


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a connection may take while it speaks HTTP; times in seconds.

    `header_deadline` is for a request's head, from its first byte (for the first request from the
    connection's beginning), and for a TLS handshake; `keep_alive` for idling between requests;
    `unread` for a client that takes nothing of what was written to it. Of connections of any kind
    `most` may be open.
    """

    header_deadline: float = 10.0
    keep_alive: float = 75.0
    unread: float = 60.0
    most: int | None = None


def text_header(size: int) -> bytes:
    """The head of a whole, unmasked text frame of that many bytes (RFC 6455 section 5.2)."""
    if size < _MEDIUM:
        return bytes((0x81, size))
    if size < _LONG:
        return b"\x81\x7e" + size.to_bytes(2)
    return b"\x81\x7f" + size.to_bytes(8)


MOST_HEADS = 1024
HEADS = tuple(map(text_header, range(MOST_HEADS)))
"""The heads of ordinary frames by their size: two are needed for every message."""
