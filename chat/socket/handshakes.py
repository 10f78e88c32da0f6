"""TLS handshakes under way at the one public port: counted like any connection, and strangers all.

The loops tell nobody of a handshake that began, nor of one that fails. So what comes is taken as it
is, TLS is made of it here, and the connection it is for begins once that is done. Made by
`front_door.py` where the port speaks TLS itself.
"""

from __future__ import annotations

import asyncio
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
        self._under_way: set[_Handshake] = set()

    def __len__(self) -> int:
        return len(self._under_way)

    def before(self, inside: asyncio.Protocol) -> asyncio.Protocol:
        """A handshake, and then that connection."""
        return _Handshake(self, inside)

    async def close(self) -> None:
        """End all, and be done with them."""
        ending = list(self._under_way)
        for one in ending:
            one.abort()
        tasks = [one.task for one in ending if one.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    def begun(self, one: _Handshake) -> None:
        """It came, and nobody knows it."""
        self._under_way.add(one)
        self._strangers.asked(one)

    def over(self, one: _Handshake) -> None:
        """It ended, one way or the other."""
        self._under_way.discard(one)
        self._strangers.gone(one)

    async def encrypted(
        self, transport: asyncio.Transport, protocol: asyncio.Protocol
    ) -> asyncio.Transport | None:
        """The encrypted transport; None or an OSError where nothing came of it."""
        return await asyncio.get_running_loop().start_tls(
            transport,
            protocol,
            self._tls,
            server_side=True,
            ssl_handshake_timeout=self._seconds,
        )


class _Handshake(asyncio.Protocol):
    """One of them, which keeps what comes close behind it."""

    known = False

    def __init__(self, all_of_them: Handshakes, inside: asyncio.Protocol) -> None:
        self._all = all_of_them
        self._inside: asyncio.Protocol | None = inside
        self._early: list[bytes] = []
        self._lost = False
        self._transport: asyncio.Transport | None = None
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; nothing is read before TLS reads it."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.pause_reading()
        self._all.begun(self)
        self.task = asyncio.get_running_loop().create_task(self._shake(self._transport))

    def data_received(self, data: bytes) -> None:
        """It is whole, and its client speaks before the connection inside was told."""
        self._early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - any end is the end
        """Gone as soon as it was whole, or before anything was read."""
        self._lost = True

    def abort(self) -> None:
        """End at once, without a word."""
        if self.task is not None:
            self.task.cancel()
        if self._transport is not None:
            self._transport.abort()

    async def _shake(self, transport: asyncio.Transport) -> None:
        try:
            encrypted = await self._all.encrypted(transport, self)
        except OSError:  # what TLS says, a time-out and a client that left are all kinds of it
            transport.abort()
            return
        finally:
            self._all.over(self)
        if encrypted is not None and not self._lost:
            self._begin(encrypted)

    def _begin(self, encrypted: asyncio.Transport) -> None:
        # uvloop keeps a former owner while the next one reads into a buffer: it shall hold nothing.
        (inside, self._inside), early = (self._inside, None), b"".join(self._early)
        assert inside is not None
        self._early.clear()
        encrypted.set_protocol(inside)
        inside.connection_made(encrypted)
        if early:
            inside.data_received(early)
