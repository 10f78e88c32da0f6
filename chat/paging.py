"""From the settings to the parts that page: how hard, over what, and who must be reachable.

Used by the composition root and by the auditor, so that both mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from chat.settings import Pager, Settings
from moderation.escalation import Policy
from moderation.paging import Paging
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
        audited=settings.audit.expected,
    )
