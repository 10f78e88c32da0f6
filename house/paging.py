"""Builds the parts that page adults from the settings: channels, policy, and when drills are held.

Used by `on_call.py` and `commands/watch.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from urllib.parse import urlsplit

from chat.settings import Pager, Settings
from house.auditing import auditor_file
from moderation.on_call.auditor import last_seen
from moderation.on_call.drill import Plan
from moderation.on_call.escalation import Policy
from moderation.on_call.paging import Paging, PagingSettings
from moderation.pager import Channel, Ways, channels, networks
from moderation.records.of_school import SchoolRecords
from moderation.records.vault import Vault


def channels_of(settings: Settings, vault: Vault, origin: str) -> Mapping[str, Channel]:
    """The pager channels of these settings; raises ValueError when one is set up wrongly."""
    pager = settings.pager
    return channels(
        Ways(
            mail=pager.mail,
            seconds=pager.send_timeout,
            services=pager.services,
            named=networks(pager.networks),
            push_key=vault.push_key(),
            site=f"https://{urlsplit(origin).hostname}",
        )
    )


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


def paging_of(settings: Settings, records: SchoolRecords, ways: Collection[str]) -> Paging:
    """Paging as staff see it; the last help line is called when a rota names no outside line."""
    last = settings.school.lines[-1]
    asked = PagingSettings(
        needed=settings.chat.needs_adults,
        policy=policy_of(settings.pager),
        outside=(last.name, last.number),
    )
    auditor = partial(last_seen, auditor_file(settings)) if settings.audit.expected else None
    return Paging(records, ways, asked, auditor)
