from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.text import MOST_CHARACTERS, read


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("I'm FINE.", ["im", "fine", "."]),
        ("ｋｉｌｌ ｍｙｓｅｌｆ", ["kill", "myself"]),
        ("sеlf hаrm", ["self", "harm"]),
        ("c\u200bu\u200bt", ["cut"]),
        ("e\u0301l", ["el"]),
        ("k\x00ill", ["kill"]),
        ("🄺🄸🄻🄻", ["kill"]),
        ("ok 🔪 x", ["ok", "🔪", "x"]),
        ("", []),
    ],
)
def test_disguised_letters_are_read_as_the_letters_they_look_like(
    written: str, words: list[str]
) -> None:
    """Full-width, lookalike, combining, zero-width and enclosed letters read as plain ones."""
    assert read(written).views[0].tokens == words


@given(st.text(max_size=300))
def test_every_token_comes_from_inside_the_original(written: str) -> None:
    """For any string, each token's span lies in the original and holds something."""
    reading = read(written)
    view = reading.views[0]
    for at in range(len(view.tokens)):
        start, end = reading.span(view, at, at)
        assert 0 <= start < end <= len(written)


@pytest.mark.parametrize(
    "hostile", ["a" * (MOST_CHARACTERS + 1), "\ufdfa" * 2000, "e" + "\u0301" * 10_000]
)
def test_a_message_too_long_to_read_says_so(hostile: str) -> None:
    """Too many characters before folding, or after it, make the reading incomplete."""
    assert not read(hostile).whole


def test_lone_surrogates_are_read_as_nothing() -> None:
    """Half a character is dropped, never an error."""
    assert read("\ud800hi\udfff").views[0].tokens == ["hi"]
