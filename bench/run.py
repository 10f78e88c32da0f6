"""`make bench`: the whole way of a message, measured beside bare relays in the same run.

    python bench/run.py [--seconds S] [--rooms N] [--idle N] [--rounds N]

The server under test has one core to itself, the load the other; rounds of all servers take turns,
and the median of each stands in the table. Ours decodes, judges, seals, commits with fsync, acks
and delivers; a relay passes on. Read the ratios: the machine is noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from load import WORDS, Kind, Measured, Wire, closed_loop, everyday, framed, paced, two_of

ROOT = Path(__file__).parent.parent
PACE = 1000


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
        command = ["taskset", "-c", "0", *self.command()]
        environment = {**os.environ, **self.environment()}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, text=True
        )
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"{self.name} did not start")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait()

    def pairs(self, count: int) -> list[tuple[Wire, Wire]]:
        return [(self.join(n), self.join(n)) for n in range(count)]

    def join(self, room: int) -> Wire:
        raise NotImplementedError

    def idle(self) -> Wire:
        return self.join(0)

    def cpu(self) -> float:
        """Seconds of processor the server has used."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> float:
        """KiB of memory the server holds."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024


class Websockets(Server):
    name = "websockets"
    kind = Kind(lambda n: framed(WORDS[n % len(WORDS)].encode()), b"")

    def join(self, room: int) -> Wire:
        return Wire(self.port, f"/{room}", self.origin)


class Socketio(Server):
    name = "socketio"
    kind = Kind(lambda n: framed(f'42["m","{WORDS[n % len(WORDS)]}"]'.encode()), b"42")

    def join(self, room: int) -> Wire:
        path = f"/socket.io/?EIO=4&transport=websocket&room={room}"
        wire = Wire(self.port, path, self.origin)
        wire.socket.sendall(framed(b"40"))
        wire.wait_for(b"40{")
        return wire


class Peerline(Server):
    name = "peerline"
    kind = Kind(lambda n: _said(n, WORDS[n % len(WORDS)]), b'{"t":"message"')

    def __init__(self, cards: int) -> None:
        super().__init__()
        self.data = tempfile.mkdtemp(prefix="peerline-bench-", dir=os.environ.get("BENCH_DIR"))
        issue = [sys.executable, "run_server.py", "cards", "issue", "--count", str(cards)]
        environment = {**os.environ, **self.environment()}
        printed = subprocess.run(
            issue, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        )
        self.cards = printed.stdout.split()

    def command(self) -> list[str]:
        return [sys.executable, "run_server.py", "serve"]

    def environment(self) -> dict[str, str]:
        return {
            "PEERLINE__SERVER__PORT": str(self.port),
            "PEERLINE__SERVER__DATA": self.data,
            "PEERLINE__CHAT__NEEDS_STAFF": "false",
            "PEERLINE__CHAT__MESSAGES_PER_10_SECONDS": "1000000",
        }

    def pairs(self, count: int) -> list[tuple[Wire, Wire]]:
        found = []
        for _ in range(count):
            pair = self.idle(), self.idle()
            for wire in pair:
                wire.socket.sendall(framed(b'{"t":"understood","answer":1}'))
                wire.wait_for(b'"understood":true')
                wire.socket.sendall(framed(b'{"t":"join","topic":"mood"}'))
            for wire in pair:
                wire.wait_for(b'"t":"resumed"')
            found.append(pair)
        return found

    def idle(self) -> Wire:
        """A page that has signed in and chosen nothing yet."""
        request = urllib.request.Request(
            f"{self.origin}/api/sign-in",
            json.dumps({"card": self.cards.pop()}).encode(),
            {"Content-Type": "application/json", "Origin": self.origin},
        )
        with urllib.request.urlopen(request) as answer:
            token = json.load(answer)["token"]
        wire = Wire(self.port, "/ws", self.origin)
        wire.socket.sendall(framed(b'{"t":"hello","token":"%s"}' % token.encode()))
        wire.wait_for(b'"t":"topics"')
        return wire

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.data)


class NothingTwice(Peerline):
    """The same server, when no message was ever said before: judging remembers nothing of it."""

    name = "never said before"

    def __init__(self, cards: int) -> None:
        super().__init__(cards)
        lines = everyday()
        self.kind = Kind(lambda n: _said(n, two_of(lines, n)), Peerline.kind.starts)


def _said(number: int, words: str) -> bytes:
    return framed(b'{"t":"say","cid":"%022d","text":%s}' % (number, json.dumps(words).encode()))


def main() -> None:
    options = _options()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.sched_setaffinity(0, {1})
    rows: dict[str, list[dict[str, float]]] = {}
    for number in range(options.rounds):
        cards = options.rooms * 2 + options.idle
        for server in (Peerline(cards), NothingTwice(cards), Websockets(), Socketio()):
            print(f"round {number + 1} of {options.rounds}: {server.name} …", flush=True)
            rows.setdefault(server.name, []).append(_measure(server, options))
    _print(rows)


def _measure(server: Server, options: argparse.Namespace) -> dict[str, float]:
    server.start()
    try:
        pairs = server.pairs(options.rooms)
        closed_loop(pairs, server.kind, 1.0)
        before = server.cpu()
        loaded = closed_loop(pairs, server.kind, options.seconds)
        cpu = server.cpu() - before
        quiet = pairs[: PACE // 20]
        _drain(pairs)
        steady = paced(quiet, server.kind, PACE, options.seconds)
        empty = server.resident()
        idle = [server.idle() for _ in range(options.idle)]
        each = (server.resident() - empty) / max(len(idle), 1)
        for wire in (*idle, *(wire for pair in pairs for wire in pair)):
            wire.socket.close()
    finally:
        server.stop()
    return {
        "messages/s": loaded.messages / loaded.seconds,
        "CPU µs a message": cpu / max(loaded.messages, 1) * 1e6,
        "p50 µs": _share(steady, 0.50),
        "p99 µs": _share(steady, 0.99),
        "KiB per idle connection": each,
    }


def _drain(pairs: list[tuple[Wire, Wire]]) -> None:
    """Let what is still under way arrive, so that it is not taken for an answer."""
    for pair in pairs:
        for wire in pair:
            wire.socket.settimeout(0.002)
            try:
                while True:
                    wire.payloads()
            except TimeoutError:
                wire.socket.settimeout(None)


def _share(measured: Measured, share: float) -> float:
    ordered = sorted(measured.latencies)
    return ordered[int(share * (len(ordered) - 1))] if ordered else float("nan")


def _print(rows: dict[str, list[dict[str, float]]]) -> None:
    medians = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in rows.items()
    }
    columns = list(next(iter(medians.values())))
    print(f"\n{'':18}" + "".join(f"{column:>26}" for column in columns))
    for name, row in medians.items():
        print(f"{name:18}" + "".join(f"{row[column]:26,.1f}" for column in columns))
    for ours in (Peerline.name, NothingTwice.name):
        for relay in (Websockets.name, Socketio.name):
            share = medians[ours]["messages/s"] / medians[relay]["messages/s"]
            print(f"{ours}: {share:.2f} × {relay}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the whole way of a message.")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each load")
    parser.add_argument("--rooms", type=int, default=400)
    parser.add_argument("--idle", type=int, default=2000, help="idle connections")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
