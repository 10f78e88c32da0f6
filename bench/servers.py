"""The servers that `bench/run.py` measures, each in a process of its own on a core of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from itertools import count, islice
from pathlib import Path

from joining import come_in
from load import WORDS, Kind, Wire, everyday, framed, two_of

from moderation.pipeline import Judge

ROOT = Path(__file__).parent.parent
CORE = 0
STARTS_WITHIN = 180.0
"""Seconds until the server must have opened its door."""
DIFFERENT = 20_000
"""Messages that differ: five times as many as judging remembers."""
Pairs = list[tuple[Wire, Wire]]


class Server:
    """A server in a process of its own, on a core of its own."""

    name = ""
    kind: Kind

    def __init__(self) -> None:
        self.port = _free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None

    def command(self) -> list[str]:
        return [sys.executable, str(ROOT / "bench/peers.py"), self.name, str(self.port)]

    def environment(self) -> dict[str, str]:
        return {}

    def start(self) -> None:
        command = ["taskset", "-c", str(CORE), *self.command()]
        environment = {**os.environ, **self.environment()}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, text=True
        )
        deadline = time.monotonic() + STARTS_WITHIN
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                return
        self.process.kill()
        raise RuntimeError(f"{self.name} did not start")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait()

    def pairs(self, count: int) -> Pairs:
        """So many rooms with two in each, ready to talk."""
        return [(self.join(n), self.join(n)) for n in range(count)]

    def join(self, room: int) -> Wire:
        raise NotImplementedError

    def idle(self, count: int) -> list[Wire]:
        """So many connections that say nothing."""
        return [self.join(0) for _ in range(count)]

    def cpu(self) -> dict[str, float]:
        """Seconds of processor the server has used.

        `loop` is its loop's thread in the program, `system` the same in the system, `threads` all
        its other threads, which commit and read.
        """
        assert self.process is not None
        found = {"loop": 0.0, "system": 0.0, "threads": 0.0}
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            user, system = (int(ticks) / os.sysconf("SC_CLK_TCK") for ticks in fields[11:13])
            if task.name == str(self.process.pid):
                found["loop"], found["system"] = user, system
            else:
                found["threads"] += user + system
        return found

    def resident(self) -> float:
        """KiB of memory the server holds."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024


class Websockets(Server):
    name = "websockets"
    kind = Kind(lambda n: framed(WORDS[n % len(WORDS)].encode()), b"")

    def join(self, room: int) -> Wire:
        return Wire.opened(self.port, f"/{room}", self.origin)


class Socketio(Server):
    name = "socketio"
    kind = Kind(lambda n: framed(f'42["m","{WORDS[n % len(WORDS)]}"]'.encode()), b"42")

    def join(self, room: int) -> Wire:
        path = f"/socket.io/?EIO=4&transport=websocket&room={room}"
        wire = Wire.opened(self.port, path, self.origin)
        wire.socket.sendall(framed(b"40"))
        wire.wait_for(b"40{")
        return wire


class Peerline(Server):
    name = "peerline"
    kind = Kind(lambda n: _said(n, WORDS[n % len(WORDS)]), b'{"t":"message"')

    def __init__(self, cards: int, profile: str = "") -> None:
        """A server with so many students; `profile` is a file for what its loop's thread did."""
        super().__init__()
        self.profile = profile
        self.data = tempfile.mkdtemp(prefix="peerline-bench-", dir=os.environ.get("BENCH_DIR"))
        issue = [sys.executable, "run_server.py", "cards", "issue", "--count", str(cards)]
        environment = {**os.environ, **self.environment()}
        printed = subprocess.run(
            issue, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        )
        self.cards = printed.stdout.split()

    def command(self) -> list[str]:
        watched = ["-m", "cProfile", "-o", self.profile] if self.profile else []
        return [sys.executable, *watched, "run_server.py", "serve"]

    def environment(self) -> dict[str, str]:
        return {
            "PEERLINE__SERVER__PORT": str(self.port),
            "PEERLINE__SERVER__DATA": self.data,
            "PEERLINE__CHAT__NEEDS_STAFF": "false",
            "PEERLINE__CHAT__MESSAGES_PER_10_SECONDS": "1000000",
        }

    def pairs(self, count: int) -> Pairs:
        rooms: dict[bytes, list[Wire]] = {}
        for student in come_in(self.port, self.origin, self._some(2 * count), chats=True):
            rooms.setdefault(student.room, []).append(student.wire)
        return [(one, other) for one, other in rooms.values()]

    def idle(self, count: int) -> list[Wire]:
        """Pages that have signed in and chosen nothing yet."""
        found = come_in(self.port, self.origin, self._some(count), chats=False)
        return [student.wire for student in found]

    def _some(self, count: int) -> list[str]:
        return [self.cards.pop() for _ in range(count)]

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.data)


class NothingTwice(Peerline):
    """The same server, when no message was said lately: judging remembers nothing of it."""

    name = "never said before"

    def __init__(self, cards: int) -> None:
        super().__init__(cards)
        words = _undisturbing()
        self.kind = Kind(lambda n: _said(n, words[n % DIFFERENT]), Peerline.kind.starts)


@cache
def _undisturbing() -> list[str]:
    """Messages, each another, that staff need not look at, as nearly all are.

    Two lines put together at random may read like danger; an incident for every hundredth message
    would measure how incidents are raised.
    """
    judge, lines = Judge.load(), everyday()
    decided = ((words, judge.judge(words)) for words in (two_of(lines, n) for n in count()))
    quiet = (words for words, one in decided if not one.attention and not one.delivery)
    return [*islice(quiet, DIFFERENT)]


def _said(number: int, words: str) -> bytes:
    return framed(b'{"t":"say","cid":"%022d","text":%s}' % (number, json.dumps(words).encode()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
