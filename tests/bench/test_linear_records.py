from __future__ import annotations

import pytest

from bench.linear_records import Record, words_read
from moderation.terms import Attention
from moderation.vocabulary import Vocabulary

WRITTEN = [
    *["she will kill me"] * 20,
    *["gam is a word that somebody wrote"] * 2,
    *["up at 6am and k1ll me"] * 2,
    *["up at 6am with m3"] * 2,
    "k3pt of m3",
]


def _record(text: str) -> Record:
    return Record(
        id=text,
        text=text,
        hand="uk",
        fold=0,
        family="",
        lang="en",
        category="none",
        attention=Attention.NONE,
        delivery="deliver",
        trait="plain",
        held_out=False,
        tokens=text.split(),
    )


@pytest.fixture(scope="module")
def read() -> list[list[str]]:
    """The words that are learnt from `WRITTEN`."""
    return words_read(list(map(_record, WRITTEN)), {"u": "you"}, Vocabulary({}, (), (), (), ()))


def test_a_word_in_disguise_is_learnt_as_the_word_it_is(read: list[list[str]]) -> None:
    """Though it was written more than once, so that judging undoes it instead of knowing it."""
    words = {word for text in read for word in text}
    assert words.isdisjoint({"k1ll", "m3"})
    assert read[-2] == ["up", "at", "6am", "with", "me"]


def test_a_number_with_its_unit_is_a_word_of_its_own(read: list[list[str]]) -> None:
    """A time of day is no disguise of what it looks like, since hardly anybody writes that."""
    assert read[-3] == ["up", "at", "6am", "with", "me"]
    assert read[22] == ["up", "at", "6am", "and", "kill", "me"]


def test_what_is_no_known_word_stays_as_it_is_written(read: list[list[str]]) -> None:
    """Nobody wrote the word it may stand for."""
    assert read[-1] == ["k3pt", "of", "me"]
