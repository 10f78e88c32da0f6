"""Shows how far long work at the command line has come; silent where nobody watches a terminal.

A shell, used by the commands of `python -m moderation`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")

EVERY = 0.1
"""Seconds between two looks."""


def shown(
    work: Iterable[T],
    total: int,
    name: str,
    stream: TextIO,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """Every piece of `work`, while a line on `stream` tells how many of `total` are done."""
    if not stream.isatty():
        yield from work
        return
    due = clock() + EVERY
    for number, piece in enumerate(work, 1):
        yield piece
        if clock() >= due:
            share = number * 100 // max(total, 1)
            stream.write(f"\r{name}: {number:,} of {total:,}, {share} %")
            stream.flush()
            due = clock() + EVERY
    stream.write("\r\x1b[K")
    stream.flush()
