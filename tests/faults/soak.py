"""`make soak`: the long runs of the tests of faults, one after another, and a table at the end.

    make soak                                      everything, some hours
    make soak KILLS=1000 NODE_KILLS=0 MINUTES=30   as many of each as said; 0 leaves a run out

Each is a test that `make test` runs with a small count; here the count is that of the acceptance.
A run whose `MINUTES` are over ends where it is, is checked, and tells the count it came to.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.faults.progress import FIGURES, MINUTES

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Run:
    """A test, the variables that make it long, and which of them is its count."""

    word: str
    count: int
    variable: str
    test: str
    more: tuple[tuple[str, str], ...] = ()


RUNS = (
    Run("kills", 1000, "PEERLINE_TEST_KILLS", "tests/faults/test_kill_nine.py"),
    Run(
        "node_kills",
        300,
        "PEERLINE_TEST_NODE_KILLS",
        "tests/scale/test_workers.py::test_F1_F4_F26_nodes_come_and_go_and_nothing_acknowledged_is_lost",
        (("PEERLINE_TEST_NODES", "3"),),
    ),
    Run("cuts", 200, "PEERLINE_TEST_CUTS", "tests/faults/test_power.py"),
    Run("messages", 1_000_000, "PEERLINE_TEST_MESSAGES", "tests/faults/test_million.py"),
    Run("storm", 5000, "PEERLINE_TEST_STORM", "tests/faults/test_storm.py"),
)


def main() -> int:
    """Run what was asked for; answers how many runs failed."""
    parser = argparse.ArgumentParser(prog="make soak")
    for run in RUNS:
        parser.add_argument(f"--{run.word.replace('_', '-')}", type=int, default=run.count)
    parser.add_argument("--minutes", type=float, default=600.0, help="for each run, at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peerline-soak-") as directory:
        figures, failed = Path(directory) / "figures", 0
        for run in RUNS:
            count = getattr(options, run.word)
            if count:
                print(f"{run.word}: {count:,}", flush=True)
                failed += _one(run, count, options.minutes, figures)
        _table(figures)
    return failed


def _one(run: Run, count: int, minutes: float, figures: Path) -> bool:
    also = {
        run.variable: str(count),
        FIGURES: str(figures),
        MINUTES: str(minutes),
        **dict(run.more),
    }
    command = [sys.executable, "-m", "pytest", "-qs", "-p", "no:cacheprovider", "--timeout=0"]
    ended = subprocess.run([*command, run.test], cwd=ROOT, env={**os.environ, **also}, check=False)
    return ended.returncode != 0


def _table(figures: Path) -> None:
    told = map(json.loads, figures.read_text().splitlines() if figures.exists() else [])
    rows = {row["test"]: row for row in told}  # the last word of each
    print("\n| what | seconds | figures |\n|---|---|---|")
    for row in rows.values():
        what, *counted = row["figures"].items()
        found = ", ".join(f"{name} {value}" for name, value in counted)
        print(f"| {what[1]} {what[0]} | {row['seconds']:,} | {found} |")


if __name__ == "__main__":
    sys.exit(main())
