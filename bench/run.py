"""`make bench`: the whole way of a message, measured beside bare relays in the same run.

    PYTHONPATH=. python bench/run.py [--seconds S] [--rooms N] [--idle N] [--rounds N]
                                     [--sizes N,N…] [--profile]

The server under test has one core to itself, the load the other; rounds of all servers take turns,
and the median of each stands in the table. Ours decodes, judges, seals, commits with fsync, acks
and delivers; a relay passes on. Read the ratios: the machine is noisy. Where other programs share
the cores, the ratio of processor time says more than that of messages a second.
"""

from __future__ import annotations

import argparse
import os
import pstats
import resource
import statistics
import tempfile
import time
from pathlib import Path

from load import Measured, closed_loop, paced
from servers import CORE, ROOT, NothingTwice, Pairs, Peerline, Server, Socketio, Websockets

PACE = 1000
FULL = 0.9
"""The load's own share of its core from which it may be what holds the server back."""
CPU = "CPU µs a message"
RATE = "messages/s"

Row = dict[str, float]


def main() -> None:
    options = _options()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.sched_setaffinity(0, {1 - CORE})
    if options.profile:
        _profile(options)
    elif options.sizes:
        _sizes(options)
    else:
        _beside_relays(options)


def _beside_relays(options: argparse.Namespace) -> None:
    """The table of docs/performance.md."""
    rows: dict[str, list[Row]] = {}
    for number in range(options.rounds):
        cards = options.rooms * 2 + options.idle
        for server in (Peerline(cards), NothingTwice(cards), Websockets(), Socketio()):
            print(f"round {number + 1} of {options.rounds}: {server.name} …", flush=True)
            rows.setdefault(server.name, []).append(_measure(server, options))
    medians = _print(rows)
    for ours in (Peerline.name, NothingTwice.name):
        for relay in (Websockets.name, Socketio.name):
            rate = medians[ours][RATE] / medians[relay][RATE]
            cost = medians[relay][CPU] / medians[ours][CPU]
            print(f"{ours}: {rate:.2f} × {relay} by messages, {cost:.2f} × by processor time")


def _sizes(options: argparse.Namespace) -> None:
    """What a message costs in few rooms and in many, beside the relay with as many."""
    rows: dict[str, list[Row]] = {}
    for number in range(options.rounds):
        for size in options.sizes:
            for server in (Peerline(2 * size), Websockets()):
                name = f"{server.name}, {size} rooms"
                print(f"round {number + 1} of {options.rounds}: {name} …", flush=True)
                rows.setdefault(name, []).append(_of_size(server, size, options.seconds))
    _print(rows)


def _of_size(server: Server, size: int, seconds: float) -> Row:
    server.start()
    try:
        pairs, coming = _come_in(server, size)
        return {**coming, **_loaded(server, pairs, seconds)}
    finally:
        server.stop()


def _profile(options: argparse.Namespace) -> None:
    """Where the time of the loop's thread goes, file by file; cProfile makes all of it slower."""
    with tempfile.TemporaryDirectory() as folder:
        server = Peerline(options.rooms * 2, str(Path(folder) / "profile"))
        server.start()
        try:
            pairs, _ = _come_in(server, options.rooms)
            _loaded(server, pairs, 2 * options.seconds)
        finally:
            server.stop()
        shares: dict[str, float] = {}
        for (file, _, name), (_, _, own, *_) in pstats.Stats(server.profile).stats.items():  # type: ignore[attr-defined]
            place = file.removeprefix(f"{ROOT}/") if file != "~" else name
            shares[place] = shares.get(place, 0.0) + own
    whole = sum(shares.values())
    for place, own in sorted(shares.items(), key=lambda one: -one[1])[:30]:
        print(f"{own / whole:6.1%}  {place}")


def _measure(server: Server, options: argparse.Namespace) -> Row:
    server.start()
    try:
        pairs, coming = _come_in(server, options.rooms)
        row = _loaded(server, pairs, options.seconds)
        quiet = pairs[: PACE // 20]
        _drain(quiet)
        steady = paced(quiet, server.kind, PACE, options.seconds)
        empty = server.resident()
        idle = server.idle(options.idle)
        each = (server.resident() - empty) / max(len(idle), 1)
        for wire in (*idle, *(wire for pair in pairs for wire in pair)):
            wire.socket.close()
    finally:
        server.stop()
    latency = {"p50 µs": _share(steady, 0.50), "p99 µs": _share(steady, 0.99)}
    return {**row, **latency, "KiB an idle connection": each, **coming}


def _come_in(server: Server, rooms: int) -> tuple[Pairs, Row]:
    """Pairs that are ready to talk, and how many came in a second."""
    begun = time.perf_counter()
    pairs = server.pairs(rooms)
    a_second = 2 * rooms / (time.perf_counter() - begun)
    # Nobody signs in to a relay.
    return pairs, {"come in a second": a_second} if isinstance(server, Peerline) else {}


def _loaded(server: Server, pairs: Pairs, seconds: float) -> Row:
    """As many messages as the server can take."""
    closed_loop(pairs, server.kind, 1.0)
    before = server.cpu()
    loaded = closed_loop(pairs, server.kind, seconds)
    each = 1e6 / max(loaded.messages, 1)
    parts = {name: (now - before[name]) * each for name, now in server.cpu().items()}
    if loaded.busy > FULL:
        print(f"{server.name}: the load had no time to spare; it may be the bottleneck")
    return {
        RATE: loaded.messages / loaded.seconds,
        CPU: sum(parts.values()),
        **{f"{name} µs": spent for name, spent in parts.items()},
        "load %": 100 * loaded.busy,
    }


def _drain(pairs: Pairs) -> None:
    """Let what is still under way arrive, so that it is not taken for an answer."""
    for pair in pairs:
        for wire in pair:
            wire.socket.settimeout(0.05)
            try:
                while True:
                    wire.payloads()
            except TimeoutError:
                wire.socket.settimeout(None)


def _share(measured: Measured, share: float) -> float:
    ordered = sorted(measured.latencies)
    return ordered[int(share * (len(ordered) - 1))] if ordered else float("nan")


def _print(rows: dict[str, list[Row]]) -> dict[str, Row]:
    medians = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in rows.items()
    }
    width = max(map(len, medians)) + 2
    columns = list(next(iter(medians.values())))
    print(f"\n{'':{width}}" + "  ".join(columns))
    for name, row in medians.items():
        cells = (f"{row.get(column, float('nan')):{len(column)},.1f}" for column in columns)
        print(f"{name:{width}}" + "  ".join(cells))
    return medians


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the whole way of a message.")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each load")
    parser.add_argument("--rooms", type=int, default=400)
    parser.add_argument("--idle", type=int, default=2000, help="idle connections")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--profile",
        action="store_true",
        help="only where the time goes, its start included: give it --seconds 20",
    )
    parser.add_argument(
        "--sizes",
        type=lambda words: [int(word) for word in words.split(",")],
        metavar="N,N",
        help="only what a message costs in so many rooms, as 10,400,5000",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
