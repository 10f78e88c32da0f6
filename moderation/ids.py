"""New names for things: random, so that none tells how many there are or who made them.

Used wherever a row, a session or an incident begins.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import struct
from base64 import urlsafe_b64encode

_PLAIN = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody mistakes for one another on a phone at night."""


_FETCHED = 9216
_NONCES = struct.Struct("12s" * (_FETCHED // 12))
_ID, _LETTERS = 22, 24
_IDS = [slice(at, at + _ID) for at in range(0, _FETCHED * 4 // 3, _LETTERS)]
_nonces: list[bytes] = []
_ids: list[str] = []


def new_nonce() -> bytes:
    """12 random bytes that nobody was given before, fetched from the system many at a time.

    One system call for each would let go of the interpreter lock each time, which under load costs
    more than all else that a message needs. Safe between threads, and after a fork.
    """
    while True:
        try:
            return _nonces.pop()
        except IndexError:
            _nonces.extend(_NONCES.unpack(os.urandom(_FETCHED)))


def new_id() -> str:
    """At least 128 random bits as 22 characters of base64url (RFC 4648 section 5).

    Made many at a time, as nonces are, and just as safe.
    """
    while True:
        try:
            return _ids.pop()
        except IndexError:
            letters = urlsafe_b64encode(os.urandom(_FETCHED)).decode()
            _ids.extend(map(letters.__getitem__, _IDS))


def _forget() -> None:
    _nonces.clear()
    _ids.clear()


os.register_at_fork(after_in_child=_forget)  # a nonce must not come in two processes


def new_token() -> str:
    """256 random bits as 43 characters, for what opens a session."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of a token instead of it: SHA-256, for nobody can try 256 random bits."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def new_code() -> str:
    """An incident's code, to be read aloud: three and four letters, 34 random bits."""
    letters = "".join(secrets.choice(_PLAIN) for _ in range(7))
    return f"{letters[:3]}-{letters[3:]}"
