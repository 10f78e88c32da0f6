"""What an account keeps of its own: the browsers it is known in, and the keys of its console.

Used by `web/browsers.py` and `web/account.py`. Nothing about a browser is kept here: each that
somebody has signed in with carries a mark, which only this server can make, of whom and since when.
A sign-in without one is written down, and every browser known before it says so until somebody
there answers. A new browser is told nothing, so that nobody who has a password can wave away what
the owner should see. Tries to sign in from a known browser are counted apart from those of
strangers (`people.py`), so a mark is of a login: it says whose it is before anything is read.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import msgspec

from moderation.records import own_account as rows
from moderation.records.of_school import SchoolRecords
from moderation.records.own_account import ConsoleKeys, NewBrowser

MOST_MARKS = 12
"""Marks a browser keeps, one for each who shares it; the oldest goes first."""
_BETWEEN = "~"


class Keys(msgspec.Struct, frozen=True):
    """How somebody uses the console: whether letters are keys, and which were moved to which."""

    single: bool = True
    changes: Mapping[str, str] = {}


class OwnAccount:
    """What members of the staff of one school keep for themselves."""

    def __init__(self, records: SchoolRecords) -> None:
        self._store = records.store
        self._vault = records.vault
        self._now = records.now
        self._school = records.school

    def known_since(self, login: str, marks: str) -> int | None:
        """Since when (Unix milliseconds) a browser with these marks is theirs, or None."""
        for mark in marks.split(_BETWEEN)[-MOST_MARKS:] if marks.isascii() else ():
            at, _, _ = mark.partition(".")
            if at.isdecimal() and hmac.compare_digest(mark, self._mark(login, at)):
                return int(at)
        return None

    async def came_in(self, staff: str, login: str, marks: str) -> str:
        """Somebody signed in there; answers the marks to keep, and writes down a new browser."""
        if self.known_since(login, marks) is not None:
            return marks
        now = self._now()
        await self._store.write(rows.came_in, NewBrowser(staff, now))
        return _BETWEEN.join(
            [*filter(None, marks.split(_BETWEEN)), self._mark(login, str(now))][-MOST_MARKS:]
        )

    def news(self, login: str, newer: int | None, marks: str) -> int | None:
        """`newer`, when a new browser was signed in with, if this one was known before that."""
        since = self.known_since(login, marks)
        return newer if since is not None and newer is not None and since < newer else None

    async def answered(self, staff: str, at: int) -> None:
        """Somebody who was known before says that the sign-in at that time was theirs."""
        await self._store.write(rows.answered, NewBrowser(staff, at))

    async def keys(self, staff: str) -> Keys:
        """How somebody uses the console."""
        kept = await self._store.read(rows.console_keys, staff)
        return Keys() if kept is None else msgspec.json.decode(kept, type=Keys)

    async def keep_keys(self, staff: str, keys: Keys) -> None:
        """From now on that is how, wherever they sign in."""
        kept = msgspec.json.encode(keys).decode()
        await self._store.write(rows.keep_keys, ConsoleKeys(staff, kept))

    def _mark(self, login: str, at: str) -> str:
        return f"{at}.{self._vault.mark(f'{at} {self._school} {login}')}"
