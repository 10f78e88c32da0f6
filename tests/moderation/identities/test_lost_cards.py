"""A lost card is replaced, a stolen one taken out, by whoever has the roster."""

from __future__ import annotations

import secrets

import pytest

from moderation.identities import lost_cards
from moderation.identities.enrolment import BadFile
from moderation.people import cards
from tests.moderation.identities.test_enrolment import made


def test_a_lost_card_is_replaced_by_naming_the_old_one() -> None:
    """The file for the server has two digests and nothing else; the roster follows."""
    first = made()
    again = lost_cards.reissue(first.roster, " ann lee", "1003", secrets.token_bytes)
    (line,) = again.batch.reissued
    assert line.replaces == first.roster.pupils[2].card
    assert line.card == again.roster.pupils[2].card
    assert line.card == cards.digest(again.cards[0].code.replace("-", ""))
    assert again.roster.pupils[:2] == first.roster.pupils[:2]
    assert again.batch.students == again.batch.canaries == ()


@pytest.mark.parametrize(("name", "number"), [("Ann Lee", ""), ("Cy", ""), ("Ben Ó Sé", "1003")])
def test_a_card_is_replaced_for_exactly_one_pupil(name: str, number: str) -> None:
    """A name that two have, or nobody, is not guessed at."""
    with pytest.raises(BadFile, match="pupils of the roster"):
        lost_cards.reissue(made().roster, name, number, secrets.token_bytes)


def test_a_card_is_taken_out_by_naming_it() -> None:
    """The file for the server has one digest and nothing else."""
    roster = made().roster
    batch = lost_cards.end(roster, "ANN LEE", "1003")
    assert batch.ended == (roster.pupils[2].card,)
    assert batch.students == batch.canaries == batch.reissued == ()


@pytest.mark.parametrize(("name", "number"), [("Ann Lee", ""), ("Cy", ""), ("Ben Ó Sé", "1003")])
def test_a_card_is_taken_out_for_exactly_one_pupil(name: str, number: str) -> None:
    """A name that two have, or nobody, is not guessed at."""
    with pytest.raises(BadFile, match="pupils of the roster"):
        lost_cards.end(made().roster, name, number)
