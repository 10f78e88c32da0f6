"""Real server processes one after another, each killed at once, on the same data.

As a program it loads the product and its rules once, which takes most of a start, and then forks a
server for every line it reads; each is `run_server.py serve` in a process of its own. A line may
name a point of `failpoints.py` at which that server dies. `Servers` is the test's side of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import run_server
from moderation.pipeline import Judge
from tests.faults import failpoints, witness

ROOT = Path(__file__).parents[2]


def main(config: str) -> None:
    """Fork a server for every line of the standard input; tell when each begins and ends."""
    _die_with_parent()
    Judge.load()  # most of what is left of a start; each server finds it made
    gc.freeze()  # no search for garbage copies what all of them share
    for line in sys.stdin:
        server = os.fork()
        if not server:
            _die_with_parent()
            if line.strip():
                failpoints.put_in(line.strip())
            witness.watch()
            os._exit(run_server.main(["serve", "--config", config]))
        print(f"pid {server}", flush=True)
        _, status = os.waitpid(server, 0)
        print(f"gone {status}", flush=True)


def _die_with_parent() -> None:
    """However a test ends, nothing it started stays (PR_SET_PDEATHSIG of <linux/prctl.h>)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class EndedError(AssertionError):
    """A server ended by itself."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server ended by itself: {status}")
        self.status = status


class Servers:
    """The servers of one test; at most one runs at a time."""

    def __init__(self, parent: asyncio.subprocess.Process) -> None:
        self._parent = parent
        self.pid = 0

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

        `before` stands before the command (`faketime …`), `also` in its environment; what the
        servers write to standard error goes to the file `told`.
        """
        with (told or Path(os.devnull)).open("ab") as errors:
            parent = await asyncio.create_subprocess_exec(
                *before,
                sys.executable,
                "-m",
                "tests.faults.servers",
                str(config),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors if told else None,
                cwd=ROOT,
                env={**os.environ, **(also or {})},
            )
        return cls(parent)

    async def start(self, point: str = "") -> None:
        """Start a server, and answer once it is open; it dies when it comes to that point.

        One that comes there before it is open, for a page was due, is started again without.
        """
        assert self._parent.stdin is not None
        self._parent.stdin.write(f"{point}\n".encode())
        self.pid = int((await self._line("pid")).split()[1])
        try:
            await self._line("Peerline is open")
        except EndedError as ended:
            if ended.status != failpoints.DIED << 8:
                raise
            await self.start()

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
        """End what loaded the product, and a server that still runs."""
        if self.pid:
            await self.kill()
        self._parent.kill()
        await self._parent.wait()

    def _signal(self, number: int) -> None:
        assert self.pid, "no server runs"
        with contextlib.suppress(ProcessLookupError):  # it may just have died at its point
            os.kill(self.pid, number)

    async def _gone(self) -> int:
        status = int((await self._line("gone ")).split()[1])
        self.pid = 0
        return status

    async def _line(self, beginning: str) -> str:
        assert self._parent.stdout is not None
        while line := (await self._parent.stdout.readline()).decode():
            if line.startswith(beginning):
                return line.rstrip()
            if line.startswith("gone"):
                self.pid = 0
                raise EndedError(int(line.split()[1]))
        raise AssertionError("nothing starts servers any more")


if __name__ == "__main__":
    main(sys.argv[1])
