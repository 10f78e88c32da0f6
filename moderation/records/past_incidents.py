"""Incidents that have an outcome: to be found again, and looked at again on the day promised.

A query for `Store.read`; used by `moderation/incidents/incidents.py`. No words are in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, false, func, or_, select

from moderation.incidents.incident import State
from moderation.records import tables as t

MOST = 100
"""As many are listed: what is preserved, what is to be looked at again, then the newest."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A resolved incident; `follow_up` is the day to look again, `noted_at` the newest note.

    One that is `preserved` is listed as long as it is.
    """

    code: str
    category: str
    opened_at: int
    outcome: str
    resolver: str | None
    resolved_at: int
    follow_up: str | None
    noted_at: int | None
    preserved: bool = False


_NOTED = (
    select(func.max(t.incident_notes.c.at))
    .where(t.incident_notes.c.incident == t.incidents.c.code)
    .scalar_subquery()
)
_PRESERVED = t.incidents.c.preserved_at.is_not(None)
_PROMISED = func.coalesce(t.outcomes.c.follow_up >= bindparam("day"), false())
_CLOSED = (
    select(
        t.incidents.c.code,
        t.incidents.c.category,
        t.incidents.c.opened_at,
        t.incidents.c.outcome,
        t.staff.c.name,
        t.incidents.c.resolved_at,
        t.outcomes.c.follow_up,
        _NOTED,
        _PRESERVED,
    )
    .join(t.staff, t.staff.c.id == t.incidents.c.resolved_by, isouter=True)
    .join(t.outcomes, t.outcomes.c.incident == t.incidents.c.code, isouter=True)
    .where(
        t.incidents.c.school == bindparam("school"),
        t.incidents.c.state == State.RESOLVED,
        t.incidents.c.drill.is_(False),
        or_(
            _PRESERVED,
            t.incidents.c.resolved_at >= bindparam("since"),
            t.outcomes.c.follow_up >= bindparam("day"),
        ),
    )
    .order_by(_PRESERVED.desc(), _PROMISED.desc(), t.incidents.c.resolved_at.desc())
    .limit(MOST)
)


def closed(conn: Connection, school: str, since: int, day: str) -> list[Closed]:
    """Incidents resolved since then, or to be looked at again from that day on, or preserved."""
    given = {"school": school, "since": since, "day": day}
    return [Closed(*row) for row in conn.execute(_CLOSED, given)]
