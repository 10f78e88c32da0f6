"""Hashing passwords, off the event loop and one at a time.

Used by `people.py` and `accounts.py`. Every hash takes 64 MiB and most of a core, and chats go
before sign-ins, so there is one thread for all of them; and one for whoever signs in where they are
known, who must not stand in a line that anybody can make as long as they like.
"""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from moderation.people import passwords

IN_LINE = 20
"""So many may wait for the one thread; each takes a tenth of a second or two."""


def password_hasher() -> PasswordHasher:
    """argon2id with 64 MiB and three passes (RFC 9106, second recommended option, one lane)."""
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


class Hashing:
    """A hasher and its threads; a test may hand in a quicker hasher."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self.hasher = hasher or password_hasher()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="hash-known")
        self._in_line = 0
        self._nobodys = self.hasher.hash(secrets.token_urlsafe(16))

    async def hash(self, password: str) -> str:
        """The hash to store."""
        loop = asyncio.get_running_loop()
        chosen = passwords.normal(password)
        return await loop.run_in_executor(self._thread, self.hasher.hash, chosen)

    @property
    def crowded(self) -> bool:
        """Whether so many stand in line that nobody else should."""
        return self._in_line >= IN_LINE

    async def fits(self, hashed: str | None, password: str, *, known: bool = False) -> bool:
        """Whether that is the password; the same work without a hash, or for one far too long.

        `known`: of whoever signs in where they did before.
        """
        typed = passwords.normal(password) if len(password) <= passwords.LONGEST else ""
        loop = asyncio.get_running_loop()
        thread = self._beside if known else self._thread
        self._in_line += not known
        try:
            return await loop.run_in_executor(
                thread, self.hasher.verify, hashed or self._nobodys, typed
            )
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._in_line -= not known

    def close(self) -> None:
        """Let go of the threads."""
        self._thread.shutdown()
        self._beside.shutdown()
