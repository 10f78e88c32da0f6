"""Pages over a service the school already has: texts, calls, Teams, Slack, ntfy, Signal.

A channel for each service that stands in the settings; named in the registry only. The school's
account is the setting, an Apprise URL with `{address}` where a person's own part goes, so that
staff type a telephone number and never see a password. What they type is one plain word of the
kind the service asks for, and is quoted: it can change nothing else of the URL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from moderation.pager.carrier import Carrier, quoted
from moderation.pager.channel import Notice, Outcome

PLACE = "{address}"
KINDS: Mapping[str, re.Pattern[str]] = {
    "phone": re.compile(r"\+[1-9][0-9]{6,14}"),  # E.164
    "name": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
    "nothing": re.compile(r""),
}
"""What a service may ask a person for."""


class Account(Protocol):
    """A service as the settings describe it."""

    @property
    def label(self) -> str:
        """What staff read: "Text message"."""

    @property
    def url(self) -> str:
        """An Apprise URL, with `{address}` once where a person's part goes."""

    @property
    def asks(self) -> str:
        """One of `KINDS`."""

    @property
    def spoken(self) -> bool:
        """Whether a voice reads the page aloud."""


class Service:
    """One channel; raises ValueError for an account that could reach nobody."""

    def __init__(self, account: Account, seconds: float) -> None:
        if account.asks not in KINDS:
            raise ValueError(f"asks is one of {', '.join(KINDS)}")
        if (account.url.count(PLACE) == 1) is (account.asks == "nothing"):
            raise ValueError(f"{PLACE} stands in the url once, or asks is nothing")
        if "://" not in account.url:
            raise ValueError("the url begins with the name of a service, as in ntfys://")
        self._account = account
        self._carrier = Carrier(seconds)

    def accepts(self, address: str) -> bool:
        """Whether this is the kind of word the service asks for."""
        return KINDS[self._account.asks].fullmatch(address) is not None

    async def send(self, address: str, notice: Notice) -> Outcome:
        """Send one page as plain text."""
        if not self.accepts(address):
            return Outcome.FAILED_FOR_GOOD
        url = self._account.url.replace(PLACE, quoted(address))
        return await self._carrier.send(address, url, notice, spoken=self._account.spoken)
