"""Builds the auditor, a process of its own beside the server, from the settings.

Used by `commands/watch.py`; `paging.py` asks where it keeps what it found.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chat.settings import Settings
from moderation.on_call.auditor import Auditor, Posts
from moderation.pager import networks
from moderation.pager.post import Poster
from moderation.pager.webhook import Webhook
from moderation.records.store import Store


def auditor_file(settings: Settings) -> Path:
    """Where the auditor keeps what it found last."""
    return Path(settings.server.data) / "auditor.json"


def unusable(settings: Settings) -> list[str]:
    """Which addresses of the auditor nothing could be posted to, each with what would be right."""
    audit, poster = settings.audit, _poster(settings)
    return [
        f"audit.{name} is no address that can be posted to: a whole https://… address,"
        " or http:// to one of pager.networks"
        for name, url in (("dead_man_url", audit.dead_man_url), ("webhook", audit.webhook))
        if url and not poster.accepts(url.partition("#")[0])
    ]


def auditor_of(
    settings: Settings, store: Store, clock: Callable[[], float], origin: str
) -> Auditor:
    """The auditor of these settings; raises ValueError when an address of it cannot be used."""
    if faults := unusable(settings):
        raise ValueError("; ".join(faults))
    audit, poster = settings.audit, _poster(settings)
    link = f"{origin.rstrip('/')}/staff/rota"
    outside = Posts(poster, Webhook(poster, clock), audit.dead_man_url, audit.webhook, link)
    return Auditor(store, clock, outside, auditor_file(settings))


def _poster(settings: Settings) -> Poster:
    return Poster(settings.pager.send_timeout, networks(settings.pager.networks))
