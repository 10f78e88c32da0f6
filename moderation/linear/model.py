"""Scores a message: one sum for risk, and only above a gate one for each group of categories.

Pure once built. Used by `moderation/detectors/linear.py`. The score is additive, so what a word
adds is worked out once and remembered in a table of fixed size; an ordinary message costs a few
table look-ups. It is divided by a small power of the number of words, so that a long message is
not risky for its length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, repeat

from moderation.linear.features import GAP, grams_of, own_key, pair_keys, words_of

MOST_REMEMBERED = 20_000
"""Words and tokens remembered; further ones are worked out each time."""
MOST_ROWS = 5_000
"""Words whose groups are remembered."""
MOST_GROUPED = 200
"""Words of a message that are looked at to tell its group."""
DAMPING = 0.3
"""Power of the number of words by which sums are divided."""
GRAM_SHARE = 0.3
"""What one piece of a word counts, beside a whole word or a pair."""
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
)
"""Columns of the second model: eight groups of categories, and whether to hold."""
MOST_WORDS = 600
"""Words of one message that are looked at: of a longer one its first and its last half of that."""
_ZERO = 128
_NOTHING = (0.0,) * len(GROUPS)


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found. Every table goes from a key of `features.py` to a whole number.

    A score is `bias + step * sum / words ** DAMPING`. `group_steps` and `group_biases` are in the
    order of `GROUPS`. `limits` are scores: `weak`, `queue` and `strong` of risk, and `hold`.
    """

    version: str
    bias: float
    step: float
    pieces: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    gapped: Mapping[tuple[str, str], int]
    group_step: float
    group_biases: tuple[float, ...]
    groups: Mapping[str, bytes]
    limits: Mapping[str, float]


class _Parts(dict[str, tuple[str, ...]]):
    """Token → its words, filled as tokens are met."""

    def __init__(self, slang: Mapping[str, str]) -> None:
        super().__init__()
        self._slang = slang

    def __missing__(self, token: str) -> tuple[str, ...]:
        parts = words_of(token, self._slang)
        if len(self) < MOST_REMEMBERED:
            self[token] = parts
        return parts


class _Sums(dict[str, float]):
    """Word → what it and its pieces add, filled as words are met."""

    def __init__(self, pieces: Mapping[str, int]) -> None:
        super().__init__()
        self._pieces = pieces

    def __missing__(self, word: str) -> float:
        get = self._pieces.get
        added = get(own_key(word), 0) + GRAM_SHARE * sum(get(gram, 0) for gram in grams_of(word))
        if len(self) < MOST_REMEMBERED:
            self[word] = added
        return added


class _Rows(dict[str, tuple[float, ...]]):
    """Word → what it and its pieces add to each group, filled as words are met."""

    def __init__(self, table: Mapping[str, bytes]) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, word: str) -> tuple[float, ...]:
        get, total = self._table.get, [0.0] * len(GROUPS)
        for key, share in ((own_key(word), 1.0), *((gram, GRAM_SHARE) for gram in grams_of(word))):
            row = get(key)
            if row is not None:
                total = [
                    old + share * (value - _ZERO) for old, value in zip(total, row, strict=True)
                ]
        if len(self) < MOST_ROWS:
            self[word] = tuple(total)
        return tuple(total)


class Model:
    """The trained stage; the same answer for the same tokens, whatever was asked before."""

    def __init__(self, weights: Weights, slang: Mapping[str, str]) -> None:
        self.weights = weights
        self.limits = weights.limits
        self._parts = _Parts(slang)
        self._sums = _Sums(weights.pieces)
        self._rows = _Rows(weights.groups)
        self._pair = weights.pairs.get
        self._gap = weights.gapped.get

    def words(self, tokens: Sequence[str]) -> list[str]:
        """The words the model sees in the tokens of one view."""
        words = list(chain.from_iterable(map(self._parts.__getitem__, tokens)))
        if len(words) > MOST_WORDS:
            words[MOST_WORDS // 2 : -MOST_WORDS // 2] = []
        return words

    def risk(self, words: Sequence[str]) -> float:
        """How much a message looks like one somebody should see; higher is more."""
        if not words:
            return self.weights.bias
        zeros = repeat(0)
        total = (
            sum(map(self._sums.__getitem__, words))
            + sum(map(self._pair, pairwise(words), zeros))
            + sum(map(self._gap, zip(words, words[2:], strict=False), zeros))
        )
        return self.weights.bias + self.weights.step * total * float(len(words) ** -DAMPING)

    def groups(self, words: Sequence[str]) -> dict[str, float]:
        """The score of every group; meant for messages above the gate."""
        words = words[:MOST_GROUPED]
        rows = list(map(self._rows.__getitem__, words))
        known = filter(None, map(self.weights.groups.get, pair_keys(words)))
        rows += [tuple(value - _ZERO for value in row) for row in known]
        scale = self.weights.group_step * float(max(1, len(words)) ** -DAMPING)
        totals = map(sum, zip(*rows, strict=True)) if rows else _NOTHING
        return {
            name: bias + scale * total
            for name, bias, total in zip(GROUPS, self.weights.group_biases, totals, strict=True)
        }


def keyed(
    pairs: Mapping[str, int],
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Keys of `pair_keys` as tuples: neighbours, and those with a gap."""
    near: dict[tuple[str, str], int] = {}
    far: dict[tuple[str, str], int] = {}
    for key, weight in pairs.items():
        first, *between, last = key.split(" ")
        (far if between == [GAP] else near)[first, last] = weight
    return near, far
