"""What may stand in a message, as the table of bad input has it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.frames.shared import MAX_TEXT
from chat.typed import flaw, shown

FLAG = "\N{WAVING BLACK FLAG}"
END = "\N{CANCEL TAG}"


def tags(letters: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in letters)


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "two\nlines",
        "naïve café, Zoë",
        "مرحبا كيف حالك",
        "नमस्ते दोस्त",
        "สวัสดี",
        "👨‍👩‍👧‍👦 family",
        "1️⃣ first",
        "👍🏽",
        "🫩",  # newer than the Unicode of Python 3.11
        "\N{LEFT-TO-RIGHT OVERRIDE}turned",
        "co\N{SOFT HYPHEN}operate",
        "z\u0301\u0302\u0303\u0304",
        FLAG + tags("gbeng") + END,
        FLAG + tags("gbsct") + END,
        FLAG + tags("gbwls") + END,
        "a" * MAX_TEXT,
        "é" * MAX_TEXT,
    ],
)
def test_what_people_write_is_taken(text: str) -> None:
    """Letters, emoji old and new, flags and joined signs of any script have no flaw."""
    assert flaw(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("\n\n", "empty"),
        ("\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}", "empty"),
        ("\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}", "empty"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}", "empty"),
        ("\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER} \N{BRAILLE PATTERN BLANK}", "empty"),
        ("\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}", "empty"),
        ("\N{COMBINING ACUTE ACCENT}\N{COMBINING GRAPHEME JOINER}", "empty"),
        ("\N{VARIATION SELECTOR-16} \N{COMBINING ENCLOSING KEYCAP}", "empty"),
        ("a" * (MAX_TEXT + 1), "too_long"),
        ("é" * (MAX_TEXT + 1), "too_long"),
        ("nul \x00 byte", "bad_text"),
        ("bell\x07", "bad_text"),
        ("tab\there", "bad_text"),
        ("return\r\n", "bad_text"),
        ("\x1b[31mred", "bad_text"),
        ("next line \x85", "bad_text"),
        ("\x9b control", "bad_text"),
        ("lone \ud800", "bad_text"),
        ("\udc00 lone", "bad_text"),
        ("private \ue000", "bad_text"),
        ("private \U000f0000", "bad_text"),
        ("nothing \ufdd0", "bad_text"),
        ("nothing \uffff", "bad_text"),
        ("unassigned \u0378", "bad_text"),
        ("hidden" + tags("words"), "bad_text"),
        (FLAG + "x" + tags("gbeng") + END, "bad_text"),
        ("language \N{LANGUAGE TAG}", "bad_text"),
        ("z\u0301\u0302\u0303\u0304\u0305", "bad_text"),
    ],
)
def test_what_breaks_pages_is_refused(text: str, code: str) -> None:
    """Each row of the table of bad input earns its code."""
    assert flaw(text) == code


@given(st.text(max_size=40))
def test_K15_any_text_gets_an_answer(text: str) -> None:
    """Every text has one of three flaws or none, and none holds a refused sign."""
    found = flaw(text)
    assert found in {None, "empty", "bad_text"}
    if found is None:
        assert text.strip()
        assert "\x00" not in text
        assert not any(unicodedata.category(sign) in {"Cs", "Co"} for sign in text)


@given(st.text(alphabet=st.characters(categories=["Zs"], include_characters="\n"), max_size=20))
def test_only_spaces_is_empty(text: str) -> None:
    """Spaces of any kind are no message."""
    assert flaw(text) == "empty"


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_the_quick_way_agrees_with_the_long_one(text: str) -> None:
    """Plain letters are judged alike whether or not a letter beyond ASCII stands beside them."""
    assert (flaw(text) == "empty") == (not text.strip())
    assert flaw(text + "é") is None


def test_signs_that_turn_text_around_are_not_shown() -> None:
    """Overrides, embeddings, isolates and marks are taken out for display, words are not."""
    turns = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
    assert shown(f"a{turns}b\u200dc") == "ab\u200dc"


@given(st.text())
def test_showing_twice_changes_nothing(text: str) -> None:
    """What is shown is already as it should be shown."""
    assert shown(shown(text)) == shown(text)
