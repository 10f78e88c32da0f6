from __future__ import annotations

import pytest

from moderation.grammar import Grammar, PatternError
from moderation.vocabulary import Vocabulary


def _grammar() -> Grammar:
    vocabulary = Vocabulary({"im": "i am"}, [], [], ["really"], ["fucking"])
    return Grammar(vocabulary, {"me": ["i", "im"], "act": ["kill", "end it"]})


@pytest.mark.parametrize(
    "pattern", ["(kill", "kill)", "_3", "kill _99 it", "@nobody", "?", "| kill", "kill|(end it)"]
)
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    """Broken brackets, wide gaps, unknown classes and patterns without a word are errors."""
    with pytest.raises(PatternError):
        _grammar().parse(pattern)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("im here", "i am here"),
        ("really here", "here"),
        ("kill(ing|ed)? it", "(kill|killing|killed) it"),
        ("a|b c", "(a|b) c"),
        ("@act", "(kill|end it)"),
        ("(kill|end it|im)", "(kill|(end it)|im)"),
        ("(kill|really|)", "(kill|(really)|)"),
        ("I'm", "im"),
        ("cuántos años", "cuantos anos"),
    ],
)
def test_two_spellings_of_a_pattern_are_the_same(one: str, other: str) -> None:
    """Slang, fillers, stems, bars, accents and classes are ways to write the same items."""
    grammar = _grammar()
    assert grammar.parse(one) == grammar.parse(other)
