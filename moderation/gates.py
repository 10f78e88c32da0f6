"""Which patterns may fit a message, before any is tried. Pure.

Used by `moderation/phrases.py`. A pattern can fit only if some word of each of a few sets is in the
message, its *needs*. The words of its rarest need open it, each by a *gate*; the gate of every word
also has a bit for each need it meets that is the second rarest of some pattern. So the bits of a
message's words, put together, show at each open gate which patterns are worth a closer look, and
what it costs depends on the words that are there and hardly on how many rules there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce
from itertools import repeat
from operator import add, and_, or_
from typing import NamedTuple

from moderation.vocabulary import UNKNOWN

Needs = tuple[frozenset[str], ...]
"""Sets of words; a message must hold some word of each."""
MOST_NEEDS = 3
"""Needs of a pattern that are looked at: its rarest ones. More would hardly stop any further."""
_Way = tuple[int, frozenset[str], Needs]
"""A pattern's number, its third rarest need, if any, and its pairs."""
_MANY = 40
_NOTHING_MORE = 1
"""The bit that every message meets: some patterns have one need only."""


class Gate(NamedTuple):
    """What a word does for the patterns that may fit.

    `met` are the bits of the needs it meets; `wanted` those of the patterns it opens, and `ways`
    has these by the number of the bit.
    """

    met: int
    wanted: int
    ways: dict[int, list[_Way]]


SHUT = Gate(0, 0, {})


class Gates:
    """The needs of every pattern: add all of them, then ask what is `possible`."""

    def __init__(self, weight: Callable[[AbstractSet[str]], int]) -> None:
        """`weight` tells how often some word of a set is met; any unit."""
        self._weight = weight
        self._bits: dict[frozenset[str], int] = {frozenset(): _NOTHING_MORE}
        self._gates: dict[str, Gate] = {}
        self._alike: dict[frozenset[str], frozenset[str]] = {}

    def add(self, needs: Sequence[AbstractSet[str]], pairs: Needs, number: int) -> None:
        """Pattern `number` may fit if all `needs` are met, and one of each of `pairs` is there.

        A pair is two words that must stand side by side. A pattern may be added in several ways.
        """
        rarest, *others = sorted(needs, key=self._weight)[:MOST_NEEDS]
        bit = self._bit(frozenset(others[0]) if others else frozenset())
        third = self._one(others[1] if others[1:] else ())
        way = number, third, tuple(map(self._one, pairs))
        for word in rarest:
            met, wanted, ways = self._gates.get(word) or (0, 0, {})
            ways[bit.bit_length()] = [*ways.get(bit.bit_length(), ()), way]
            self._gates[word] = Gate(met, wanted | bit, ways)

    def _bit(self, need: frozenset[str]) -> int:
        bit = self._bits.get(need)
        if bit is None:
            bit = self._bits[need] = 1 << len(self._bits)
            for word in need:
                met, wanted, ways = self._gates.get(word) or (0, 0, {})
                self._gates[word] = Gate(met | bit, wanted, ways)
        return bit

    def _one(self, words: Iterable[str]) -> frozenset[str]:
        """The same object for the same words: many patterns share theirs."""
        frozen = frozenset(words)
        return self._alike.setdefault(frozen, frozen)

    def gate(self, codes: str) -> Gate:
        """The gate of words with these codes, to be asked for once all patterns are in."""
        first, *others = (self._gates.get(code, SHUT) for code in codes or UNKNOWN)
        return reduce(_both, others, first)

    def possible(self, codes: str, present: AbstractSet[str], gates: Sequence[Gate]) -> set[int]:
        """Numbers of the patterns that may fit a message with these codes; mostly none do."""
        found: set[int] = set()
        if not gates:
            return found
        if len(gates) > _MANY:  # a long message repeats its words
            gates = [*{id(gate): gate for gate in gates}.values()]
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


def _both(one: Gate, other: Gate) -> Gate:
    places = one.ways.keys() | other.ways.keys()
    ways = {place: [*one.ways.get(place, ()), *other.ways.get(place, ())] for place in places}
    return Gate(one.met | other.met, one.wanted | other.wanted, ways)


def all_met(needs: Needs, present: AbstractSet[str]) -> bool:
    """Whether a message with these words holds something of each need."""
    for need in needs:  # noqa: SIM110 - a generator takes three times as long
        if need.isdisjoint(present):
            return False
    return True
