from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.linear import network as module
from moderation.linear.network import (
    DIMENSIONS,
    FILTERS,
    MOST_WORDS,
    OUTPUTS,
    PIECES,
    WIDTH,
    Network,
    Tables,
    pieces_of,
)

CHANCE = Random(5)
KNOWN = ("feed", "the", "cat", "for", "me")


def _row(length: int) -> list[int]:
    return [CHANCE.randint(-127, 127) for _ in range(length)]


TABLES = Tables(
    "small",
    {word: _row(DIMENSIONS) for word in KNOWN},
    [_row(DIMENSIONS) for _ in range(PIECES)],
    [[_row(FILTERS) for _ in range(DIMENSIONS)] for _ in range(WIDTH)],
    _row(FILTERS),
    [[number / 1e6 for number in _row(FILTERS)] for _ in OUTPUTS],
    [0.5, -0.5, 0.25],
)
NOBODY = [0] * DIMENSIONS
ROUNDED_TO = 128
"""Steps that are left out of a word's part, with numbers as large as these."""


def _vector(word: str) -> list[int]:
    if word in TABLES.words:
        return list(TABLES.words[word])
    rows = [TABLES.pieces[at] for at in pieces_of(word)]
    return [sum(column) // len(rows) for column in zip(*rows, strict=True)]


def _scores(words: list[str], network: Network | None = None) -> list[float]:
    seen = (network or Network(TABLES)).look(words)
    return [seen.adds(output) for output in OUTPUTS]


def _by_hand(words: list[str]) -> list[float]:
    vectors = [NOBODY, *map(_vector, words), NOBODY]
    best = [0] * FILTERS
    for at in range(len(words)):
        for pattern in range(FILTERS):
            total = TABLES.biases[pattern]
            for place in range(WIDTH):
                for part, row in zip(vectors[at + place], TABLES.patterns[place], strict=True):
                    total += part * row[pattern]
            best[pattern] = max(best[pattern], total)
    return [
        bias + sum(a * b for a, b in zip(best, weights, strict=True))
        for weights, bias in zip(TABLES.outputs, TABLES.output_biases, strict=True)
    ]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([*KNOWN, "zog", "é🔪", "x"]), max_size=5))
def test_every_pattern_counts_where_it_is_strongest(words: list[str]) -> None:
    """All patterns at once give what each by itself gives, but for what is rounded."""
    rounded = max(sum(map(abs, weights)) for weights in TABLES.outputs) * WIDTH * ROUNDED_TO / 2
    assert _scores(words) == pytest.approx(_by_hand(words), abs=rounded)
    assert _scores(words) == pytest.approx(_by_hand(words), rel=1e-3, abs=0.3)


def test_what_was_read_before_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words score the same, remembered or not, and no more are remembered than allowed."""
    monkeypatch.setattr(module, "MOST_REMEMBERED", 2)
    network, words = Network(TABLES), ["feed", "the", "zog", "for", "me"]
    once = _scores(words, network)
    assert _scores(words, network) == once == _scores(words)
    assert len(network._known) <= 2


def test_of_a_long_message_both_ends_are_looked_at() -> None:
    """What stands in the middle of a very long message changes no score, its last words do."""
    network = Network(TABLES)
    long = ["the"] * MOST_WORDS
    assert _scores([*long, "cat", *long], network) == _scores(long, network)
    assert _scores([*long, "cat"], network) != _scores(long, network)


def test_no_words_score_the_biases() -> None:
    """An empty message is no error."""
    assert _scores([]) == pytest.approx([0.5, -0.5, 0.25])
