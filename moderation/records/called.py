"""Whom students of a room were told to expect and who has not come, when it is loaded again.

A query for `Store.read`; used by `chat/rooms/needs.py`. Students are told of an adult when their
own words called one, and not when staff or a second opinion did; so after a restart too.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, union_all
from sqlalchemy.sql.expression import literal_column

from moderation.records import tables as t

_COMING = select(t.incidents.c.seat, literal_column("1").label("adult")).where(
    t.incidents.c.room == bindparam("of"),
    t.incidents.c.seat.is_not(None),
    t.incidents.c.state.in_(("open", "acknowledged")),
    t.incidents.c.told,
)
_ASKED = select(t.items.c.seat, literal_column("0").label("adult")).where(
    t.items.c.school == bindparam("school"),  # by which what is not done yet is found
    t.items.c.room == bindparam("of"),
    t.items.c.seat.is_not(None),
    t.items.c.kind == "help",
    t.items.c.claimed_by.is_(None),
    t.items.c.done_at.is_(None),
)
_CALLED = union_all(_ASKED, _COMING)


def called(conn: Connection, room: str, school: str) -> list[tuple[int, bool]]:
    """Seats that asked for a person nobody sent yet, then those an adult was paged about (True)."""
    given = {"of": room, "school": school}
    found = [(int(row.seat), bool(row.adult)) for row in conn.execute(_CALLED, given)]
    return sorted(found, key=lambda each: each[1])
