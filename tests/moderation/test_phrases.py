from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.grammar import Grammar, PatternError
from moderation.phrases import Index, Line
from moderation.text import View, read, understand
from moderation.tokens import Words
from moderation.vocabulary import Vocabulary

CLASSES = {"me": ["i", "im"], "act": ["kill", "end it"], "loop": ["@me", "you"]}


def _found(pattern: str, text: str) -> list[str]:
    """The words that `pattern` covers in `text`."""
    vocabulary = Vocabulary({"im": "i am"}, [], [], ["really"], ["fucking"])
    grammar = Grammar(vocabulary, CLASSES)
    index = Index(vocabulary, {"the": 5000, "is": 5000})
    row = grammar.parse(pattern)
    index.add(row, 0)
    vocabulary.close()
    view: View = read(text).views[0]
    understand(view, Words(vocabulary, index.gate))
    line = Line(view.codes, view.present)
    owners = [at for at, piece in enumerate(view.pieces) for _ in piece.replace("\x02", "")]
    return [
        " ".join(view.tokens[owners[first] : owners[last] + 1]) for first, last in line.spans(row)
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("want to die", "i want to die now", ["want to die"]),
        ("want to die", "want to really fucking die", ["want to really fucking die"]),
        ("die|dead", "dead or die", ["dead", "die"]),
        ("@me @act", "im end it", ["im end it"]),
        ("@act now", "end it now kill now", ["end it now", "kill now"]),
        ("kill _2 dead", "kill a b dead kill a b c dead", ["kill a b dead"]),
        ("kill _3 dead", "kill me. dead", []),
        ("kill ~3 dead", "kill me. dead", ["kill me . dead"]),
        ("(kill me|end it) now?", "end it", ["end it"]),
        ("^ kill", "go kill. kill", ["kill"]),
        ("kill $", "kill it kill", ["kill"]),
        ("kill(ing|ed)? it", "killing it kill it", ["killing it", "kill it"]),
        ("took # pills", "took 20 pills", ["took 20 pills"]),
    ],
)
def test_a_pattern_covers_what_its_language_says(
    pattern: str, text: str, covered: list[str]
) -> None:
    """Each construct of the pattern language matches exactly the words it describes."""
    assert _found(pattern, text) == covered


def test_a_pattern_of_common_words_only_is_refused() -> None:
    """Without a rare word a pattern would be tried on every message."""
    with pytest.raises(PatternError):
        _found("the is", "the is")


@given(st.lists(st.sampled_from(["kill", "me", "now", "x", "."]), max_size=60))
def test_a_match_always_contains_its_own_words(words: list[str]) -> None:
    """Whatever the text, what a pattern covers begins and ends with its own words."""
    for covered in _found("kill _2 now", " ".join(words)):
        assert covered.split()[0] == "kill"
        assert covered.split()[-1] == "now"
