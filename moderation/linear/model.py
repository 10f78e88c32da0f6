"""Scores a message: one sum for risk, and one for each group of categories.

Pure once built. Used by `moderation/detectors/linear.py`. Every score is additive, so what a word
adds is worked out once and remembered in a table of fixed size. Most messages are asked for their
risk alone; the tables of the groups are another half, which harmless words never touch. A score is
divided by a small power of the number of words: a long message is not risky for its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from struct import Struct
from sys import intern
from typing import NamedTuple

from ahocorasick import Automaton

from moderation.linear.features import edged, words_of
from moderation.linear.remembered import Remembered

Neighbours = Mapping[str, Mapping[str, int]]
MOST_REMEMBERED = 20_000
"""Words and tokens remembered; further ones are worked out each time."""
DAMPING = 0.3
"""Power of the number of words by which sums are divided."""
WHOLE, PIECE = 10, 3
"""What a whole word or a pair counts, and what one piece of a word does."""
GROUPS = (
    "self",
    "abuse",
    "exploitation",
    "harm",
    "aimed",
    "eating",
    "substance",
    "friend",
    "hold",
    "urgent",
)
"""Further sums: eight groups of categories, whether to hold, and whether it cannot wait."""
MOST_WORDS = 600
"""Words of one message that are looked at: of a longer one its first and its last half of that."""
LANE = 32
"""Bits for the sum of one group: far more than every feature of the longest message can add up."""
_LANES = Struct(f"<{len(GROUPS)}I")
_HALF = 1 << (LANE - 1)
_NOTHING: dict[str, int] = {}
_NUMBERS = itemgetter(1)
"""Of a piece that was found: where it ends, and what it weighs."""
_FIND = dict[str, int].get
_SCALES = tuple(float(max(1, words) ** -DAMPING) for words in range(MOST_WORDS + 1))


def packed(sums: Iterable[int]) -> int:
    """A whole number for each group, of either sign, side by side: one addition adds them all."""
    return sum(number << (LANE * lane) for lane, number in enumerate(sums))


_MIDDLES = packed([_HALF] * len(GROUPS))
"""Added to a total, it leaves no lane negative."""


class Features(NamedTuple):
    """What each word, piece of a word and pair of words weighs.

    `pieces` is made by `pieces_in`. `near` and `far` go from one word to the others: its
    neighbours, and those with a gap. Words in them are interned, so that most look-ups compare
    nothing but addresses.
    """

    words: Mapping[str, int]
    pieces: Automaton
    near: Neighbours
    far: Neighbours


def pieces_in(pieces: Iterable[tuple[str, int]]) -> Automaton:
    """Finds every piece of a word in one pass: a table would be asked twenty times a word."""
    automaton = Automaton()
    automaton.add_word(edged(""), 0)  # one without any key cannot be asked
    for piece, numbers in pieces:
        automaton.add_word(piece, numbers)
    automaton.make_automaton()
    return automaton


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found: weights of `risk`, and for the `groups` weights that are `packed`.

    A score is `bias + step * sum / WHOLE / words ** DAMPING`. `limits` are scores: `gate` of the
    plain risk; with the network's added, `agrees`, `weak`, `queue` and `strong` of risk, and `hold`
    and `urgent` of those sums.
    """

    version: str
    bias: float
    step: float
    group_step: float
    group_biases: tuple[float, ...]
    risk: Features
    groups: Features
    limits: Mapping[str, float]


class Entry(NamedTuple):
    """A word: what it and its pieces add, and what each word next to it, or one further, does."""

    word: str
    added: int
    after: Mapping[str, int]
    beyond: Mapping[str, int]


class Sums(NamedTuple):
    """The words the model sees in a message, and the sum of its risk."""

    words: Sequence[str]
    total: int


class _Entries:
    """Makes the entry of a word from one table of features."""

    def __init__(self, features: Features) -> None:
        self._words, self._pieces, self._near, self._far = features

    def of(self, word: str) -> Entry:
        own = self._words.get(word)
        if own is not None:
            word = intern(word)
        pieces = sum(map(_NUMBERS, self._pieces.iter(edged(word))))
        near, far = self._near.get(word, _NOTHING), self._far.get(word, _NOTHING)
        return Entry(word, WHOLE * (own or 0) + PIECE * pieces, near, far)


class Model:
    """The trained stage; the same answer for the same tokens, whatever was asked before."""

    def __init__(self, weights: Weights, slang: Mapping[str, str]) -> None:
        self.weights = weights
        self.limits = weights.limits
        self._slang = slang
        self._entry = _Entries(weights.risk).of
        self._parts = Remembered(self._part, MOST_REMEMBERED)
        self._grouped = Remembered(_Entries(weights.groups).of, MOST_REMEMBERED)

    def read(self, tokens: Iterable[str]) -> Sums:
        """The words of the tokens of one view, and how risky they are."""
        return _added(list(chain.from_iterable(map(self._parts.__getitem__, tokens))))

    def sums(self, words: Iterable[str]) -> Sums:
        """The same for words that no slang is left in: those of `Sums`."""
        return _added([*map(self._entry, words)])

    def risk(self, sums: Sums) -> float:
        """How much a message looks like one somebody should see; higher is more."""
        weights = self.weights
        return weights.bias + weights.step * _SCALES[len(sums.words)] * sums.total / WHOLE

    def groups(self, sums: Sums) -> dict[str, float]:
        """The score of every group; meant for messages above the limit `weak`."""
        total = _added([*map(self._grouped.__getitem__, sums.words)]).total + _MIDDLES
        weights = self.weights
        scale = weights.group_step * _SCALES[len(sums.words)] / WHOLE
        lanes = _LANES.unpack(total.to_bytes(_LANES.size, "little"))
        scores = [
            bias + scale * (lane - _HALF)
            for bias, lane in zip(weights.group_biases, lanes, strict=True)
        ]
        return dict(zip(GROUPS, scores, strict=True))

    def _part(self, token: str) -> tuple[Entry, ...]:
        return tuple(map(self._entry, words_of(token, self._slang)))


def _added(entries: list[Entry]) -> Sums:
    """The sums of a message's first and last words."""
    if not entries:
        return Sums((), 0)
    if len(entries) > MOST_WORDS:
        entries[MOST_WORDS // 2 : -MOST_WORDS // 2] = []
    words, added, after, beyond = zip(*entries, strict=True)
    near, far = map(_FIND, after, words[1:]), map(_FIND, beyond, words[2:])
    pairs = sum(filter(None, chain(near, far)))
    return Sums(words, sum(added) + WHOLE * pairs)
