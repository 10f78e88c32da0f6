"""What students ask moderators for, by a call or a report: asked again, it still waits once.

An operation for `Store.write`, used by `chat/rooms/rooms.py` and `chat/students/afterwards.py`. A
page asks again whenever an answer did not reach it, and a frightened hand presses more than once.
What somebody has claimed, or what pages adults already, is not added to: they may be past it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from moderation.records import locks
from moderation.records import tables as t
from moderation.records.items import NewItem, add_items

_WAITING = (
    select(t.items.c.id)
    .where(
        t.items.c.room == bindparam("in_room"),
        t.items.c.seat == bindparam("of_seat"),
        t.items.c.kind == bindparam("of_kind"),
        t.items.c.category == bindparam("of_category"),
        t.items.c.done_at.is_(None),
        t.items.c.claimed_by.is_(None),
        t.items.c.incident.is_(None),
    )
    .with_for_update()
)


def want(conn: Connection, rows: Sequence[NewItem]) -> list[str]:
    """Put calls and reports into the queue; answers the id of the item by which each waits."""
    locks.rooms(conn, (row.room for row in rows))
    return [_want(conn, row) for row in rows]


def _want(conn: Connection, row: NewItem) -> str:
    same = {
        "in_room": row.room,
        "of_seat": row.seat,
        "of_kind": row.kind,
        "of_category": row.category,
    }
    waiting = conn.scalar(_WAITING, same)
    if waiting is None:
        add_items(conn, [row])
    return waiting or row.id
