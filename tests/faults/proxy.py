"""A TCP proxy that does to a connection what bad networks do.

Everything is a field that may be changed while connections are open: `delay` and up to `jitter`
more or less in seconds before bytes are passed on, `piece` the most bytes in one write, `tear` how
probable it is that only half of some bytes is passed on and the connection is then reset, `deaf`
swallows what the server answers and `mute` what the client says (a connection that is half open),
`reset` cuts everybody off in the middle of what is under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random

_READ = 4096


@dataclass
class FaultProxy:
    """Passes connections to `port` on; listens on a port of its own."""

    port: int
    delay: float = 0.0
    jitter: float = 0.0
    tear: float = 0.0
    piece: int = _READ
    deaf: bool = False
    mute: bool = False
    listening: int = 0
    chance: Random = field(default_factory=lambda: Random(12))
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    @contextlib.asynccontextmanager
    async def before(cls, port: int) -> AsyncIterator[FaultProxy]:
        """A proxy before a server on this machine, until the end of the block."""
        proxy = cls(port)
        server = await asyncio.start_server(proxy._connected, "127.0.0.1", 0)
        proxy.listening = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()
            proxy.reset()
            await asyncio.gather(*proxy._tasks, return_exceptions=True)
            await server.wait_closed()

    def reset(self) -> None:
        """Cut off every connection at once, with a reset and not an end."""
        for writer in list(self._writers):
            self._break(writer)

    def _break(self, writer: asyncio.StreamWriter) -> None:
        raw = writer.get_extra_info("socket")
        if raw is not None and raw.fileno() >= 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        self._writers.discard(writer)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            self._break(writer)
            return
        self._writers |= {writer, back}
        for source, target, up in ((reader, back, True), (there, writer, False)):
            task = asyncio.ensure_future(self._pass_on(source, target, up=up))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, up: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(_READ):
                if self.delay:
                    lag = self.jitter * (2 * self.chance.random() - 1)
                    await asyncio.sleep(self.delay + lag)
                if self.mute if up else self.deaf:
                    continue
                if self.chance.random() < self.tear:
                    target.write(data[: len(data) // 2])
                    await target.drain()
                    self._break(target)
                    return
                for start in range(0, len(data), self.piece):
                    target.write(data[start : start + self.piece])
                    await target.drain()
                    if self.piece < _READ:
                        await asyncio.sleep(0)
        target.close()
