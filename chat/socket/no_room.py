"""How many connections there is room for at the one public port, and what one more is told.

Used by `front_door.py` and `house/server.py`. Who gives way before it comes to that is in
`strangers.py`.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import cast

from chat.socket.http_connection import bare_answer

SPARE_FILES = 200
"""Open files a server needs beside its connections: records, pages to adults, mail."""


def most_connections(files: int) -> int | None:
    """How many fit where so many files may be open; None: as many as come."""
    return None if files < 0 else max(files - SPARE_FILES, files // 4)


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
            self._transport.write(bare_answer(HTTPStatus.SERVICE_UNAVAILABLE))
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - any end is the end
        """It is gone."""
        self._leaving.discard(self)
