"""How far a long run is, and what it found: for `make soak`, which prints both.

A test says how far it is after every round, and stops when it is told that its time is over.
Nothing is printed or kept, and time is never over, unless the soak asks for it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Protocol

FIGURES = "PEERLINE_TEST_FIGURES"
"""The file that keeps the figures of a soak: one line of JSON for each word of it."""
MINUTES = "PEERLINE_TEST_MINUTES"
"""How long each word of a soak may go on."""
EVERY = 10.0
"""Seconds between two lines on the screen."""


class Progress(Protocol):
    """Says that `done` rounds of `total` are over, and what was counted until now."""

    def __call__(self, done: int, total: int, what: str, **counted: float) -> bool:
        """Tell, if somebody wants to know; answers whether there is time for another round."""


class Soak:
    """Prints now and then, and keeps the last word."""

    def __init__(self, test: str) -> None:
        self._test = test
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
        words = {what: f"{done:,}", **{name: f"{value:,}" for name, value in counted.items()}}
        last = done == total or seconds >= self._most
        if last or now - self._said > EVERY:
            self._said = now
            told = ", ".join(f"{name} {value}" for name, value in words.items())
            print(f"  {seconds:5} s  {told}  (of {total:,})", file=sys.__stderr__, flush=True)
        if last:
            with Path(self._figures).open("a") as file:
                row = {"test": self._test, "seconds": seconds, "figures": words}
                file.write(json.dumps(row) + "\n")
        return not last
