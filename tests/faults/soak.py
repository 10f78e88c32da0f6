"""`make soak`: the long runs of the tests of faults, one after another, and a table at the end.

    make soak                                      everything, some hours
    make soak KILLS=1000 NODE_KILLS=0 MINUTES=30   as many of each as said; 0 leaves a run out

Each is a test that `make test` runs with a small count; here the count is that of the acceptance,
in parts. What a part found is kept in `data/soak.jsonl` once it has passed, so that a soak that was
stopped goes on where it was; take the file away to begin anew. A run whose `MINUTES` are over ends
where it is, and the table says how far it came.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.progress import FIGURES, MINUTES, PART

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "data" / "soak.jsonl"
MOST = ("_s", "_ms")
"""How the names of figures end of which the greatest counts; all others are added up."""


@dataclass(frozen=True)
class Run:
    """A test, how often, in parts of how many, and the variables that make it long."""

    word: str
    count: int
    part: int
    variable: str
    test: str
    more: tuple[tuple[str, str], ...] = ()


RUNS = (
    Run("pages", 500, 500, "PEERLINE_TEST_PAGES", "tests/faults/test_crash_pages.py"),
    Run(
        "providers", 2000, 2000, "PEERLINE_TEST_FAILURES", "tests/faults/test_failing_providers.py"
    ),
    Run("storm", 5000, 5000, "PEERLINE_TEST_STORM", "tests/faults/test_storm.py"),
    Run("kills", 1000, 100, "PEERLINE_TEST_KILLS", "tests/faults/test_kill_nine.py"),
    Run(
        "node_kills",
        300,
        30,
        "PEERLINE_TEST_NODE_KILLS",
        "tests/scale/test_workers.py::test_F1_F4_F7_F26_nodes_come_and_go_and_nothing_acknowledged_is_lost",
        (("PEERLINE_TEST_NODES", "3"),),
    ),
    Run("failovers", 20, 20, "PEERLINE_TEST_FAILOVERS", "tests/scale/test_failover.py"),
    Run("cuts", 200, 50, "PEERLINE_TEST_CUTS", "tests/faults/test_power.py"),
    Run("messages", 1_000_000, 50_000, "PEERLINE_TEST_MESSAGES", "tests/faults/test_million.py"),
)


def main() -> int:
    """Run what was asked for; answers how many parts failed."""
    parser = argparse.ArgumentParser(prog="make soak")
    for run in RUNS:
        parser.add_argument(f"--{run.word.replace('_', '-')}", type=int, default=run.count)
    parser.add_argument("--minutes", type=float, default=600.0, help="for each run, at most")
    options = parser.parse_args()
    KEPT.parent.mkdir(exist_ok=True)
    failed = sum(_all_of(run, getattr(options, run.word), options.minutes) for run in RUNS)
    print(table(kept()))
    return failed


def kept() -> list[dict[str, Any]]:
    """What was found by every part that has passed."""
    return [*map(json.loads, KEPT.read_text().splitlines())] if KEPT.exists() else []


def table(rows: Iterable[dict[str, Any]]) -> str:
    """The figures of all parts together, a line for each kind of fault."""
    together: dict[str, dict[str, float]] = {}
    for row in rows:
        found = together.setdefault(row["what"], {})
        counted = {"done": row["done"], "seconds": row["seconds"], **row["counted"]}
        for name, value in counted.items():
            before = found.get(name, 0)
            found[name] = max(before, value) if name.endswith(MOST) else before + value
    lines = ["", "| what | seconds | figures |", "|---|---|---|"]
    for what, found in together.items():
        done, seconds = found.pop("done"), found.pop("seconds")
        told = ", ".join(f"{name} {value:,}" for name, value in found.items())
        lines.append(f"| {done:,} {what} | {seconds:,} | {told} |")
    return "\n".join(lines)


def _all_of(run: Run, count: int, minutes: float) -> int:
    """Every part of a run that is not kept yet; answers how many failed."""
    over, failed = time.monotonic() + minutes * 60, 0
    there = {row["part"] for row in kept() if row["word"] == run.word}
    for part, begun in enumerate(range(0, count, run.part)):
        left = (over - time.monotonic()) / 60
        if part not in there and left > 0:
            number = min(run.part, count - begun)
            print(f"{run.word}: {begun:,} to {begun + number:,}", flush=True)
            failed += not _passes(run, part, number, left)
    return failed


def _passes(run: Run, part: int, number: int, minutes: float) -> bool:
    """Run one part, and keep its figures if nothing was wrong."""
    with tempfile.TemporaryDirectory(prefix="peerline-soak-") as directory:
        figures = Path(directory) / "figures"
        also = {
            run.variable: str(number),
            FIGURES: str(figures),
            MINUTES: str(minutes),
            PART: str(part),
            "PEERLINE_TEST_PATIENCE": "600",  # it runs where nobody else wants the processor
            **dict(run.more),
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--capture=sys",
            "-p",
            "no:cacheprovider",
            "--timeout=0",
        ]
        environment = {**os.environ, **also}
        ended = subprocess.run([*command, run.test], cwd=ROOT, env=environment, check=False)
        if ended.returncode == 0 and figures.exists():
            found = [json.loads(line) for line in figures.read_text().splitlines()]
            last = {(row.pop("test"), row["what"]): row for row in found}
            with KEPT.open("a") as file:
                for row in last.values():
                    file.write(json.dumps({"word": run.word, "part": part, **row}) + "\n")
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
