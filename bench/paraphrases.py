"""Makes texts that nobody wrote from those that somebody did; used by `train_network.py`.

Pure but for chance, which has a seed for each text. Words are replaced by words alike, some are
dropped, and halves of two texts by one hand are joined. What such a text means nobody knows; a
teacher that reads sentences says how much it sounds like danger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

COMMONEST = 60
"""Words that are never replaced: those that hold a sentence together."""
SEEN_AT_LEAST, SHORTEST = 2, 3
ALIKE = 8
REPLACED, DROPPED, JOINED = 0.3, 0.03, 0.3
AT_ONCE = 2_000


class Made(NamedTuple):
    """A text, and the two that it was made from, by number; twice the same for one."""

    words: list[str]
    first: int
    second: int


def alike(
    words: Sequence[str], vectors: Any, seen: Counter[str], common: Mapping[str, object]
) -> dict[str, list[str]]:
    """For each word that may be replaced those most like it that somebody uses."""
    kept = {word for word, _ in seen.most_common(COMMONEST)}
    rows = vectors - vectors.mean(0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6
    used = [
        at
        for at, word in enumerate(words)
        if word.isalpha() and (word in common or seen[word] > SEEN_AT_LEAST)
    ]
    asked = [
        at
        for at, word in enumerate(words)
        if word.isalpha()
        and len(word) >= SHORTEST
        and seen[word] >= SEEN_AT_LEAST
        and word not in kept
    ]
    found = {}
    for first in range(0, len(asked), AT_ONCE):
        some = asked[first : first + AT_ONCE]
        near = np.argpartition(-(rows[some] @ rows[used].T), ALIKE, axis=1)[:, : ALIKE + 1]
        for at, best in zip(some, near.tolist(), strict=True):
            found[words[at]] = [words[used[one]] for one in sorted(best) if used[one] != at]
    return found


def made(
    texts: Sequence[Sequence[str]],
    weights: Any,
    hands: Sequence[object],
    near: Mapping[str, Sequence[str]],
    many: int,
) -> list[Made]:
    """So many texts; `weights` say how often each is the first, `hands` who may be joined."""
    others: dict[object, list[int]] = {}
    for at in np.flatnonzero(weights).tolist():
        others.setdefault(hands[at], []).append(at)
    start = np.random.default_rng(7)
    found = []
    for number, first in enumerate(start.choice(len(texts), many, p=weights / weights.sum())):
        chance = np.random.default_rng((7, number))
        words, second = list(texts[first]), int(first)
        if chance.random() < JOINED:
            second = others[hands[first]][chance.integers(len(others[hands[first]]))]
            half, other = texts[first], texts[second]
            if chance.random() < 1 / 2:
                half, other = other, half
            words = [*half[: len(half) // 2], *other[len(other) // 2 :]]
        words = [
            near[word][chance.integers(len(near[word]))]
            if word in near and chance.random() < REPLACED
            else word
            for word in words
            if chance.random() >= DROPPED
        ]
        found.append(Made(words, int(first), second))
    return found
