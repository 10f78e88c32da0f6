"""Cases whose time is over: an incident goes with everything that was written down about it.

Used by `purge.py` inside its transaction. What no moderator finished of a case goes with it.
Nobody's case goes while it is unresolved or preserved, before the day somebody promised to look
again, or while an identity that was opened in it alone has no review; the time counts from its end
or its last note, whichever is later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from moderation.identities.reveal import State as Reveal
from moderation.incidents.incident import State
from moderation.records import identity_tables as i
from moderation.records import locks, tallies
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.purge_rooms import purge_items
from moderation.records.taken_away import take_away

MOST = 100
"""Incidents that are purged at once."""

_LAST_ZONE = timezone(timedelta(hours=-12))
_c = t.incidents.c
_CLOSED = (_c.state == State.RESOLVED, _c.preserved_at.is_(None))
_before: BindParameter[int] = bindparam("before")
_NOTED = (
    select(t.incident_notes.c.id)
    .where(t.incident_notes.c.incident == _c.code, t.incident_notes.c.at >= _before)
    .exists()
)
_PROMISED = (
    select(t.outcomes.c.incident)
    .where(t.outcomes.c.incident == _c.code, t.outcomes.c.follow_up >= bindparam("today"))
    .exists()
)
_OWED = i.reveals.c.alone & (i.reveals.c.state == Reveal.OPENED) & i.reveals.c.reviewed_at.is_(None)
_UNREVIEWED = select(i.reveals.c.code).where(i.reveals.c.incident == _c.code, _OWED).exists()
HELD = (_c.state != State.RESOLVED) | _c.preserved_at.is_not(None) | _PROMISED | _UNREVIEWED
"""Of what case nothing goes, seen from the day `today`: neither words nor who the students are."""
_CASES = select(_c.code, _c.room).where(~HELD, ~_c.drill, _c.resolved_at < _before, ~_NOTED)
_DRILLS = select(_c.code, _c.room).where(*_CLOSED, _c.drill, _c.resolved_at < _before, ~_NOTED)
_OF_CASES = select(i.reveals.c.code).where(
    i.reveals.c.incident.in_(bindparam("ids", expanding=True))
)
_UNFINISHED = select(t.items.c.id).where(
    t.items.c.incident.in_(bindparam("ids", expanding=True)), t.items.c.done_at.is_(None)
)
_PRACTISED = (
    select(i.reveals.c.code)
    .where(i.reveals.c.incident.is_(None), i.reveals.c.expires_at < _before, ~_OWED)
    .limit(MOST)
)
_ORPHANS = t.exports.delete().where(t.exports.c.incident.not_in(select(_c.code)))
_OLDEST = select(_c.opened_at).where(~_c.drill).order_by(_c.opened_at).limit(1)


def purge_cases(conn: Connection, school: str, before: int, today: str) -> int:
    """Remove cases closed before that, seen from the day `today`; answers how many."""
    codes = _due(conn, _CASES, {"before": before, "today": today})
    tallies.of_cases(conn, school, codes)
    _remove(conn, school, codes)
    return len(codes)


def purge_drills(conn: Connection, school: str, before: int) -> int:
    """Remove drills over before that, and practised reveals; answers how many drills."""
    codes = _due(conn, _DRILLS, {"before": before})
    _remove(conn, school, codes)
    _remove_reveals(conn, list(conn.scalars(_PRACTISED, {"before": before})))
    unsaid = p.drills.c.incident.is_(None) & (p.drills.c.began_at < before)
    conn.execute(p.drills.delete().where(unsaid))
    return len(codes)


def today(now: int) -> str:
    """The day it still is somewhere: a promised one is over when it is over at every school."""
    return datetime.fromtimestamp(now / 1000, _LAST_ZONE).date().isoformat()


def oldest(conn: Connection) -> int | None:
    """When the oldest case that is still here was opened."""
    return conn.scalar(_OLDEST)


def _due(
    conn: Connection, which: Select[tuple[str, str | None]], asked: dict[str, object]
) -> list[str]:
    """What is due, and stays so: asked again once nobody else can change it."""
    found = conn.execute(which.order_by(_c.code).limit(MOST), asked).all()
    if not found:
        return []
    locks.rooms(conn, (row.room for row in found))
    mine = _c.code.in_([row.code for row in found])
    return [row.code for row in conn.execute(which.where(mine).with_for_update(), asked)]


def _remove(conn: Connection, school: str, codes: Sequence[str]) -> None:
    _remove_reveals(conn, list(conn.scalars(_OF_CASES, {"ids": codes})))
    # Without its case, what no moderator finished would wait for an adult anew.
    purge_items(conn, school, list(conn.scalars(_UNFINISHED, {"ids": codes})))
    conn.execute(t.items.update().where(t.items.c.incident.in_(codes)).values(incident=None))
    for column in (
        t.pages.c.incident,
        p.handovers.c.incident,
        p.recusals.c.incident,
        t.incident_notes.c.incident,
        t.outcomes.c.incident,
        p.drills.c.incident,
        t.incidents.c.code,
    ):
        take_away(conn, column, codes)
    conn.execute(_ORPHANS)


def _remove_reveals(conn: Connection, codes: Sequence[str]) -> None:
    take_away(conn, i.calls.c.reveal, codes)
    take_away(conn, i.reveals.c.code, codes)
