"""Several workers on one machine, each a node in a process of its own, on one port.

    python run_server.py serve --workers 2 --config peerline.toml

The parent only looks after them: one that dies is started again, SIGUSR2 renews them one after
another (the new one is open before the old one is asked to go), SIGHUP is handed on, and SIGTERM
ends them all. The kernel shares connections out among those who listen (SO_REUSEPORT). Used by
`serve.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import make_url

from chat.settings import BadSettings, Settings
from commands.verbs import stop_when_asked
from moderation.faults import told_safely

AGAIN = 1.0
"""Seconds before a worker that died is started again."""

_log = structlog.get_logger()


def check(settings: Settings) -> None:
    """Raise BadSettings where several nodes could not work together."""
    if not settings.database or make_url(settings.database).get_backend_name() != "postgresql":
        raise BadSettings("database: several workers need PostgreSQL")
    if not settings.redis:
        raise BadSettings("redis: several workers need a Redis")
    if not settings.server.port:
        raise BadSettings("server.port: several workers need a port they all know")


class Failed(Exception):  # noqa: N818 - says what was found
    """A worker ended before it was open."""


@dataclass
class Workers:
    """The workers of one machine, all started with the same command."""

    command: Sequence[str]
    running: list[asyncio.subprocess.Process] = field(default_factory=list)
    _beginning: set[asyncio.subprocess.Process] = field(default_factory=set)
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _watching: set[asyncio.Task[None]] = field(default_factory=set)
    _wanted: int = 0
    _leaving: set[int] = field(default_factory=set)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _open: bool = True

    @classmethod
    def of(cls, config: Path | None) -> Workers:
        """Workers that serve with that configuration."""
        program = [sys.executable, str(Path(__file__).parents[1] / "run_server.py"), "serve"]
        return cls([*program, *(["--config", str(config)] if config else [])])

    async def start(self, count: int) -> None:
        """Start so many, one after another, so that the first brings the tables up to date.

        Raises:
            Failed: One of them ended before it was open; it has said why.
        """
        self._wanted = count
        for _ in range(count):
            await self._start_one()

    async def renew(self) -> None:
        """Put a new worker in the place of each, without the port ever being closed.

        One renewal at a time. Where a new worker does not open, the old ones stay.
        """
        async with self._renewing:
            for old in list(self.running):
                try:
                    await self._start_one()
                except (Failed, OSError) as wrong:
                    _log.warning("worker_not_renewed", **told_safely(wrong))
                    return
                await self._end(old)

    async def close(self) -> None:
        """Ask all to end, and wait until they have; also those that are not open yet."""
        self._open = False
        for worker in self._beginning:
            _ask_to_end(worker)
        async with self._renewing:
            while self.running:
                await asyncio.gather(*(self._end(worker) for worker in list(self.running)))
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def complete(self, count: int, without: asyncio.subprocess.Process | None = None) -> None:
        """Wait until so many are open, and that one is none of them."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: len(self.running) >= count and without not in self.running
            )

    def signal(self, number: int) -> None:
        """Hand a signal on."""
        for worker in self.running:
            with contextlib.suppress(ProcessLookupError):
                worker.send_signal(number)

    async def _start_one(self) -> None:
        worker = await asyncio.create_subprocess_exec(*self.command, stdout=asyncio.subprocess.PIPE)
        assert worker.stdout is not None
        self._beginning.add(worker)
        if not self._open:  # asked to end while this one was being made
            _ask_to_end(worker)
        async for line in worker.stdout:
            if line.startswith(b"Peerline is open"):
                break
        else:
            await worker.wait()
            self._beginning.discard(worker)
            raise Failed
        self._beginning.discard(worker)
        async with self._changed:
            self.running.append(worker)
            self._changed.notify_all()
        task = asyncio.ensure_future(self._watch(worker))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def _end(self, worker: asyncio.subprocess.Process) -> None:
        if worker not in self.running:
            return
        self._leaving.add(worker.pid)
        _ask_to_end(worker)
        async with self._changed:
            await self._changed.wait_for(lambda: worker not in self.running)

    async def _watch(self, worker: asyncio.subprocess.Process) -> None:
        """Pass on what a worker says until it ends; start another if nobody asked it to end."""
        assert worker.stdout is not None
        async for line in worker.stdout:
            sys.stdout.write(line.decode())
        await worker.wait()
        async with self._changed:
            self.running.remove(worker)
            self._changed.notify_all()
        if worker.pid in self._leaving:
            self._leaving.discard(worker.pid)
            return
        _log.error("worker_died", status=worker.returncode)
        await self._replace()

    async def _replace(self) -> None:
        """Start one until there are as many as wanted; a renewal may have seen to it already."""
        while self._open:
            await asyncio.sleep(AGAIN)
            async with self._renewing:
                if len(self.running) >= self._wanted:
                    return
                with contextlib.suppress(Failed, OSError):
                    await self._start_one()
                    return


def _ask_to_end(worker: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        worker.send_signal(signal.SIGTERM)


async def look_after(settings: Settings, config: Path | None, count: int) -> int:
    """Run that many workers until asked to stop; answers the exit status."""
    check(settings)
    stop, loop = stop_when_asked(), asyncio.get_running_loop()
    workers = Workers.of(config)
    renewing: set[asyncio.Task[None]] = set()

    def renew() -> None:
        task = asyncio.ensure_future(workers.renew())
        renewing.add(task)
        task.add_done_callback(renewing.discard)

    loop.add_signal_handler(signal.SIGHUP, workers.signal, signal.SIGHUP)
    loop.add_signal_handler(signal.SIGUSR2, renew)
    try:
        await workers.start(count)
        print(f"Peerline is open on port {settings.server.port}, {count} workers.", flush=True)
        await stop.wait()
    except Failed:
        return 2
    finally:
        await workers.close()
    return 0
