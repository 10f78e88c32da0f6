"""Which patterns may fit a message, before any is tried. Pure.

Used by `moderation/phrases.py`. A pattern can fit only if some word of each of a few sets is in the
message, its *needs*. The words of its rarest need open it, each by a *gate*; the gate of every word
also has a bit for each need it meets that is the second rarest of some pattern. So the bits of a
message's words, put together, show at each open gate which patterns are worth a closer look, and
what it costs depends on the words that are there and hardly on how many rules there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce
from itertools import repeat
from operator import add, and_, or_
from typing import NamedTuple

Needs = tuple[frozenset[str], ...]
"""Sets of words; a message must hold some word of each."""
MOST_NEEDS = 3
"""Needs of a pattern that are looked at: its rarest ones. More would hardly stop any further."""
_Way = tuple[int, frozenset[str], Needs]
"""A pattern's number, its third rarest need, if any, and its pairs."""
_NOTHING_MORE = 1
"""The bit that every message meets: some patterns have one need only."""


class Gate(NamedTuple):
    """What a word does for the patterns that may fit.

    `met` are the bits of the needs it meets; `wanted` those of the patterns it opens, and `ways`
    has these by the number of the bit.
    """

    met: int
    wanted: int
    ways: Mapping[int, Sequence[_Way]]


SHUT = Gate(0, 0, {})


class Gates:
    """The needs of every pattern: add all of them, then ask what is `possible`."""

    def __init__(self, weight: Callable[[AbstractSet[str]], int]) -> None:
        """`weight` tells how often some word of a set is met; any unit."""
        self._weight = weight
        self._bits: dict[frozenset[str], int] = {frozenset(): _NOTHING_MORE}
        self._met: dict[str, int] = {}
        self._opens: dict[str, dict[int, list[_Way]]] = {}

    def add(self, needs: Sequence[AbstractSet[str]], pairs: Needs, number: int) -> None:
        """Pattern `number` may fit if all `needs` are met, and one of each of `pairs` is there.

        A pair is two words that must stand side by side. A pattern may be added in several ways.
        """
        rarest, *others = sorted(needs, key=self._weight)[:MOST_NEEDS]
        bit = self._bit(frozenset(others[0]) if others else frozenset())
        way = number, frozenset(others[1] if others[1:] else ()), pairs
        for word in rarest:
            self._opens.setdefault(word, {}).setdefault(bit.bit_length(), []).append(way)

    def _bit(self, need: frozenset[str]) -> int:
        bit = self._bits.get(need)
        if bit is None:
            bit = self._bits[need] = 1 << len(self._bits)
            for word in need:
                self._met[word] = self._met.get(word, 0) | bit
        return bit

    def gate(self, codes: str) -> Gate:
        """The gate of words with these codes, to be asked for once all patterns are in."""
        met = reduce(or_, (self._met.get(code, 0) for code in codes), 0)
        ways: dict[int, list[_Way]] = {}
        for code in codes:
            for number, own in self._opens.get(code, {}).items():
                ways[number] = [*ways.get(number, ()), *own]
        wanted = reduce(or_, (1 << number - 1 for number in ways), 0)
        return Gate(met, wanted, ways) if met or ways else SHUT

    def possible(self, codes: str, present: AbstractSet[str], gates: Sequence[Gate]) -> set[int]:
        """Numbers of the patterns that may fit a message with these codes; mostly none do."""
        found: set[int] = set()
        if not gates:
            return found
        mets, wanted, ways = zip(*gates, strict=True)
        hits = [*map(and_, wanted, repeat(reduce(or_, mets, _NOTHING_MORE)))]
        if not any(hits):
            return found
        together: set[str] | None = None
        for bits, opened in zip(hits, ways, strict=True):
            left = bits
            while left:
                place = left.bit_length()
                left ^= 1 << place - 1
                for number, third, pairs in opened[place]:
                    if third.isdisjoint(present) and third:
                        continue
                    if together is None:
                        together = set(map(add, codes, codes[1:]))
                    if all_met(pairs, together):
                        found.add(number)
        return found


def all_met(needs: Needs, present: AbstractSet[str]) -> bool:
    """Whether a message with these words holds something of each need."""
    for need in needs:  # noqa: SIM110 - a generator takes three times as long
        if need.isdisjoint(present):
            return False
    return True
