"""New names for things: random, so that none tells how many there are or who made them.

Used wherever a row, a session or an incident begins.
"""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode

_PLAIN = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody mistakes for one another on a phone at night."""


_FETCHED = 8192
_CHUNK = 16
_chunks: list[bytes] = []


def random_chunk() -> bytes:
    """16 random bytes that nobody was given before, fetched from the system many at a time.

    One system call for each would let go of the interpreter lock each time, which under load costs
    more than all else that a message needs. Safe between threads; not after a fork.
    """
    while True:
        try:
            return _chunks.pop()
        except IndexError:
            fetched = os.urandom(_FETCHED)
            _chunks.extend(fetched[at : at + _CHUNK] for at in range(0, _FETCHED, _CHUNK))


def new_id() -> str:
    """128 random bits as 22 characters, base64url (RFC 4648 section 5)."""
    return urlsafe_b64encode(random_chunk())[:22].decode()


def new_token() -> str:
    """256 random bits as 43 characters, for what opens a session."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """An incident's code, to be read aloud: three and four letters, 34 random bits."""
    letters = "".join(secrets.choice(_PLAIN) for _ in range(7))
    return f"{letters[:3]}-{letters[3:]}"
