"""A small network that looks again at the messages the plain score does not call harmless.

Pure once built. Used by `moderation/detectors/linear.py`. Each word is a short vector, learnt with
what public word vectors say of words alike; `FILTERS` patterns slide over three words at a time,
and of each the strongest place counts. So it knows "no need to feed" near any animal, which a
table of word pairs does not. All patterns are worked out at once: a word's part in each is one
lane of a whole number, and the greater of two numbers is taken lane by lane with bit operations.
What is worked out in lanes of 24 bits is remembered in lanes of 16, rounded by a few parts in ten
thousand: half of what a message costs is waiting for these numbers to come from memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
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
_GREATEST = 128
"""No number of a vector is greater: each was one signed byte."""
_WIDE, _NARROW = 24, 16
_GUARD_BIT = _NARROW - 1
_LANES = Struct(f"<{FILTERS}H")
_VECTOR = Struct(f"<{DIMENSIONS}H")
"""The vector of a piece, or the sum of a few, with `_GREATEST` added to each number."""
_ALL = WIDTH * FILTERS
"""Lanes of all that one word adds."""
_BYTES = _WIDE // 8
_ONES = sum(1 << (_WIDE * lane) for lane in range(_ALL))
"""One in every wide lane."""
_GUARD = sum(1 << (_NARROW * lane + _GUARD_BIT) for lane in range(FILTERS))


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
        self._words = tables.words
        self._pieces = [_raised(row) for row in tables.pieces]
        self._rows = [_packed(rows) for rows in zip(*tables.patterns, strict=True)]
        nothing = [0] * FILTERS
        biases = _packed([nothing, tables.biases, nothing])
        most = _most(tables)
        self._shift = max(0, ((2 * WIDTH + 1) * most).bit_length() - _GUARD_BIT)
        step = 1 << self._shift
        middle = -(-most // step)  # stands for zero in a lane, so that none is negative
        self._biases = biases + (middle * step + step // 2) * _ONES
        self._nobody = middle * (_GUARD >> _GUARD_BIT)
        zero = WIDTH * middle
        self._zero = WIDTH * self._nobody
        self._outputs = {
            name: ([weight * step for weight in weights], bias - zero * step * sum(weights))
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
        best, nobody = self._zero, self._nobody
        for one, two, three in zip((nobody, *before), here, (*after[1:], nobody), strict=False):
            more = one + two + three - best
            greater = more & _GUARD
            best += more & (greater - (greater >> _GUARD_BIT))
        return Seen(_LANES.unpack(best.to_bytes(_LANES.size, "little")), self._outputs)

    def _parts(self, word: str) -> Parts:
        added = sum(map(mul, self._vector(word), self._rows)) + self._biases
        wide = (added >> self._shift).to_bytes(_ALL * _BYTES, "little")
        narrow = bytearray(WIDTH * _LANES.size)
        narrow[::2], narrow[1::2] = wide[::_BYTES], wide[1::_BYTES]
        one, two, three = (
            int.from_bytes(narrow[at : at + _LANES.size], "little")
            for at in range(0, len(narrow), _LANES.size)
        )
        return one, two + _GUARD, three

    def _vector(self, word: str) -> Sequence[int]:
        known = self._words.get(word)
        if known is not None:
            return known
        pieces = pieces_of(word)
        total = sum(map(self._pieces.__getitem__, pieces))
        columns = _VECTOR.unpack(total.to_bytes(_VECTOR.size, "little"))
        return [column // len(pieces) - _GREATEST for column in columns]


def pieces_of(word: str) -> list[int]:
    """The rows of a word's pieces."""
    return [zlib.crc32(piece.encode()) % PIECES for piece in grams_of(word)[:MOST_PIECES]]


def _most(tables: Tables) -> int:
    """More than any word adds to any pattern at one place, of either sign."""
    columns = (column for place in tables.patterns for column in zip(*place, strict=True))
    most: int = max(sum(map(abs, column)) for column in columns)
    return most * _GREATEST + max(map(abs, tables.biases)) + 1


def _raised(vector: Sequence[int]) -> int:
    """A vector as one number, so that one addition adds all of it."""
    return int.from_bytes(_VECTOR.pack(*[number + _GREATEST for number in vector]), "little")


def _packed(places: Sequence[Sequence[int]]) -> int:
    """A number for each place and pattern, side by side."""
    return sum(number << (_WIDE * lane) for lane, number in enumerate(chain(*places)))
