"""Scores a message: one sum for risk, and one for each group of categories.

Pure once built. Used by `moderation/detectors/linear.py`. Every score is additive, so what a word
adds is worked out once and remembered in a table of fixed size, and all the sums of a feature
travel as one whole number: `LANE` bits for each, so that one addition adds them all. A score is
divided by a small power of the number of words: a long message is not risky for its length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from struct import Struct
from sys import intern
from typing import NamedTuple

from ahocorasick import Automaton

from moderation.linear.features import (
    GAP,
    LONGEST_GRAM,
    SHORTEST_GRAM,
    edged,
    own_key,
    words_of,
)

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
"""Bits for one sum: far more than every feature of the longest message can add up to."""
_LANES = Struct(f"<{1 + len(GROUPS)}I")
_MASK = (1 << LANE) - 1
_HALF = 1 << (LANE - 1)
_MIDDLES = sum(_HALF << (LANE * lane) for lane in range(1 + len(GROUPS)))
"""Added to a total, it leaves no lane negative."""
_NOTHING: dict[str, int] = {}
_FIND = dict[str, int].get
_SCALES = tuple(float(max(1, words) ** -DAMPING) for words in range(MOST_WORDS + 1))


def packed(sums: Iterable[int]) -> int:
    """Whole numbers, of either sign, side by side: that of risk first, then each group's."""
    return sum(number << (LANE * lane) for lane, number in enumerate(sums))


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found. Every table goes from a key of `features.py` to packed numbers.

    A score is `bias + step * sum / WHOLE / words ** DAMPING`; `group_biases` are in the order of
    `GROUPS`. `pairs` and `gapped` go from one word to the others. `limits` are scores: `gate`
    of the plain risk; with the network's added, `agrees`, `weak`, `queue` and `strong` of risk,
    and `hold` and `urgent` of those sums.
    """

    version: str
    bias: float
    step: float
    group_step: float
    group_biases: tuple[float, ...]
    pieces: Mapping[str, int]
    pairs: Neighbours
    gapped: Neighbours
    limits: Mapping[str, float]


class Entry(NamedTuple):
    """A word: what it and its pieces add, and what each word next to it, or one further, does."""

    word: str
    added: int
    after: Mapping[str, int]
    beyond: Mapping[str, int]


class Sums(NamedTuple):
    """The words the model sees in a message, and all their sums side by side."""

    words: Sequence[str]
    total: int


class _Entries:
    """Makes the entry of a word."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._pieces = _automaton(weights.pieces)

    def of(self, word: str) -> Entry:
        weights = self._weights
        pieces = sum(numbers for _, numbers in self._pieces.iter(edged(word)))
        added = WHOLE * weights.pieces.get(own_key(word), 0) + PIECE * pieces
        after, beyond = (table.get(word, _NOTHING) for table in (weights.pairs, weights.gapped))
        return Entry(word, added, after, beyond)


def _automaton(pieces: Mapping[str, int]) -> Automaton:
    """Finds every piece of a word in one pass: a table would be asked twenty times a word."""
    automaton = Automaton()
    automaton.add_word(edged(""), 0)  # one without any key cannot be asked
    for piece, numbers in pieces.items():
        if SHORTEST_GRAM <= len(piece) <= LONGEST_GRAM and not piece.startswith(own_key("")):
            automaton.add_word(piece, numbers)
    automaton.make_automaton()
    return automaton


class _Parts(dict[str, tuple[Entry, ...]]):
    """Token → the entries of its words, filled as tokens are met."""

    def __init__(self, slang: Mapping[str, str], entry: Callable[[str], Entry]) -> None:
        super().__init__()
        self._slang = slang
        self._entry = entry

    def __missing__(self, token: str) -> tuple[Entry, ...]:
        parts = tuple(map(self._entry, words_of(token, self._slang)))
        if len(self) < MOST_REMEMBERED:
            self[token] = parts
        return parts


class Model:
    """The trained stage; the same answer for the same tokens, whatever was asked before."""

    def __init__(self, weights: Weights, slang: Mapping[str, str]) -> None:
        self.weights = weights
        self.limits = weights.limits
        self._entry = _Entries(weights).of
        self._parts = _Parts(slang, self._entry)

    def read(self, tokens: Iterable[str]) -> Sums:
        """The sums of the tokens of one view."""
        return _added(list(chain.from_iterable(map(self._parts.__getitem__, tokens))))

    def sums(self, words: Iterable[str]) -> Sums:
        """The same for words that no slang is left in: those of `Sums`."""
        return _added([*map(self._entry, words)])

    def risk(self, sums: Sums) -> float:
        """How much a message looks like one somebody should see; higher is more."""
        weights = self.weights
        risk = (sums.total & _MASK) - _HALF
        return weights.bias + weights.step * _SCALES[len(sums.words)] * risk / WHOLE

    def groups(self, sums: Sums) -> dict[str, float]:
        """The score of every group; meant for messages above the gate."""
        _, *lanes = _LANES.unpack(sums.total.to_bytes(_LANES.size, "little"))
        weights = self.weights
        scale = weights.group_step * _SCALES[len(sums.words)] / WHOLE
        scores = [
            bias + scale * (lane - _HALF)
            for bias, lane in zip(weights.group_biases, lanes, strict=True)
        ]
        return dict(zip(GROUPS, scores, strict=True))


def _added(entries: list[Entry]) -> Sums:
    """The sums of a message's first and last words, none of them negative."""
    if not entries:
        return Sums((), _MIDDLES)
    if len(entries) > MOST_WORDS:
        entries[MOST_WORDS // 2 : -MOST_WORDS // 2] = []
    words, added, after, beyond = zip(*entries, strict=True)
    near, far = map(_FIND, after, words[1:]), map(_FIND, beyond, words[2:])
    pairs = sum(filter(None, chain(near, far)))
    return Sums(words, sum(added, _MIDDLES + WHOLE * pairs))


def keyed(pairs: Mapping[str, int]) -> tuple[Neighbours, Neighbours]:
    """Keys of `pair_keys` by their first word: neighbours, and those with a gap."""
    between = f"{GAP} "
    near: dict[str, dict[str, int]] = {}
    far: dict[str, dict[str, int]] = {}
    for key, numbers in pairs.items():
        first, _, last = key.partition(" ")
        table = near
        if last.startswith(between):
            table, last = far, last[len(between) :]
        table.setdefault(intern(first), {})[intern(last)] = numbers
    return near, far
