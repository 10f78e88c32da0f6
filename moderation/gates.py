"""Which patterns may fit a message, before any is tried. Pure.

Used by `moderation/phrases.py`. A pattern can fit only if some word of each of a few sets is in the
message, its *needs*. The words of its rarest need open it, each by a *gate*; the gate of every word
also has a bit for each need it meets that is the second rarest of some pattern. So the bits of a
message's words, put together, show at each open gate which patterns are worth a closer look, and
what it costs depends on the words that are there and hardly on how many rules there are.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import NamedTuple

from moderation.vocabulary import UNKNOWN

Needs = tuple[frozenset[str], ...]
"""Sets of words; a message must hold some word of each."""
Pair = tuple[frozenset[str], frozenset[str]]
"""Words of which one must stand right before one of the others."""
Pairs = tuple[Pair, ...]
MOST_NEEDS = 3
"""Needs of a pattern that are looked at: its rarest ones. More would hardly stop any further."""
_Way = tuple[int, frozenset[str], Pairs]
"""A pattern's number, its third rarest need, if any, and its pairs."""
_MANY = 40
_NOTHING_MORE = 1
"""The bit of need 0, which every message meets: some patterns have one need only."""


class Gate(NamedTuple):
    """What a word does for the patterns that may fit.

    `met` are the bits of the needs it meets, `wanted` those of the needs without which it opens no
    pattern, and `ways` has these patterns by the number of the need.
    """

    met: int
    wanted: int
    ways: dict[int, tuple[_Way, ...]]


SHUT = Gate(0, 0, {})


@dataclass(slots=True)
class Gates:
    """The needs of every pattern: add all of them, then ask what is `possible`.

    `_weight` tells how often some word of a set is met; any unit.
    """

    _weight: Callable[[frozenset[str]], int]
    _numbers: dict[frozenset[str], int] = field(default_factory=lambda: {frozenset(): 0})
    _met: dict[str, list[int]] = field(default_factory=dict)
    _ways: dict[str, dict[int, tuple[_Way, ...]]] = field(default_factory=dict)
    _alike: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)

    def copied(self, weight: Callable[[frozenset[str]], int]) -> Gates:
        """The same patterns under the same numbers; what is added to it is not in this one."""
        return Gates(
            weight,
            {**self._numbers},
            {word: [*numbers] for word, numbers in self._met.items()},
            {word: {**ways} for word, ways in self._ways.items()},
            {**self._alike},
        )

    def add(self, needs: Sequence[frozenset[str]], pairs: Pairs, number: int) -> None:
        """Pattern `number` may fit if all `needs` are met, and one of each of `pairs` is there.

        A pattern may be added in several ways.
        """
        rarest, *others = sorted(needs, key=self._weight)[:MOST_NEEDS]
        second = self._numbered(others[0] if others else frozenset())
        third = others[1] if others[1:] else frozenset()
        way = number, self._alike.setdefault(third, third), pairs
        alone = (way,)  # most words open one way of a need, and share this
        for word in rarest:
            ways = self._ways.setdefault(word, {})
            known = ways.get(second)
            ways[second] = (*known, way) if known else alone

    def _numbered(self, need: frozenset[str]) -> int:
        number = self._numbers.get(need)
        if number is None:
            number = self._numbers[need] = len(self._numbers)
            for word in need:
                self._met.setdefault(word, []).append(number)
        return number

    def openers(self, numbers: AbstractSet[int]) -> frozenset[str]:
        """The codes of words without any of which none of these patterns is possible."""
        return frozenset(
            code
            for code, ways in self._ways.items()
            if any(way[0] in numbers for some in ways.values() for way in some)
        )

    def gate(self, codes: str) -> Gate:
        """The gate of words with these codes, to be asked for once all patterns are in."""
        first, *others = map(self._of_one, codes or UNKNOWN)
        return reduce(_both, others, first)

    def _of_one(self, code: str) -> Gate:
        met, ways = self._met.get(code), self._ways.get(code)
        if met is None and ways is None:
            return SHUT
        return Gate(_bits(met or ()), _bits(ways or ()), ways or {})

    def possible(self, codes: str, present: AbstractSet[str], gates: Sequence[Gate]) -> set[int]:
        """Numbers of the patterns that may fit a message with these codes; mostly none do."""
        found: set[int] = set()
        if len(gates) > _MANY:  # a long message repeats its words
            gates = [*{id(gate): gate for gate in gates}.values()]
        met = _NOTHING_MORE
        for gate in gates:
            met |= gate.met
        hits = [(bits, ways) for _, wanted, ways in gates if (bits := wanted & met)]
        if not hits:
            return found
        together: Container[str] = codes
        if len(codes) > _MANY:  # neighbours are looked up, not looked for
            together = {*map(add, codes, codes[1:])}
        for bits, opened in hits:
            left = bits
            while left:
                second = left.bit_length() - 1
                left ^= 1 << second
                for number, third, pairs in opened[second]:
                    if third and third.isdisjoint(present):
                        continue
                    if not pairs or _all_meet(pairs, present, together):
                        found.add(number)
        return found


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)


def _both(one: Gate, other: Gate) -> Gate:
    seconds = one.ways.keys() | other.ways.keys()
    ways = {at: (*one.ways.get(at, ()), *other.ways.get(at, ())) for at in seconds}
    return Gate(one.met | other.met, one.wanted | other.wanted, ways)


def _all_meet(pairs: Pairs, present: AbstractSet[str], together: Container[str]) -> bool:
    """Whether words of each pair stand next to each other somewhere, as those in `together` do."""
    for firsts, lasts in pairs:
        nexts = lasts & present
        if not nexts or not _meet(firsts & present, nexts, together):
            return False
    return True


def _meet(firsts: Iterable[str], lasts: Iterable[str], together: Container[str]) -> bool:
    for first in firsts:
        for last in lasts:
            if first + last in together:
                return True
    return False


def all_met(needs: Needs, present: AbstractSet[str]) -> bool:
    """Whether a message with these words holds something of each need."""
    for need in needs:  # noqa: SIM110 - a generator takes three times as long
        if need.isdisjoint(present):
            return False
    return True
