"""How long students who asked for a person waited for somebody, for the figure they are told.

A query for `Store.read`. Somebody is whoever came first: a moderator who looked at the item, or an
adult who acknowledged the incident it became. Items are kept as long as their room, so this is
always about the last days.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from moderation.records import tables as t

_ASKED = (
    select(t.items.c.since, t.items.c.looked_at, t.incidents.c.answered_at)
    .join(t.incidents, t.incidents.c.code == t.items.c.incident, isouter=True)
    .where(
        t.items.c.school == bindparam("school"),
        t.items.c.kind == "help",
        t.items.c.since < bindparam("until"),
    )
)


def help_waits(conn: Connection, school: str, until: int) -> list[int | None]:
    """Milliseconds from each call before `until` to the first who came; None where nobody did."""
    rows = conn.execute(_ASKED, {"school": school, "until": until}).all()
    return [_first(since, looked, answered) for since, looked, answered in rows]


def _first(since: int, *came: int | None) -> int | None:
    there = [at for at in came if at is not None]
    return max(0, min(there) - since) if there else None
