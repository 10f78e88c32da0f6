"""Staff who speak in a room: as what, and in which seat their words are kept; pure.

Students sit in seats 0 and 1. Words of staff are kept in seats far from those, so that no code can
take them for a student's: 10 for a moderator and 20 for an adult of the school who speak to
everybody, and one more than that, plus the student's seat, for words to one student alone. Used by
the chat, the desk and the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Voice = Literal["moderator", "adult"]
"""What staff speak as; never under a name, and never as a peer."""

NAMES: dict[Voice, str] = {"moderator": "Moderator", "adult": "School adult"}

_FIRST: dict[Voice, int] = {"moderator": 10, "adult": 20}
_STUDENTS = 2


def seat_of(voice: Voice, to: int | None = None) -> int:
    """The seat in which such words are kept; `to` is the one student they are for, or None."""
    return _FIRST[voice] + (0 if to is None else to + 1)


def voice_of(seat: int) -> Voice | None:
    """As what staff spoke in that seat, or None for a student's seat."""
    if seat < _STUDENTS:
        return None
    return "moderator" if seat < _FIRST["adult"] else "adult"


def addressed(seat: int) -> int | None:
    """The seat of the one student such words are for, or None when they are for everybody."""
    voice = voice_of(seat)
    return None if voice is None or seat == _FIRST[voice] else seat - _FIRST[voice] - 1


def name_of(seat: int, handles: Sequence[str]) -> str:
    """Who said something, for staff to read: a student's handle, or what staff spoke as."""
    voice = voice_of(seat)
    if voice is None:
        return handles[seat]
    to = addressed(seat)
    return NAMES[voice] if to is None else f"{NAMES[voice]} to {handles[to]} alone"
