from __future__ import annotations

import pytest

from moderation.vocabulary import NUMBER, UNKNOWN, Vocabulary


def _vocabulary() -> Vocabulary:
    words = Vocabulary(
        slang={"gonna": "going to", "unalive": "unalive"},
        anchors=["suicide", "myself", "killing", "tonight"],
        ordinary=["skilling", "the", "want"],
        fillers=["really"],
        sworn_fillers=["fucking"],
        starred=["grimsel"],
    )
    for word in ("kill", "going", "to", "die"):
        words.code(word)
    words.close()
    return words


def test_the_only_word_of_a_rule_that_fits_stands_behind_a_star() -> None:
    """Where two words fit, none is guessed."""
    words = _vocabulary()
    assert words.behind_stars("g*ing") == "going"
    assert words.behind_stars("w*nt") == "want"
    assert words.behind_stars("x*nt") == ""
    words.code("wont")
    words.close()
    assert words.behind_stars("w*nt") == ""


def test_slang_has_the_codes_of_what_it_stands_for() -> None:
    """An abbreviation and its long form cannot be told apart by a rule."""
    words = _vocabulary()
    assert words["gonna"] == words["going"] + words["to"]


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("k1ll", "kill"),
        ("dieeee", "die"),
        ("suicde", "suicide"),
        ("suicidee", "suicide"),
        ("siucide", "suicide"),
        ("suicyde", "suicide"),
        ("myslf", "myself"),
    ],
)
def test_a_known_word_is_found_behind_one_slip(disguised: str, plain: str) -> None:
    """Digits for letters, stretching and one wrong letter do not hide a known word."""
    words = _vocabulary()
    assert words[disguised] == words[plain]


@pytest.mark.parametrize("count", ["600k", "50m", "900k"])
def test_thousands_and_millions_are_numbers(count: str) -> None:
    """What looks like a count is no word whose letters are digits."""
    words = _vocabulary()
    words.code("gook")
    words.close()
    assert words[count] == NUMBER


def test_some_words_are_known_behind_stars_and_through_no_other_slip() -> None:
    """A starred letter hides nothing; a misspelling of such a word stays a word of its own."""
    words = _vocabulary()
    assert words.behind_stars("gr*msel") == "grimsel"
    assert words["grimsle"] == UNKNOWN


def test_words_written_as_one_are_taken_apart() -> None:
    """Joined words are read as the words they are made of."""
    words = _vocabulary()
    assert words["killmyself"] == words["kill"] + words["myself"]


def test_an_ordinary_word_is_never_bent_into_a_known_one() -> None:
    """A real word one letter away from an anchor stays itself."""
    assert _vocabulary()["skilling"] == UNKNOWN


def test_numbers_are_all_one_word() -> None:
    """Any whole number reads as the number sign of the pattern language."""
    assert _vocabulary()["271828"] == NUMBER
