"""What students ask moderators for, by a call or a report: asked again, it still waits once.

An operation for `Store.write`, used by `chat/rooms/rooms.py` and `chat/students/afterwards.py`. A
page asks again whenever an answer did not reach it, and a frightened hand presses more than once;
who left the room in which they waited alone, and calls anew, is where the call is. What somebody
has claimed, or what pages adults already, is not added to: they may be past it. A call from where
its student sits no more would bring nobody to them: it is refused, and made again where they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, exists, or_, select

from moderation.records import locks
from moderation.records import tables as t
from moderation.records.items import NewItem, add_items
from moderation.records.messages import RoomEnded

_sits = t.seats.alias("sits")
_beside = t.seats.alias("beside")

_STUDENT = (
    select(_sits.c.student)
    .where(_sits.c.room == bindparam("in_room"), _sits.c.seat == bindparam("of_seat"))
    .scalar_subquery()
)
_ALONE = ~exists().where(_beside.c.room == t.items.c.room, _beside.c.seat != t.items.c.seat)
_WAITING = (
    select(t.items.c.id, t.items.c.room)
    .join(t.seats, and_(t.seats.c.room == t.items.c.room, t.seats.c.seat == t.items.c.seat))
    .where(
        t.seats.c.student == _STUDENT,
        or_(t.items.c.room == bindparam("in_room"), and_(t.items.c.kind == "help", _ALONE)),
        t.items.c.school == bindparam("of_school"),
        t.items.c.kind == bindparam("of_kind"),
        t.items.c.category == bindparam("of_category"),
        t.items.c.done_at.is_(None),
        t.items.c.claimed_by.is_(None),
        t.items.c.incident.is_(None),
    )
    .with_for_update(of=t.items)
)
_GONE = (
    select(t.seats.c.seat)
    .join(t.rooms, t.rooms.c.id == t.seats.c.room)
    .where(
        t.seats.c.room == bindparam("in_room"),
        t.seats.c.seat == bindparam("of_seat"),
        or_(t.rooms.c.ended_at.is_not(None), t.seats.c.left_at.is_not(None)),
    )
)
_MOVE = (
    t.items.update()
    .where(t.items.c.id == bindparam("item"))
    .values(room=bindparam("to_room"), seat=bindparam("to_seat"))
)


def want(conn: Connection, rows: Sequence[NewItem]) -> list[str | RoomEnded]:
    """Put calls and reports into the queue; answers the id of the item by which each waits.

    A report may be about a room that is over, a call may not.
    """
    locks.rooms(conn, (row.room for row in rows))
    return [_want(conn, row) for row in rows]


def _want(conn: Connection, row: NewItem) -> str | RoomEnded:
    same = {
        "in_room": row.room,
        "of_seat": row.seat,
        "of_school": row.school,
        "of_kind": row.kind,
        "of_category": row.category,
    }
    where = {"in_room": row.room, "of_seat": row.seat}
    if row.kind == "help" and conn.execute(_GONE, where).first() is not None:
        return RoomEnded()
    waiting = conn.execute(_WAITING, same).first()
    if waiting is None:
        add_items(conn, [row])
        return row.id
    if waiting.room != row.room:
        conn.execute(_MOVE, {"item": waiting.id, "to_room": row.room, "to_seat": row.seat})
    return str(waiting.id)
