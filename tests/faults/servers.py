"""Real server processes one after another, each killed at once, on the same data.

Each is `run_server.py serve` in a process of its own, forked by `launcher.py` from one that has
loaded the product; `tests/commands/test_serve.py` starts the command itself. `Servers` is the
test's side of it.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.faults import failpoints

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds in which a server has begun, or is gone, that was told to; else the test is lost."""


class _Loaded:
    """A process that has the product in memory and makes launchers; started with `before`."""

    def __init__(self, before: Sequence[str] = (), also: Mapping[str, str] | None = None) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [*before, sys.executable, "-m", "tests.faults.launcher"],
                stdin=theirs,
                cwd=ROOT,
                env={**os.environ, **(also or {})},
            )

    def launcher(self, config: Path, also: Mapping[str, str], told: Path | None) -> socket.socket:
        """The line to a launcher in the network of this thread, which writes errors to `told`."""
        ours, theirs = socket.socketpair()
        with (
            theirs,
            told.open("ab") if told else os.fdopen(os.dup(2), "ab") as errors,
            Path("/proc/thread-self/ns/net").open("rb") as network,
        ):
            given = [theirs.fileno(), errors.fileno(), network.fileno()]
            socket.send_fds(self._control, [json.dumps([str(config), {**also}]).encode()], given)
        return ours

    def close(self) -> None:
        """End it and everything it made."""
        self._control.close()
        self._process.kill()
        self._process.wait()


@functools.cache
def _shared() -> _Loaded:
    """What all tests of this process share that need nothing else."""
    made = _Loaded()
    atexit.register(made.close)
    return made


class EndedError(AssertionError):
    """A server ended by itself."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server ended by itself: {status}")
        self.status = status
        self.at_its_point = status == failpoints.DIED << 8


class Servers:
    """The servers of one test; at most one runs at a time.

    `ended` answers the status of the last one once it is gone; None before the first is open, and
    once a test has seen to its end.
    """

    def __init__(
        self, line: tuple[asyncio.StreamReader, asyncio.StreamWriter], own: _Loaded | None
    ) -> None:
        self._says, self._told = line
        self._own = own
        self.pid = 0
        self.ended: asyncio.Task[int] | None = None

    @classmethod
    async def ready(
        cls,
        config: Path,
        *,
        before: Sequence[str] = (),
        also: Mapping[str, str] | None = None,
        told: Path | None = None,
    ) -> Self:
        """Everything is loaded; nothing runs yet.

        `before` stands before the command (`prlimit …`), `also` in its environment; what the
        servers write to standard error goes to the file `told`. Only where a process must begin
        with it is everything loaded anew.
        """
        also = also or {}
        own = _Loaded(before, also) if before or "LD_PRELOAD" in also else None
        line = (own or _shared()).launcher(config, also, told)
        return cls(await asyncio.open_unix_connection(sock=line), own)

    async def start(self, point: str = "") -> None:
        """Start a server, and answer once it is open; it dies when it comes to that point.

        One that comes there before it is open, for a page was due, is started again without.
        """
        self.ended = None
        self._told.write(f"{point}\n".encode())
        try:
            async with asyncio.timeout(PATIENCE):
                self.pid = int((await self._line("pid")).split()[1])
                await self._line("Peerline is open")
        except TimeoutError:
            raise AssertionError(f"a server is not open after {PATIENCE} seconds") from None
        except EndedError as ended:
            if not ended.at_its_point:
                raise
            await self.start()
        else:
            self.ended = asyncio.ensure_future(self._watch())

    async def kill(self) -> None:
        """Kill -9, and answer once the process is gone."""
        self._signal(signal.SIGKILL)
        assert await self._gone() in {signal.SIGKILL, failpoints.DIED << 8}

    async def is_killed(self) -> None:
        """Answer once the server was killed by somebody else."""
        assert await self._gone() == signal.SIGKILL

    async def dies(self) -> None:
        """Answer once the server has died at its point."""
        assert await self._gone() == failpoints.DIED << 8

    async def ends(self) -> int:
        """Answer with its exit status once the server has ended by itself."""
        return os.waitstatus_to_exitcode(await self._gone())

    def stand_still(self) -> None:
        """Stop the process where it is."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    async def stop(self) -> None:
        """Ask the server to stop, and answer once it has."""
        self._signal(signal.SIGTERM)
        assert await self._gone() in {0, failpoints.DIED << 8}

    async def close(self) -> None:
        """End the launcher, and a server that still runs."""
        if self.pid:
            self._signal(signal.SIGKILL)
        if self.ended is not None:
            await self._gone()
        self._told.close()
        if self._own:
            self._own.close()

    def _signal(self, number: int) -> None:
        assert self.pid, "no server runs"
        with contextlib.suppress(ProcessLookupError):  # it may just have died at its point
            os.kill(self.pid, number)

    async def _gone(self) -> int:
        assert self.ended is not None, "no server runs"
        found, self.ended = self.ended, None
        done, _ = await asyncio.wait({found}, timeout=PATIENCE)
        assert done, f"the server is still there after {PATIENCE} seconds"
        return await found

    async def _watch(self) -> int:
        status = int((await self._line("gone ")).split()[1])
        self.pid = 0
        return status

    async def _line(self, beginning: str) -> str:
        while line := (await self._says.readline()).decode():
            if line.startswith(beginning):
                return line.rstrip()
            if line.startswith("gone"):
                self.pid = 0
                raise EndedError(int(line.split()[1]))
        raise AssertionError("nothing starts servers any more")
