from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.linear_records import FOLDS, MOST_OF_A_SOURCE, TALK, Record, talk, words_read
from moderation.terms import Attention
from moderation.vocabulary import Vocabulary

WRITTEN = [
    *["she will kill me"] * 20,
    *["gam is a word that somebody wrote"] * 2,
    *["up at 6am and k1ll me"] * 2,
    *["up at 6am with m3"] * 2,
    "k3pt of m3",
]


def _record(text: str, hand: str = "uk") -> Record:
    return Record(
        id=text,
        text=text,
        hand=hand,
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


def test_other_talk_brings_no_words_of_its_own() -> None:
    """A word that only other talk has is not one that a disguise could be read as."""
    rows = [_record(text, TALK) for text in ["the kopi is good"] * 9] + [_record("one k0pi")] * 2
    words = words_read(rows, {}, Vocabulary({}, (), (), (), ()))
    assert words[0] == ["the", "kopi", "is", "good"]
    assert words[-1] == ["one", "k0pi"]


@pytest.fixture
def said(tmp_path: Path) -> list[Record]:
    """Other talk of a large source and a small one."""
    sizes = {"large": MOST_OF_A_SOURCE + 7, "small": 60}
    path = tmp_path / "talk.jsonl"
    lines = [
        json.dumps({"id": f"{source}-{number}", "text": "so long", "source": source})
        for source, size in sizes.items()
        for number in range(size)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return talk(path)


def test_no_source_of_talk_is_learnt_from_more_than_another_may_be(said: list[Record]) -> None:
    """What is over is still there, for limits to be set on."""
    assert len(said) == MOST_OF_A_SOURCE + 67
    assert Counter(row.family for row in said if row.learnt) == {
        "large": MOST_OF_A_SOURCE,
        "small": 60,
    }


def test_every_source_of_talk_is_dealt_out_evenly(said: list[Record]) -> None:
    """So that each fold has lines of each source."""
    folds = Counter(row.fold for row in said if row.family == "small")
    assert len(folds) == FOLDS
    assert max(folds.values()) - min(folds.values()) <= 1
