"""Real server processes one after another, each killed at once, on the same data.

As a program it loads the product once and then forks a server for every line it reads, because
loading takes most of a start; each is `run_server.py serve` in a process of its own. `Servers` is
the test's side of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Self

import run_server

ROOT = Path(__file__).parents[2]


def main(config: str) -> None:
    """Fork a server for every line of the standard input; tell when each begins and ends."""
    for _ in sys.stdin:
        server = os.fork()
        if not server:
            os._exit(run_server.main(["serve", "--config", config]))
        print(f"pid {server}", flush=True)
        _, status = os.waitpid(server, 0)
        print(f"gone {status}", flush=True)


class Servers:
    """The servers of one test; at most one runs at a time."""

    def __init__(self, parent: asyncio.subprocess.Process) -> None:
        self._parent = parent
        self._pid = 0

    @classmethod
    async def ready(cls, config: Path) -> Self:
        """Everything is loaded; nothing runs yet."""
        parent = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.servers",
            str(config),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        return cls(parent)

    async def start(self) -> None:
        """Start a server, and answer once it is open."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(b"\n")
        self._pid = int((await self._line("pid")).split()[1])
        await self._line("Peerline is open")

    async def kill(self) -> None:
        """Kill -9, and answer once the process is gone."""
        os.kill(self._pid, signal.SIGKILL)
        assert await self._gone() == signal.SIGKILL

    def stand_still(self) -> None:
        """Stop the process where it is."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        os.kill(self._pid, signal.SIGCONT)

    async def stop(self) -> None:
        """Ask the server to stop, and answer once it has."""
        os.kill(self._pid, signal.SIGTERM)
        assert await self._gone() == 0

    async def close(self) -> None:
        """End what loaded the product, and a server that still runs."""
        if self._pid:
            await self.kill()
        self._parent.kill()
        await self._parent.wait()

    async def _gone(self) -> int:
        self._pid = 0
        return int((await self._line("gone ")).split()[1])

    async def _line(self, beginning: str) -> str:
        assert self._parent.stdout is not None
        while line := (await self._parent.stdout.readline()).decode():
            if line.startswith(beginning):
                return line.rstrip()
            if line.startswith("gone"):
                self._pid = 0
                raise AssertionError("the server ended by itself")
        raise AssertionError("nothing starts servers any more")


if __name__ == "__main__":
    main(sys.argv[1])
