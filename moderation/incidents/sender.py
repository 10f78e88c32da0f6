"""One page on its way to an adult: its address opened, its four words written, its channel asked.

Used by `duty.py`, which decides what is sent and when. What a page says is made of its row alone,
and holds a code, a class, a time and a link: never a word of a message, never who somebody is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

import structlog

from moderation.faults import told_safely
from moderation.incidents.words import words
from moderation.on_call.escalation import DEFAULT, Policy
from moderation.pager.channel import Channel, Notice, Outcome
from moderation.records.pages import UNKEPT
from moderation.records.sending import Leased
from moderation.records.vault import Tampered, Vault

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DutySettings:
    """`base_url` is where staff reach Peerline; pages tell the time of `zone`, or the host's."""

    base_url: str
    policy: Policy = DEFAULT
    zone: tzinfo | None = None


class Sender:
    """Sends pages over their channels, one attempt at a time."""

    def __init__(
        self, vault: Vault, channels: Mapping[str, Channel], settings: DutySettings
    ) -> None:
        self._vault = vault
        self._channels = channels
        self._settings = settings

    async def send(self, leased: Leased) -> Outcome:
        """One attempt; what a provider does wrong is its outcome."""
        channel = self._channels.get(leased.channel)
        if channel is None:
            return Outcome.FAILED_FOR_GOOD
        try:
            address = self._vault.open_field(leased.sealed_address, leased.contact)
            async with asyncio.timeout(self._settings.policy.send_ms / 1000):
                return await channel.send(str(address), self._notice(leased))
        except Tampered:
            _log.error("address_unreadable", page=leased.page)
            return Outcome.FAILED_FOR_GOOD
        except Exception as error:  # noqa: BLE001 - a provider's fault is an outcome
            _log.warning("page_failed", page=leased.page, **told_safely(error))
            return Outcome.FAILED_FOR_NOW

    def _notice(self, leased: Leased) -> Notice:
        at = datetime.fromtimestamp(leased.opened_at / 1000, self._settings.zone)
        when = at if at.tzinfo else at.astimezone()
        return Notice(
            code=leased.incident,
            kind=words(leased.category),
            when=f"{when:%H:%M on %A %d %B %Y} ({when:%Z})",
            link=self._link(leased),
            key=leased.page,
        )

    def _link(self, leased: Leased) -> str:
        """Signed for this page alone, so that opening it tells that it came; it opens nothing else.

        A page of which no row tells leads straight to the case.
        """
        base = self._settings.base_url.rstrip("/")
        if leased.attempt == UNKEPT:
            return f"{base}/staff/incidents/{leased.incident}"
        return f"{base}/staff/page/{self._vault.sign_link(leased.page)}"
