"""Codes that people copy by hand: a student's card, and a receipt for a chat; pure.

Used by `people.py`, the enrolment tool and the receipts of cases. Letters of Crockford's
Base32 (no I, L, O, U) in groups of four. Entry forgives case, spaces, dashes, and the letters
people write for digits.
"""

from __future__ import annotations

import hashlib
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BYTES: Final = 10
"""Random bytes in a card code: 80 bits, 16 letters of 5 bits each."""
RECEIPT_BYTES: Final = 5
"""Random bytes in a receipt: 40 bits, 8 letters, of use to signed-in staff only."""
_BITS: Final = 5
_GROUP: Final = 4
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", "\u2013": "", "\u2014": ""})


def code_of(chance: bytes) -> str:
    """The code of that many random bytes, a multiple of five, as it is printed: XXXX-XXXX-..."""
    number = int.from_bytes(chance)
    shifts = range(8 * len(chance) - _BITS, -1, -_BITS)
    letters = "".join(ALPHABET[(number >> shift) & 31] for shift in shifts)
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def read(typed: str, size: int = BYTES) -> str | None:
    """What was typed as the letters of a code of `size` bytes, or None if it is no such code."""
    count = 8 * size // _BITS
    if len(typed) > 4 * count:
        return None
    letters = "".join(typed.split()).upper().translate(_MEANT)
    if len(letters) != count or any(letter not in ALPHABET for letter in letters):
        return None
    return letters


def digest(letters: str) -> str:
    """What stands for a code in the file that is imported: SHA-256, in hexadecimal.

    Nobody can try 80 random bits; the server stores its keyed hash of this, never this itself.
    """
    return hashlib.sha256(b"peerline card\0" + letters.encode()).hexdigest()
