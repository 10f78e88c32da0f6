"""The seats in which words of staff are kept."""

from __future__ import annotations

import itertools

import pytest

from moderation import voices

HANDLES = ("Otter", "Wren")


def test_every_voice_and_every_addressee_has_a_seat_of_its_own() -> None:
    """What staff spoke as and whom they spoke to is read back from the seat, and from it alone."""
    said = list(itertools.product(voices.NAMES, (None, 0, 1)))
    seats = [voices.seat_of(voice, to) for voice, to in said]
    assert len(set(seats)) == len(said)
    assert [(voices.voice_of(seat), voices.addressed(seat)) for seat in seats] == said


@pytest.mark.parametrize("seat", [0, 1])
def test_a_students_seat_is_nobody_of_the_staff(seat: int) -> None:
    """A student never speaks as staff, whatever the handle."""
    assert voices.voice_of(seat) is None
    assert voices.addressed(seat) is None
    assert voices.name_of(seat, HANDLES) == HANDLES[seat]


def test_M12_staff_are_named_by_what_they_speak_as() -> None:
    """Never by a handle; and private words say whose they are."""
    assert voices.name_of(voices.seat_of("moderator"), HANDLES) == "Moderator"
    assert voices.name_of(voices.seat_of("adult", 1), HANDLES) == "School adult to Wren alone"
