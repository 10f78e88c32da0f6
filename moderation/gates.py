"""Which patterns may fit a message: one test for all of them, before any is tried. Pure.

Used by `moderation/phrases.py`. A pattern can fit only if some word of each of a few sets is in
the message, its *needs*. Every need is one bit of a whole number; each word has the number of all
the needs it meets. So the numbers of the message's words, put together, show at once which patterns
have all their needs met, and what it costs hardly depends on how many rules there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce
from itertools import repeat
from operator import add, or_

Needs = tuple[frozenset[str], ...]
"""Sets of words; a message must hold some word of each."""
MOST_NEEDS = 3
"""Needs of a pattern that are looked at: its rarest ones. More would hardly stop any further."""


class Gates:
    """The needs of every pattern. Add all of them, then `close`, then ask what is `possible`."""

    def __init__(self, weight: Callable[[AbstractSet[str]], int]) -> None:
        """`weight` tells how often some word of a set is met; any unit."""
        self._weight = weight
        self._needs: list[Sequence[AbstractSet[str]]] = []
        self._ways: list[tuple[Needs, int]] = []
        self._masks: dict[str, int] = {}
        self._unneeded = 0
        self._all = 0

    def add(self, needs: Sequence[AbstractSet[str]], pairs: Needs, number: int) -> None:
        """Pattern `number` may fit if all `needs` are met, and one of each of `pairs` is there.

        A pair is two words that must stand side by side. A pattern may be added in several ways.
        """
        self._needs.append(sorted(needs, key=self._weight)[:MOST_NEEDS])
        self._ways.append((pairs, number))

    def close(self) -> None:
        """Work out the number of every word; to be called again when more was added."""
        count = len(self._ways)
        places: dict[str, list[int]] = {}
        self._unneeded = 0
        for at, needs in enumerate(self._needs):
            for lane in range(MOST_NEEDS):
                if lane >= len(needs):
                    self._unneeded |= 1 << (lane * count + at)
                    continue
                for word in needs[lane]:
                    places.setdefault(word, []).append(lane * count + at)
        self._masks = {word: _number(found) for word, found in places.items()}
        self._all = (1 << count) - 1

    def possible(self, codes: str, present: AbstractSet[str]) -> set[int]:
        """Numbers of the patterns that may fit a message with these codes; mostly none do."""
        met = reduce(or_, map(self._masks.get, present, repeat(0)), self._unneeded)
        count = len(self._ways)
        passed = met & self._all
        for lane in range(1, MOST_NEEDS):
            passed &= met >> (lane * count)
        found: set[int] = set()
        together: set[str] | None = None
        while passed:
            lowest = passed & -passed
            passed ^= lowest
            pairs, number = self._ways[lowest.bit_length() - 1]
            if pairs and together is None:
                together = set(map(add, codes, codes[1:]))
            if together is None or all_met(pairs, together):
                found.add(number)
        return found


def _number(places: Iterable[int]) -> int:
    """The whole number whose bits at these places are set."""
    bits = bytearray(max(places) // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def all_met(needs: Needs, present: AbstractSet[str]) -> bool:
    """Whether a message with these words holds something of each need."""
    return not any(need.isdisjoint(present) for need in needs)
