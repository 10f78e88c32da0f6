"""TLS handshakes in progress at the one public port: each counts as a connection, and a stranger.

Event loops report neither that a handshake began nor that it failed. So a connection is accepted
without TLS, its socket is handed to the loop for the handshake while this file keeps a reference to
it, and the HTTP connection begins once the handshake is done. Made by `front_door.py` where the
port speaks TLS itself.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import ssl

    from chat.socket.strangers import Strangers


class Handshakes:
    """All that are under way; each may take so many `seconds`."""

    def __init__(self, tls: ssl.SSLContext, seconds: float, strangers: Strangers) -> None:
        self._tls = tls
        self._seconds = seconds
        self._strangers = strangers
        self._under_way: dict[_Handshake, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    def before(self, inside: asyncio.Protocol) -> asyncio.Protocol:
        """A connection that has to shake hands, and then is that one."""
        return _Arrived(self, inside)

    def begin(self, line: socket.socket, inside: asyncio.Protocol) -> None:
        """Shake hands over that socket."""
        one = _Handshake(line)
        self._strangers.asked(one)
        self._under_way[one] = asyncio.get_running_loop().create_task(self._shake(one, inside))

    async def close(self) -> None:
        """End all, and be done with them."""
        for one in self._under_way:
            one.abort()
        await asyncio.gather(*self._under_way.values())

    async def _shake(self, one: _Handshake, inside: asyncio.Protocol) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: inside, one.line, ssl=self._tls, ssl_handshake_timeout=self._seconds
            )
        except OSError:  # what TLS says, a time-out and a client that left are all kinds of it
            one.line.close()
        finally:
            del self._under_way[one]
            self._strangers.gone(one)


class _Handshake:
    """One of them, over that socket."""

    known = False

    def __init__(self, line: socket.socket) -> None:
        self.line = line

    def abort(self) -> None:
        """End at once: TLS finds the line closed."""
        with suppress(OSError):  # it has closed already
            self.line.shutdown(socket.SHUT_RDWR)


class _Arrived(asyncio.Protocol):
    """What just came, of which not a byte was read: neither loop could give one to TLS later."""

    def __init__(self, handshakes: Handshakes, inside: asyncio.Protocol) -> None:
        self._handshakes = handshakes
        self._inside = inside

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket, and let go of everything else."""
        taken = cast("asyncio.Transport", transport)
        with suppress(OSError):  # no more files: this one is lost
            line = socket.socket(fileno=os.dup(taken.get_extra_info("socket").fileno()))
            line.setblocking(False)
            self._handshakes.begin(line, self._inside)
        taken.abort()
