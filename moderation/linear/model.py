"""Scores a message: one sum for risk, and one for each group of categories.

Pure once built. Used by `moderation/detectors/linear.py`. Every score is additive, so what a word
adds is worked out once and remembered in a table of fixed size, and all the sums of a feature
travel as one whole number: `LANE` bits for each, so that one addition adds them all. A score is
divided by a small power of the number of words: a long message is not risky for its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, repeat

from moderation.linear.features import GAP, grams_of, own_key, words_of

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
_MASK = (1 << LANE) - 1
_HALF = 1 << (LANE - 1)
_MIDDLES = sum(_HALF << (LANE * lane) for lane in range(1 + len(GROUPS)))
"""Added to a total, it leaves no lane negative."""
_SCALES = tuple(float(max(1, words) ** -DAMPING) for words in range(MOST_WORDS + 1))


def packed(sums: Iterable[int]) -> int:
    """Whole numbers, of either sign, side by side: that of risk first, then each group's."""
    return sum(number << (LANE * lane) for lane, number in enumerate(sums))


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found. Every table goes from a key of `features.py` to packed numbers.

    A score is `bias + step * sum / WHOLE / words ** DAMPING`; `group_biases` are in the order of
    `GROUPS`. `pairs` and `gapped` have the two words of their key. `limits` are scores: `agrees`,
    `weak`, `queue` and `strong` of risk, and `hold` and `urgent` of those sums.
    """

    version: str
    bias: float
    step: float
    group_step: float
    group_biases: tuple[float, ...]
    pieces: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    gapped: Mapping[tuple[str, str], int]
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


class _Sums(dict[str, int]):
    """Word → what it and its pieces add, filled as words are met."""

    def __init__(self, pieces: Mapping[str, int]) -> None:
        super().__init__()
        self._pieces = pieces

    def __missing__(self, word: str) -> int:
        get = self._pieces.get
        added = WHOLE * get(own_key(word), 0) + PIECE * sum(get(gram, 0) for gram in grams_of(word))
        if len(self) < MOST_REMEMBERED:
            self[word] = added
        return added


class Model:
    """The trained stage; the same answer for the same tokens, whatever was asked before."""

    def __init__(self, weights: Weights, slang: Mapping[str, str]) -> None:
        self.weights = weights
        self.limits = weights.limits
        self._parts = _Parts(slang)
        self._sums = _Sums(weights.pieces)
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
        weights = self.weights
        risk = (self._total(words) & _MASK) - _HALF
        return weights.bias + weights.step * _SCALES[len(words)] * risk / WHOLE

    def groups(self, words: Sequence[str]) -> dict[str, float]:
        """The score of every group; meant for messages above the gate."""
        total = self._total(words)
        scale = self.weights.group_step * _SCALES[len(words)] / WHOLE
        return {
            name: bias + scale * ((total >> (LANE * lane) & _MASK) - _HALF)
            for lane, (name, bias) in enumerate(
                zip(GROUPS, self.weights.group_biases, strict=True), start=1
            )
        }

    def _total(self, words: Sequence[str]) -> int:
        """The packed sums of a message of at most `MOST_WORDS` words, none of them negative."""
        zeros = repeat(0)
        pairs = sum(map(self._pair, pairwise(words), zeros))
        pairs += sum(map(self._gap, zip(words, words[2:], strict=False), zeros))
        return sum(map(self._sums.__getitem__, words), _MIDDLES + WHOLE * pairs)


def keyed(
    pairs: Mapping[str, int],
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Keys of `pair_keys` as tuples: neighbours, and those with a gap."""
    near: dict[tuple[str, str], int] = {}
    far: dict[tuple[str, str], int] = {}
    for key, numbers in pairs.items():
        first, *between, last = key.split(" ")
        (far if between == [GAP] else near)[first, last] = numbers
    return near, far
