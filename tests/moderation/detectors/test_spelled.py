from __future__ import annotations

import pytest

from moderation.detectors.spelled import Spelled

WORDS = {"kill", "good", "god", "so", "dying", "going", "to", "killll1"}


@pytest.fixture(scope="module")
def spelled() -> Spelled:
    """Short forms, and a model that knows a handful of words."""
    return Spelled({"gonna": "going to", "k": "ok"}, WORDS.__contains__)


@pytest.mark.parametrize(
    ("token", "meaning"),
    [
        ("k1ll", "kill"),
        ("dy1ng", "dying"),
        ("killlll", "kill"),
        ("k1lllll", "kill"),
        ("gooood", "good"),
        ("sooooo", "so"),
        ("gonna", "going to"),
        ("gonnnna", "gonnnna"),
        ("killll1", "killll1"),
        ("h3ll0", "h3ll0"),
        ("2024", "2024"),
        ("goodgoing", "good going"),
        ("soto", "soto"),
        ("aaabbbcccdddeee", "aaabbbcccdddeee"),
        ("ñññ", "ñññ"),
        ("", ""),
    ],
)
def test_only_a_disguised_known_word_is_respelled(
    spelled: Spelled, token: str, meaning: str
) -> None:
    """A token the model knows, a number, and a word nobody knows stay as they are."""
    assert spelled.get(token, token) == meaning
