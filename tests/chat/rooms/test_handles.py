"""Pseudonyms of a room."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chat.rooms.handles import two_handles
from moderation.records import tables

LEXICON = Path(__file__).parents[3] / "moderation" / "lexicon"


@given(st.integers())
def test_two_handles_share_no_word(seed: int) -> None:
    """Nobody can take one peer for the other."""
    one, other = two_handles(Random(seed))
    assert not set(one.split()) & set(other.split())


@given(st.integers())
def test_a_handle_fits_its_column(seed: int) -> None:
    """Handles are two plain words that the tables can hold."""
    for handle in two_handles(Random(seed)):
        assert handle.replace(" ", "").isalpha()
        assert len(handle) <= (tables.seats.c.handle.type.length or 0)


def test_no_handle_could_be_a_name() -> None:
    """What a peer is called here looks like no full name, and is not hidden as one."""
    names = tomllib.loads((LEXICON / "names.toml").read_text(encoding="utf-8"))
    given = set(names["given"].split())
    words = {
        word
        for seed in range(400)
        for handle in two_handles(Random(seed))
        for word in handle.split()
    }
    assert len(words) == 60
    assert not {word.lower() for word in words} & given


def test_chance_decides() -> None:
    """The same chance gives the same handles, another gives others."""
    assert two_handles(Random(1)) == two_handles(Random(1))
    assert len({two_handles(Random(seed)) for seed in range(50)}) > 40
