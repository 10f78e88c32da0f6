"""How far a long run is, and what it found: for `make soak`, which prints both.

A test says how far it is after every round, and stops when it is told that its time is over.
Nothing is printed or kept, and time is never over, unless the soak asks for it. A long run is made
of parts that differ in their chance only.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from random import Random
from typing import Protocol

FIGURES = "PEERLINE_TEST_FIGURES"
"""The file that keeps the figures of a part: one line of JSON for each test of it."""
MINUTES = "PEERLINE_TEST_MINUTES"
"""How long a part may go on."""
PART = "PEERLINE_TEST_PART"
"""Which part of a long run this is, from 0."""
EVERY = 10.0
"""Seconds between two lines on the screen."""


def seeded(seed: int) -> Random:
    """Chance that is the same in every run, and another one in every part of a long one."""
    return Random(seed + 1000 * int(os.environ.get(PART, "0")))


class Progress(Protocol):
    """Says that `done` rounds of `total` are over, and what was counted until now."""

    def __call__(self, done: int, total: int, what: str, **counted: float) -> bool:
        """Tell, if somebody wants to know; answers whether there is time for another round."""


class Soak:
    """Prints now and then, and keeps the last word."""

    def __init__(self) -> None:
        self._figures = os.environ.get(FIGURES)
        self._most = float(os.environ.get(MINUTES, "inf")) * 60
        self._begun = time.monotonic()
        self._said = 0.0

    def __call__(self, done: int, total: int, what: str, **counted: float) -> bool:
        """Tell the screen every ten seconds, and the file at the end."""
        if self._figures is None:
            return True
        now = time.monotonic()
        seconds = round(now - self._begun)
        last = done >= total or seconds >= self._most
        if last or now - self._said > EVERY:
            self._said = now
            found = ", ".join(f"{name} {value:,}" for name, value in counted.items())
            line = f"  {seconds:5} s  {done:,} {what} of {total:,}, {found}"
            print(line, file=sys.__stderr__, flush=True)
        if last:
            told = {"done": done, "seconds": seconds, "counted": counted}
            row = {"test": os.environ.get("PYTEST_CURRENT_TEST"), "what": what, **told}
            with Path(self._figures).open("a") as file:
                file.write(json.dumps(row) + "\n")
        return not last
