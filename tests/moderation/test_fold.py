from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from moderation.fold import FOLD


@given(st.characters(codec="ascii"))
def test_ascii_folds_to_its_lower_case(char: str) -> None:
    """Plain letters change only their case."""
    if char.isprintable():
        assert FOLD[char] == char.lower()


@given(st.characters())
def test_one_character_never_grows_without_bound(char: str) -> None:
    """A single character folds to a few at most, so a message cannot explode."""
    assert len(FOLD[char]) <= 8


@given(st.characters(categories=["Mn", "Cf"]))
def test_marks_and_invisible_controls_vanish(char: str) -> None:
    """What a reader cannot see does not part a word."""
    assert FOLD[char] == "" or unicodedata.category(char) not in ("Mn", "Cf")
