"""A small network that looks again at the messages the plain score does not call harmless.

Pure once built. Used by `moderation/detectors/linear.py`. Each word is a short vector, learnt with
what public word vectors say of words alike; `FILTERS` patterns slide over three words at a time,
and of each the strongest place counts. So it knows "no need to feed" near any animal, which a
table of word pairs does not. All patterns are worked out at once: a word's part in each is one
lane of a whole number, and the greater of two numbers is taken lane by lane with bit operations.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from struct import Struct
from typing import NamedTuple

from moderation.linear.features import grams_of
from moderation.linear.remembered import Remembered

DIMENSIONS, FILTERS, WIDTH = 32, 128, 3
"""Numbers of a word's vector; patterns; words that one pattern looks at."""
PIECES = 6_000
"""Rows of the table of pieces of words, by which a word nobody wrote before is read."""
MOST_PIECES = 24
"""Pieces of one word that are looked at."""
MOST_WORDS = 48
"""Words of one message that are looked at: of a longer one its first and last half of that."""
MOST_REMEMBERED = 10_000
OUTPUTS = ("risk", "hold", "urgent")
_LANE = 32
_GUARD_BIT = _LANE - 1
_HALF = 1 << (_LANE - 2)
"""Stands for zero in a lane, so that none is negative; no pattern adds up to nearly as much."""
_LANES = Struct(f"<{FILTERS}I")
_GUARD = sum(1 << (_LANE * lane + _GUARD_BIT) for lane in range(FILTERS))
_ZERO = sum(_HALF << (_LANE * lane) for lane in range(FILTERS))


@dataclass(frozen=True, slots=True)
class Tables:
    """What training found, in whole numbers of steps.

    `words` and `pieces`: a vector each. `patterns`: for each of the three places and each
    dimension, what it adds to every pattern. `outputs`: for each of `OUTPUTS` a weight a pattern.
    """

    version: str
    words: Mapping[str, Sequence[int]]
    pieces: Sequence[Sequence[int]]
    patterns: Sequence[Sequence[Sequence[int]]]
    biases: Sequence[int]
    outputs: Sequence[Sequence[float]]
    output_biases: Sequence[float]


class Seen(NamedTuple):
    """What the network saw in a message: of each pattern the strongest place, and what it weighs.

    Most messages are asked for their risk alone, so that nothing is added up before it is asked.
    """

    strongest: Sequence[int]
    outputs: Mapping[str, tuple[Sequence[float], float]]

    def adds(self, output: str) -> float:
        """What is added to the plain score of that name, of `OUTPUTS`; higher is more."""
        weights, bias = self.outputs[output]
        return sum(map(mul, self.strongest, weights), bias)


NOTHING = Seen((), dict.fromkeys(OUTPUTS, ((), 0.0)))


Parts = tuple[int, int, int]
"""What a word adds to every pattern as its first, second and third word.

With the second go the biases, and a bit above each lane from which a comparison may borrow.
"""


class Network:
    """The same answer for the same words, whatever was asked before."""

    def __init__(self, tables: Tables) -> None:
        self.version = tables.version
        self._tables = tables
        self._places = [[_packed(row) for row in place] for place in tables.patterns]
        self._biases = _packed(tables.biases) + _ZERO + _GUARD
        self._outputs = {
            name: (weights, bias - _HALF * sum(weights))
            for name, weights, bias in zip(
                OUTPUTS, tables.outputs, tables.output_biases, strict=True
            )
        }
        self._known = Remembered(self._parts, MOST_REMEMBERED)

    def look(self, words: Sequence[str]) -> Seen:
        """What is seen in a message's words (`moderation/linear/model.py`: `Sums.words`)."""
        if len(words) > MOST_WORDS:
            words = [*words[: MOST_WORDS // 2], *words[-MOST_WORDS // 2 :]]
        known = map(self._known.__getitem__, words)
        before, here, after = zip(*known, strict=True) if words else ((), (), ())
        best = _ZERO
        for one, two, three in zip((0, *before), here, (*after[1:], 0), strict=False):
            there = one + two + three
            greater = (there - best) & _GUARD
            best ^= (best ^ there) & (greater - (greater >> _GUARD_BIT))
        return Seen(_LANES.unpack(best.to_bytes(_LANES.size, "little")), self._outputs)

    def _parts(self, word: str) -> Parts:
        vector = self._vector(word)
        one, two, three = (sum(map(mul, vector, place)) for place in self._places)
        return one, two + self._biases, three

    def _vector(self, word: str) -> Sequence[int]:
        known = self._tables.words.get(word)
        if known is not None:
            return known
        rows = [self._tables.pieces[at] for at in pieces_of(word)]
        return [sum(column) // len(rows) for column in zip(*rows, strict=True)]


def pieces_of(word: str) -> list[int]:
    """The rows of a word's pieces."""
    return [zlib.crc32(piece.encode()) % PIECES for piece in grams_of(word)[:MOST_PIECES]]


def _packed(numbers: Sequence[int]) -> int:
    return sum(number << (_LANE * lane) for lane, number in enumerate(numbers))
