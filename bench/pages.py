"""How soon an adult is paged, and a cry for help answered, while the server does all it can.

    PYTHONPATH=. python bench/pages.py [--rooms N] [--pages N]

One process keeps every room talking as fast as it is answered, so that the server is saturated;
this one says a disclosure in a room of its own now and then, and waits for the page at a listener
that is the adult's telephone. Beside it students ask for a person and report a peer. Once more
without the load, to compare. The goals: a first
attempt within 2 s of the commit, help and report answered within 250 ms, 99 times of 100.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from load import closed_loop, framed
from servers import ROOT, Pairs, Peerline

CONFIG = """
[pager]
networks = ["127.0.0.1"]
"""
DISCLOSURE = "i am going to kill myself tonight"
LOGIN = "ola"
LONGEST = 30.0


class Paging(Peerline):
    """A server whose one adult on call is a listener of this process."""

    def __init__(self, cards: int) -> None:
        super().__init__(cards)
        self.telephone = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.telephone.settimeout(LONGEST)
        config = Path(self.data) / "bench.toml"
        config.write_text(CONFIG)
        self.config = str(config)
        address = f"http://127.0.0.1:{self.telephone.getsockname()[1]}/bell"
        self._staff("add", "--login", LOGIN, "--name", "Ola", "--role", "counsellor")
        self._staff("contact", "--login", LOGIN, "--channel", "webhook", "--address", address)

    def command(self) -> list[str]:
        return [*super().command(), "--config", self.config]

    def _staff(self, act: str, *rest: str) -> None:
        command = [sys.executable, "run_server.py", "staff", act, *rest, "--config", self.config]
        environment = {**os.environ, **self.environment()}
        subprocess.run(
            command, cwd=ROOT, env=environment, check=True, text=True, input="a long password\n",
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def page(self) -> float:
        """Wait for the next page to arrive; answers when it did."""
        caller, _ = self.telephone.accept()
        at = time.perf_counter()
        with caller:
            caller.recv(65536)
            caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return at


def main() -> None:
    options = _options()
    server = Paging(cards=2 * (options.rooms + 2 * options.pages))
    server.start()
    try:
        pairs = server.pairs(options.rooms)
        _print("quiet", _asked(server, options.pages))
        with _talking(pairs):
            before, begun = sum(server.cpu().values()), time.perf_counter()
            found = _asked(server, options.pages)
            share = (sum(server.cpu().values()) - before) / (time.perf_counter() - begun)
        _print(f"saturated ({share:.0%} of a core)", found)
    finally:
        server.stop()


@contextlib.contextmanager
def _talking(pairs: Pairs) -> Iterator[None]:
    """Keep every room talking meanwhile, from a process of its own."""
    context = multiprocessing.get_context("fork")
    child = context.Process(target=closed_loop, args=(pairs, Peerline.kind, 3600.0), daemon=True)
    child.start()
    try:
        yield
    finally:
        child.kill()


def _asked(server: Paging, count: int) -> dict[str, list[float]]:
    """Disclosures, calls for a person and reports, one after another; seconds of each."""
    found: dict[str, list[float]] = {"first page": [], "help": [], "report": []}
    for number, (one, other) in enumerate(server.pairs(count)):
        for wire in (one, other):
            wire.socket.settimeout(LONGEST)
        said = json.dumps(DISCLOSURE).encode()
        one.socket.sendall(framed(b'{"t":"say","cid":"%022d","text":%s}' % (number, said)))
        one.wait_for(b'"t":"ack"')
        committed = time.perf_counter()
        found["first page"].append(server.page() - committed)
        for name, frame, answer in (
            ("help", b'{"t":"help"}', b'"code":"no_adult"'),  # none has heard a test page
            ("report", b'{"t":"report","reason":"unkind"}', b'"code":"reported"'),
        ):
            begun = time.perf_counter()
            other.socket.sendall(framed(frame))
            other.wait_for(answer)
            found[name].append(time.perf_counter() - begun)
        one.socket.close()
        other.socket.close()
    return found


def _print(name: str, found: dict[str, list[float]]) -> None:
    print(name)
    for what, took in found.items():
        ordered = sorted(took)
        middle, most = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99))
        print(f"  {what:12} p50 {middle * 1000:8.1f} ms   p99 {most * 1000:8.1f} ms", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how soon an adult is paged.")
    parser.add_argument("--rooms", type=int, default=200, help="that talk all the time")
    parser.add_argument("--pages", type=int, default=100, help="disclosures, each time")
    return parser.parse_args()


if __name__ == "__main__":
    main()
