"""Work in a thread that leaves the interpreter to others: a shell around long loops.

Used by `moderation/rules_page.py`. While a thread works, an event loop waits five milliseconds for
the interpreter each time it comes back from the system; where the thread rests, it waits for one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

WORK, REST = 0.001, 0.0002
"""Seconds of work after which a rest comes, and how long it is."""
_Thing = TypeVar("_Thing")


def resting(
    things: Iterable[_Thing],
    clock: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> Iterator[_Thing]:
    """Each in turn, with rests between them."""
    since = clock()
    for thing in things:
        yield thing
        if clock() - since >= WORK:
            rest(REST)
            since = clock()
