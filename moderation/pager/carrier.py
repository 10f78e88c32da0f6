"""The one door to Apprise: a service description and a notice in, an outcome out.

Used by the channels of this package. Apprise imports more than a hundred plug-ins on first use,
so that import and the building of a service happen in a thread. Its descriptions hold addresses
and passwords, so its loggers are silenced before anything is built, and every service lives for a
single page. Redirects are not followed: a page goes where an administrator sent it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from moderation.pager.channel import Notice, Outcome

_SILENT = ("apprise", "urllib3")


class Carrier:
    """Sends pages of one channel, a few at a time.

    Apprise's threads are few and shared by all services: `at_once` is what one channel may hold
    of them, so that a provider that hangs can never take the last thread from another channel.
    `seconds` bounds every wait on a socket.
    """

    def __init__(self, seconds: float, at_once: int = 3) -> None:
        self._seconds = seconds
        self._turns = asyncio.Semaphore(at_once)

    async def send(self, service: Mapping[str, Any], notice: Notice) -> Outcome:
        """Send a notice through one service, described as Apprise's constructor wants it."""
        limits = {"cto": self._seconds, "rto": self._seconds}
        async with self._turns:
            apprise = await asyncio.to_thread(_build, {**service, **limits})
            if apprise is None:
                return Outcome.FAILED_FOR_GOOD
            with await apprise.async_notify(
                title=notice.subject, body=notice.body, body_format="text", timeout=self._seconds
            ) as result:
                return Outcome.SENT if result else Outcome.FAILED_FOR_NOW


def quoted(value: str) -> str:
    """A user, password or host as Apprise wants it: it takes quoting off exactly once."""
    return quote(value, safe="")


def _build(service: dict[str, Any]) -> Any | None:
    for name in _SILENT:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())

    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - takes a second, only for a page

    asset = AppriseAsset(app_id="Peerline", http_redirects=False, storage_mode="memory")
    holder = Apprise(asset=asset)
    return holder if holder.add(service) else None
