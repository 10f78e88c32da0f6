"""Loads the product once, and forks real servers from it: loading takes most of a start.

As a program it has everything in memory and nothing open. Whoever sends it the name of a file of
settings, what else stands in the environment, a line to talk over, a place for errors and a network
gets a launcher there: it forks a server for every line it reads, and tells when each begins and
ends. What it reads may name a point of `failpoints.py` at which that server dies. A server is
`run_server.py serve` in a process and a session of its own. `servers.py` is the test's side of it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import sys
from functools import partial
from pathlib import Path

from argon2 import PasswordHasher

import run_server
from moderation.pager import warm_up
from moderation.people import hashing
from moderation.pipeline import Judge
from moderation.records import migrations
from tests.faults import failpoints, witness
from tests.faults.network import NEW_NETWORK, must

LONGEST = 4096
"""Bytes of the name of a file and what else stands in the environment."""


def main(control: socket.socket) -> None:
    """Make a launcher for everybody who asks on that socket, until it is closed."""
    _die_with_parent()
    _load()
    while True:
        asked, given, *_ = socket.recv_fds(control, LONGEST, 3)
        if not asked:
            return
        if not os.fork():
            _die_with_parent()
            control.close()
            _move(*given)
            config, also = json.loads(asked)
            os.environ.update(also)
            _launch(config)
            os._exit(0)
        for file in given:
            os.close(file)
        _bury()


def _load() -> None:
    """Import what servers need and build the rules; nothing of it is garbage in any of them.

    A password costs nothing in them: at each start one is hashed that nobody has.
    """
    hashing.password_hasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    migrations.known()
    Judge.load()
    warm_up()
    gc.collect()
    gc.freeze()


def _move(line: int, errors: int, network: int) -> None:
    """Talk over that line from now on, in that network."""
    for file, places in ((line, (0, 1)), (errors, (2,))):
        for place in places:
            os.dup2(file, place)
        os.close(file)
    if os.fstat(network).st_ino != Path("/proc/self/ns/net").stat().st_ino:
        must(ctypes.CDLL(None, use_errno=True).setns(network, NEW_NETWORK))
    os.close(network)


def _launch(config: str) -> None:
    """Fork a server for every line of the standard input; tell when each begins and ends."""
    for line in sys.stdin:
        server = os.fork()
        if not server:
            _die_with_parent()
            os.setsid()
            if line.strip():
                failpoints.put_in(line.strip())
            witness.watch()
            os._exit(run_server.main(["serve", "--config", config]))
        print(f"pid {server}", flush=True)
        _, status = os.waitpid(server, 0)
        # On a line of its own, whatever the server was in the middle of saying when it was killed.
        print(f"\ngone {status}", flush=True)


def _die_with_parent() -> None:
    """However a test ends, nothing it started stays (PR_SET_PDEATHSIG of <linux/prctl.h>)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _bury() -> None:
    """Let go of launchers that have ended."""
    while os.waitpid(-1, os.WNOHANG)[0]:
        pass


if __name__ == "__main__":
    main(socket.socket(fileno=os.dup(0)))
