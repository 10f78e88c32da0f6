from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.people.passwords import ALONE, LONGEST, WITH_FACTOR, fault


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "tea with oat milk",
        "x9#kQ2!v",
        "пароль из четырёх слов",
        "\U0001f9a6\U0001f9a6 otter otter \U0001f9a6",
        "a" * 40 + " b " + "c" * 60,
        "        eight spaces and then words",
        "myPasswordIsNotYourBusiness",
    ],
)
def test_any_characters_will_do_and_none_are_asked_for(password: str) -> None:
    """Long or with a factor; letters, digits and marks as one likes, 64 and more of them."""
    assert fault(password, shortest=WITH_FACTOR) is None


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password123!",
        "P@ssw0rd2026",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "0987654321",
        "abcabcabcabc",
        "aaaaaaaaaaaaaaaa",
        "Liverpool1892",
        "!!safeguarding!!",
        "Peerline2026",
        "zyxwvutsrq",
        "!" * 20,
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    """Well-known words with digits around them, patterns and rows of keys, in any case."""
    assert fault(password, shortest=WITH_FACTOR) is not None


@pytest.mark.parametrize("password", ["samsmith1", "SAM smith 2026", "elm-school", "smith sam 1"])
def test_ones_own_name_is_refused(password: str) -> None:
    """What an attacker knows of the person is on their list."""
    assert fault(password, shortest=8, own=("sam", "Sam Smith", "elm-school")) is not None


@pytest.mark.parametrize(("shortest", "size"), [(ALONE, 15), (WITH_FACTOR, 8)])
def test_the_length_is_counted_exactly(shortest: int, size: int) -> None:
    """Fifteen alone, eight with a second factor, a thousand and twenty-four at most."""
    words = "tea with oat milk and more " * 60
    assert fault(words[:size], shortest=shortest) is None
    assert fault(words[: size - 1], shortest=shortest) is not None
    assert fault(words[:LONGEST], shortest=shortest) is None
    assert fault(words[: LONGEST + 1], shortest=shortest) is not None


@given(st.text(min_size=3, max_size=80))
def test_a_refusal_never_repeats_the_password(password: str) -> None:
    """Whatever was typed, the words of the refusal are among the three that exist."""
    assert fault(password, shortest=15) in {
        None,
        fault("", shortest=15),
        fault("a" * 16, shortest=15),
        fault("administration123", shortest=15),
    }
