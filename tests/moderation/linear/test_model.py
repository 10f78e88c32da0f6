from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.linear import model as module
from moderation.linear.features import grams_of, own_key, pair_keys, words_of
from moderation.linear.model import DAMPING, GRAM_SHARE, GROUPS, MOST_WORDS, Model, Weights, keyed

WORDS = st.lists(st.text(alphabet="abcé🔪1", min_size=1, max_size=8), max_size=30)


def _weights() -> Weights:
    pairs, gapped = keyed({"a b": 7, "a _ c": -5, "_ a": 2})
    row = bytes(range(120, 120 + len(GROUPS)))
    return Weights(
        "small",
        -1.5,
        0.01,
        {"=a": 10, "<a>": 5, "=bc": -3, "<bc": 4, "abc": 9, "🔪": 1},
        pairs,
        gapped,
        0.02,
        (0.5,) * len(GROUPS),
        {"=a": row, "<bc": row, "a b": row},
        dict.fromkeys(("weak", "queue", "strong", "hold"), 0.0),
    )


def _risk_by_hand(weights: Weights, words: list[str]) -> float:
    keys = {**{f"{a} {b}": w for (a, b), w in weights.pairs.items()}}
    keys |= {f"{a} _ {b}": w for (a, b), w in weights.gapped.items()}
    total = sum(weights.pieces.get(own_key(word), 0) for word in words)
    total += sum(GRAM_SHARE * weights.pieces.get(g, 0) for word in words for g in grams_of(word))
    total += sum(keys.get(key, 0) for key in pair_keys(words))
    return weights.bias + weights.step * total / max(1, len(words)) ** DAMPING


@given(WORDS)
def test_the_score_is_the_sum_of_its_features(words: list[str]) -> None:
    """Remembered sums and tables give what counting every feature gives."""
    weights = _weights()
    assert Model(weights, {}).risk(words) == pytest.approx(_risk_by_hand(weights, words))


@given(st.lists(st.text(max_size=12), max_size=20))
def test_the_same_tokens_always_score_the_same(tokens: list[str]) -> None:
    """What was judged before changes no score and no group, for any Unicode at all."""
    used, fresh = Model(_weights(), {}), Model(_weights(), {})
    used.groups(used.words(["a", "bc", "zz"]))
    for model in (used, used, fresh):
        words = model.words(tokens)
        assert model.risk(words) == fresh.risk(words)
        assert model.groups(words) == fresh.groups(words)


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
    monkeypatch.setattr(module, "MOST_ROWS", 2)
    model = Model(_weights(), {})
    words = model.words(["a", "bc", "d", "e", "f", "g"])
    once = (model.risk(words), model.groups(words))
    assert len(model._parts) <= 3
    assert len(model._sums) <= 3
    assert len(model._rows) <= 2
    assert (model.risk(words), model.groups(words)) == once


def test_a_long_message_is_read_at_both_ends() -> None:
    """No more words are looked at than the limit, and the last ones are among them."""
    words = Model(_weights(), {}).words(["x"] * (2 * MOST_WORDS) + ["last"])
    assert len(words) == MOST_WORDS
    assert words[-1] == "last"


def test_no_words_score_the_bias() -> None:
    """An empty message is neither risky nor an error."""
    model = Model(_weights(), {})
    assert model.risk([]) == model.weights.bias
    assert set(model.groups([])) == set(GROUPS)
