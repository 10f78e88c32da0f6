"""Rooms of which a member of staff is to see nothing, since they may know a student in it.

Operations for `Store.write` and queries for `Store.read`; used by the moderators' desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.records import audit, items
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.items import NotYours, PutBack


@dataclass(frozen=True, slots=True)
class Recuse:
    """A moderator who may know a student is to see nothing more of the item's room."""

    item: str
    staff: str
    at: int


_GIVE_BACK = (
    t.items.update()
    .where(
        t.items.c.claimed_by == bindparam("by"),
        t.items.c.room == bindparam("in_room"),
        t.items.c.done_at.is_(None),
    )
    .values(claimed_by=None, claimed_at=None)
)
_RECUSED = select(d.room_recusals.c.room).where(d.room_recusals.c.staff == bindparam("staff"))
_RECUSED_FROM = select(d.room_recusals.c.staff).where(d.room_recusals.c.room == bindparam("room"))


def recuse(conn: Connection, rows: Sequence[Recuse]) -> list[str | NotYours | None]:
    """Give claimed items back for good, with all of their rooms; answers the room of each."""
    return [_recuse(conn, row) for row in rows]


def _recuse(conn: Connection, row: Recuse) -> str | NotYours | None:
    given = items.put_back(conn, [PutBack(row.item, row.staff)])[0]
    if isinstance(given, NotYours):
        return given
    audit.append(conn, [Entry(row.at, row.staff, "recuse", row.item)])
    conn.execute(_GIVE_BACK, {"by": row.staff, "in_room": given.room})
    if given.room is not None and given.room not in recused(conn, row.staff):
        values = {"staff": row.staff, "room": given.room, "at": row.at}
        conn.execute(d.room_recusals.insert(), values)
    return given.room


def recused(conn: Connection, staff: str) -> frozenset[str]:
    """The rooms of which this member of staff is to see nothing."""
    return frozenset(conn.scalars(_RECUSED, {"staff": staff}))


def recused_from(conn: Connection, room: str | None) -> frozenset[str]:
    """The members of staff who are to see nothing of a room."""
    return frozenset(conn.scalars(_RECUSED_FROM, {"room": room}))
