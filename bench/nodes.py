"""`make bench-nodes`: one node against two, PostgreSQL against SQLite, and help under load.

    PYTHONPATH=. python bench/nodes.py [--seconds S] [--rooms N] [--rounds N]

Everything shares this machine's cores, so beside messages a second stands what each part spends of
the processor for a message: that is what tells how far more cores would carry. While the load runs,
pages in rooms of their own ask for a person and report their peer; how long the answer takes is R6.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import load
from load import Kind, Wire, framed
from servers import Peerline

from tests.servers import Postgres, Redis

ASKERS = 24
"""Rooms whose pages ask for help; each may send six frames a second."""
PAUSE = 0.015
"""Seconds between two questions."""
ASKED = (
    (framed(b'{"t":"help"}'), b'"code":"no_adult"'),
    (framed(b'{"t":"report","reason":"unkind"}'), b'"code":"reported"'),
)
TICK = os.sysconf("SC_CLK_TCK")

Pair = tuple[Wire, Wire]


class OneNode(Peerline):
    """A node; its core is `core`, its records and its Redis where `shared` says."""

    core = "0"

    def __init__(self, cards: int, shared: dict[str, str]) -> None:
        self.shared = shared
        super().__init__(cards)

    def command(self) -> list[str]:
        return ["taskset", "-c", self.core, *super().command()]

    def environment(self) -> dict[str, str]:
        return {**super().environment(), **self.shared}


class SecondNode(OneNode):
    """Another node of the same school, on the other core; `cards` are those of the first."""

    core = "1"

    def __init__(self, first: OneNode) -> None:
        super().__init__(1, {**first.shared, "PEERLINE__SERVER__DATA": first.data})
        self.cards = first.cards


def paired(one: Peerline, other: Peerline, rooms: int) -> list[Pair]:
    """That many rooms with one page at each of two nodes, or both at the same."""
    found = list(zip(one.idle(rooms), other.idle(rooms), strict=True))
    for pair in found:
        for wire in pair:
            wire.socket.sendall(framed(b'{"t":"understood","answer":1}'))
            wire.wait_for(b'"understood":true')
            wire.socket.sendall(framed(b'{"t":"join","topic":"mood"}'))
        for wire in pair:
            wire.wait_for(b'"t":"resumed"')
    return found


@dataclass(frozen=True)
class Part:
    """Something that uses the processor: how to read the seconds it has used."""

    name: str
    cpu: Callable[[], float]


def used_by(pid: int) -> float:
    """Seconds of processor that a process and its living children have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = 0.0
    for one in (pid, *map(int, children)):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def under_load(pairs: list[Pair], kind: Kind, seconds: float, act: Callable[[], None]) -> int:
    """Run the load in a process of its own and `act` beside it; answers how many messages."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            load._numbers = count(os.getpid() << 32)  # noqa: SLF001 - no cid twice
            os.write(writing, b"%d" % load.closed_loop(pairs, kind, seconds).messages)
        finally:
            os._exit(0)
    os.close(writing)
    act()
    with os.fdopen(reading, "rb") as answer:
        messages = int(answer.read())
    os.waitpid(child, 0)
    return messages


def ask(askers: Sequence[Wire], seconds: float) -> list[float]:
    """Milliseconds until each cry for help and each report was answered."""
    found = []
    until = time.perf_counter() + seconds
    number = 0
    while (begun := time.perf_counter()) < until:
        wire = askers[number % len(askers)]
        frame, answer = ASKED[(number // len(askers)) % 2]
        wire.socket.sendall(frame)
        wire.wait_for(answer)
        found.append((time.perf_counter() - begun) * 1e3)
        number += 1
        time.sleep(PAUSE)
    return found


def measured(
    pairs: list[Pair], askers: list[Wire], parts: list[Part], seconds: float
) -> dict[str, float]:
    kind = Peerline.kind
    under_load(pairs, kind, 1.0, lambda: time.sleep(1.0))
    before = [part.cpu() for part in parts]
    mine = resource.getrusage(resource.RUSAGE_CHILDREN)
    asked: list[float] = []
    messages = under_load(pairs, kind, seconds, lambda: asked.extend(ask(askers, seconds)))
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = [part.cpu() - was for part, was in zip(parts, before, strict=True)]
    found = {"messages/s": messages / seconds}
    for part, cpu in zip(parts, spent, strict=True):
        found[f"{part.name}, µs"] = found.get(f"{part.name}, µs", 0.0) + cpu / messages * 1e6
    cpu = theirs.ru_utime + theirs.ru_stime - mine.ru_utime - mine.ru_stime
    found["load, µs"] = cpu / messages * 1e6
    found["load, share of a core"] = cpu / seconds
    ordered = sorted(asked)
    found["help p50 ms"] = ordered[len(ordered) // 2]
    found["help p99 ms"] = ordered[int(0.99 * (len(ordered) - 1))]
    return found


def with_one(
    shared: dict[str, str], parts: list[Part], options: argparse.Namespace
) -> dict[str, float]:
    node = OneNode(2 * (options.rooms + ASKERS), shared)
    node.start()
    try:
        pairs = paired(node, node, options.rooms)
        askers = [pair[0] for pair in paired(node, node, ASKERS)]
        return measured(pairs, askers, [_of(node), *parts], options.seconds)
    finally:
        node.stop()


def with_two(
    shared: dict[str, str], parts: list[Part], options: argparse.Namespace
) -> dict[str, float]:
    """Half of the rooms reach over both nodes, as with students spread evenly."""
    one = OneNode(2 * (options.rooms + ASKERS), shared)
    one.start()
    other = SecondNode(one)
    other.start()
    try:
        across, own = options.rooms // 2, options.rooms // 4
        pairs = paired(one, other, across) + paired(one, one, own) + paired(other, other, own)
        askers = [pair[0] for pair in paired(one, other, ASKERS)]
        return measured(pairs, askers, [_of(one), _of(other), *parts], options.seconds)
    finally:
        other.stop()
        one.stop()


def _of(node: OneNode) -> Part:
    assert node.process is not None
    return Part("nodes", lambda pid=node.process.pid: used_by(pid))  # type: ignore[misc]


def main() -> None:
    options = _options()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    postgres, redis = Postgres.made(safe=True), Redis.made()
    rows: dict[str, list[dict[str, float]]] = {}
    try:
        postgres.ready()
        for number in range(options.rounds):
            for name in ("SQLite, one node", "PostgreSQL, one node", "PostgreSQL, two nodes"):
                print(f"round {number + 1} of {options.rounds}: {name} …", flush=True)
                rows.setdefault(name, []).append(_round(name, postgres, redis, options))
    finally:
        postgres.close()
        redis.close()
    _print(rows)


def _round(
    name: str, postgres: Postgres, redis: Redis, options: argparse.Namespace
) -> dict[str, float]:
    if name.startswith("SQLite"):
        return with_one({}, [], options)
    url = asyncio.run(postgres.database("school"))
    shared = {"PEERLINE__DATABASE": url, "PEERLINE__REDIS": redis.address}
    servers = [("PostgreSQL", postgres.process), ("Redis", redis.process)]
    parts = [
        Part(what, lambda pid=process.pid: used_by(pid))  # type: ignore[misc]
        for what, process in servers
        if process is not None
    ]
    return (with_two if name.endswith("two nodes") else with_one)(shared, parts, options)


def _print(rows: dict[str, list[dict[str, float]]]) -> None:
    medians = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in rows.items()
    }
    columns = list(dict.fromkeys(key for row in medians.values() for key in row))
    print(f"\n{'':24}" + "".join(f"{name:>24}" for name in medians))
    for column in columns:
        cells = "".join(f"{row.get(column, float('nan')):24,.2f}" for row in medians.values())
        print(f"{column:24}{cells}")
    sqlite, one, two = medians.values()
    print(f"PostgreSQL against SQLite, as measured: {one['messages/s'] / sqlite['messages/s']:.2f}")
    print(f"two nodes against one, as measured: {two['messages/s'] / one['messages/s']:.2f}")
    by_cpu = 2 * one["nodes, µs"] / two["nodes, µs"]
    print(f"two nodes against one, were each node's core all that is short: {by_cpu:.2f}")
    print(json.dumps(medians))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure one node and two.")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each load")
    parser.add_argument("--rooms", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
