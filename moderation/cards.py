"""Card codes: the 80 random bits a student types in to get in; pure.

Used by `people.py` and by the enrolment tool. Sixteen letters of Crockford's Base32 (no I, L, O, U)
in four groups. Entry forgives case, spaces, dashes, and the letters people write for digits.
"""

from __future__ import annotations

import hashlib
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BYTES: Final = 10
"""Random bytes in a code: 80 bits, 16 letters of 5 bits each."""
_LETTERS: Final = 16
_GROUP: Final = 4
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", "\u2013": "", "\u2014": ""})


def code_of(chance: bytes) -> str:
    """The code of ten random bytes, as it is printed: XXXX-XXXX-XXXX-XXXX."""
    number = int.from_bytes(chance[:BYTES])
    letters = "".join(ALPHABET[(number >> shift) & 31] for shift in range(75, -1, -5))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))


def read(typed: str) -> str | None:
    """What was typed as the 16 letters that were meant, or None if it is no code at all."""
    if len(typed) > 4 * _LETTERS:
        return None
    letters = "".join(typed.split()).upper().translate(_MEANT)
    if len(letters) != _LETTERS or any(letter not in ALPHABET for letter in letters):
        return None
    return letters


def digest(letters: str) -> str:
    """What stands for a code in the file that is imported: SHA-256, in hexadecimal.

    Nobody can try 80 random bits; the server stores its keyed hash of this, never this itself.
    """
    return hashlib.sha256(b"peerline card\0" + letters.encode()).hexdigest()
