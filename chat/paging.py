"""From the settings to the parts that page: how hard, over what, and who must be reachable.

Used by the composition root and by the auditor, so that both mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from chat.settings import Pager, Settings
from moderation.on_call.auditor import Auditor, Posts, last_seen
from moderation.on_call.drill import Plan
from moderation.on_call.escalation import Policy
from moderation.on_call.paging import Paging
from moderation.pager import networks
from moderation.pager.post import Poster
from moderation.pager.webhook import Webhook
from moderation.records.store import Store


def policy_of(pager: Pager) -> Policy:
    """How hard an incident is chased."""
    return Policy(
        repeat_ms=int(pager.repeat_seconds * 1000),
        second_ms=int(pager.second_seconds * 1000),
        with_student_ms=int(pager.with_student_seconds * 1000),
        resolve_ms=int(pager.resolve_seconds * 1000),
        send_ms=int(pager.send_timeout * 1000),
    )


def plan_of(settings: Settings) -> Plan:
    """When drills are held."""
    drills = settings.drills
    return Plan(drills.at, drills.days, drills.needed)


def auditor_file(settings: Settings) -> Path:
    """Where the auditor keeps what it found last."""
    return Path(settings.server.data) / "auditor.json"


def auditor_of(
    settings: Settings, store: Store, clock: Callable[[], float], origin: str
) -> Auditor:
    """The auditor of these settings; raises ValueError when an address of it cannot be used."""
    audit, pager = settings.audit, settings.pager
    poster = Poster(pager.send_timeout, networks(pager.networks))
    for name, url in (("dead_man_url", audit.dead_man_url), ("webhook", audit.webhook)):
        if url and not poster.accepts(url.partition("#")[0]):
            raise ValueError(f"audit.{name} is no address that may be posted to")
    link = f"{origin.rstrip('/')}/staff/rota"
    outside = Posts(poster, Webhook(poster, clock), audit.dead_man_url, audit.webhook, link)
    return Auditor(store, clock, outside, auditor_file(settings))


def paging_of(
    settings: Settings, store: Store, clock: Callable[[], float], channels: Collection[str]
) -> Paging:
    """Paging as staff see it; the last help line is called when a rota names no outside line."""
    lines = settings.school.lines
    return Paging(
        store,
        clock,
        policy_of(settings.pager),
        channels,
        needed=settings.chat.needs_adults,
        outside=(lines[-1].name, lines[-1].number) if lines else ("", ""),
        auditor=partial(last_seen, auditor_file(settings)) if settings.audit.expected else None,
    )
