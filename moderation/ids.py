"""New names for things: random, so that none tells how many there are or who made them.

Used wherever a row, a session or an incident begins.
"""

from __future__ import annotations

import secrets

_PLAIN = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody mistakes for one another on a phone at night."""


def new_id() -> str:
    """128 random bits as 22 characters, base64url (RFC 4648 section 5)."""
    return secrets.token_urlsafe(16)


def new_token() -> str:
    """256 random bits as 43 characters, for what opens a session."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """An incident's code, to be read aloud: three and four letters, 34 random bits."""
    letters = "".join(secrets.choice(_PLAIN) for _ in range(7))
    return f"{letters[:3]}-{letters[3:]}"
