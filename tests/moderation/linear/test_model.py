from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.linear import model as module
from moderation.linear.features import grams_of, own_key, pair_keys, words_of
from moderation.linear.model import (
    DAMPING,
    GROUPS,
    MOST_WORDS,
    PIECE,
    WHOLE,
    Features,
    Model,
    Weights,
    packed,
    pieces_in,
)
from moderation.linear.store import LIMITS

WORDS = st.lists(st.text(alphabet="abcé🔪1", min_size=1, max_size=8), max_size=30)
RISK = {
    "=a": 10,
    "<a>": 5,
    "=bc": -3,
    "<bc": 4,
    "abc": 9,
    "<🔪>": 1,
    "a b": 7,
    "a _ c": -5,
    "_ a": 2,
}
SELF = {"=a": -8, "<bc": 6, "a b": -100, "a _ c": 3}
HOLD = {"<bc": 11, "a b": -2}


def _features(table: dict[str, int]) -> Features:
    near: dict[str, dict[str, int]] = {}
    far: dict[str, dict[str, int]] = {}
    for key, number in table.items():
        match key.split(" "):
            case [first, last]:
                near.setdefault(first, {})[last] = number
            case [first, _, last]:
                far.setdefault(first, {})[last] = number
    words = {key.removeprefix("="): number for key, number in table.items() if key[0] == "="}
    pieces = {key: number for key, number in table.items() if key[0] != "=" and " " not in key}
    return Features(words, pieces_in(pieces.items()), near, far)


def _weights() -> Weights:
    others = [0] * (len(GROUPS) - 3)
    groups = {key: packed([SELF.get(key, 0), *others, HOLD.get(key, 0), 0]) for key in SELF | HOLD}
    risk, limits = _features(RISK), dict.fromkeys(LIMITS, 0.0)
    biases = (0.5,) * len(GROUPS)
    return Weights("small", -1.5, 0.01, 0.02, biases, risk, _features(groups), limits)


def _by_hand(table: dict[str, int], words: list[str]) -> float:
    whole = [*map(own_key, words), *pair_keys(words)]
    total = sum(WHOLE * table.get(key, 0) for key in whole)
    total += sum(PIECE * table.get(gram, 0) for word in words for gram in grams_of(word))
    return total / WHOLE / float(max(1, len(words)) ** DAMPING)


@given(WORDS)
def test_every_score_is_the_sum_of_its_features(words: list[str]) -> None:
    """Sums that travel together give what counting every feature by itself gives."""
    model = Model(_weights(), {})
    sums = model.sums(words)
    groups = model.groups(sums)
    assert model.risk(sums) == pytest.approx(-1.5 + 0.01 * _by_hand(RISK, words))
    assert groups["self"] == pytest.approx(0.5 + 0.02 * _by_hand(SELF, words))
    assert groups["hold"] == pytest.approx(0.5 + 0.02 * _by_hand(HOLD, words))
    assert groups["abuse"] == 0.5


@given(st.lists(st.text(max_size=12), max_size=20))
def test_the_same_tokens_always_score_the_same(tokens: list[str]) -> None:
    """What was judged before changes no score and no group, for any Unicode at all."""
    used, fresh = Model(_weights(), {}), Model(_weights(), {})
    used.read(["a", "bc", "zz"])
    for model in (used, used, fresh):
        sums = model.read(tokens)
        assert sums == fresh.read(tokens)
        assert sums == fresh.sums(sums.words)


def test_case_marks_and_numbers_say_nothing_about_formatting() -> None:
    """Sentence marks and line ends vanish and every number is the same word."""
    assert words_of("!", {}) == words_of(".", {}) == words_of("\n", {}) == ()
    assert words_of("14", {}) == words_of("2026", {})


def test_slang_counts_as_what_it_stands_for() -> None:
    """A short form gives the words of its long form."""
    assert words_of("idk", {"idk": "i do not know"}) == ("i", "do", "not", "know")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit nothing more is remembered, and scores stay the same."""
    monkeypatch.setattr(module, "MOST_REMEMBERED", 3)
    model = Model(_weights(), {})
    once = model.read(["a", "bc", "d", "e", "f", "g"])
    model.groups(once)
    assert len(model._parts) <= 3
    assert len(model._grouped) <= 3
    assert model.read(["a", "bc", "d", "e", "f", "g"]) == once


def test_a_long_message_is_read_at_both_ends() -> None:
    """No more words are looked at than the limit, and the last ones are among them."""
    words = Model(_weights(), {}).read(["x"] * (2 * MOST_WORDS) + ["last"]).words
    assert len(words) == MOST_WORDS
    assert words[-1] == "last"


def test_no_words_score_the_bias() -> None:
    """An empty message is neither risky nor an error."""
    model = Model(_weights(), {})
    assert model.risk(model.read([])) == model.weights.bias
    assert set(model.groups(model.read([]))) == set(GROUPS)
