"""A student leaves a room, and it ends; unless a person is called for the one who stays.

`leave` and `end_if_away` are operations for `Store.write`; `leave_one` and `part` are for this
package only, in a transaction that has locked the room. Whether a call stands is asked in the same
transaction: whoever pages an adult and is left in the same moment keeps the room to which that
adult comes. A call for the one who leaves keeps nothing, for they have chosen so, unless they may
have lured the other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from moderation.records import called_adults, locks, log, rooms
from moderation.records import tables as t
from moderation.records.rooms import EndRoom


@dataclass(frozen=True, slots=True)
class Leave:
    """The student of a seat leaves at that time, in Unix milliseconds, and why in one word."""

    room: str
    seat: int
    at: int
    why: str = "left"


class Called(Exception):  # noqa: N818 - an answer
    """A person is called in that room: it does not end because a page stays away."""


_LEFT = (
    t.seats.update()
    .where(t.seats.c.room == bindparam("of"), t.seats.c.seat == bindparam("whose"))
    .values(left_at=bindparam("at"), left_why=bindparam("why"))
)


def leave(conn: Connection, rows: Sequence[Leave]) -> list[bool]:
    """Let students leave; answers for each whether the room goes on for the other one."""
    locks.rooms(conn, (row.room for row in rows))
    return [leave_one(conn, row) for row in rows]


def leave_one(conn: Connection, row: Leave) -> bool:
    """The same for one student, whose room is locked."""
    stored = rooms.room(conn, row.room)
    if stored is None or stored.ended_at is not None:
        return False
    if row.seat in stored.left:  # it was kept before, and the answer was lost
        return True
    conn.execute(_LEFT, {"of": row.room, "whose": row.seat, "at": row.at, "why": row.why})
    log.book(conn).left(row.room, row.seat)
    stay = set(range(len(stored.seats))) - {row.seat, *stored.left}
    if stay and {None, *stay} & called_adults.kept_for(conn, row.room, stored.school):
        return True
    rooms.end_one(conn, EndRoom(row.room, row.at, row.why))
    return False


def end_if_away(conn: Connection, rows: Sequence[EndRoom]) -> list[bool | Called]:
    """End rooms of which a page stays away; not one in which a person was called meanwhile."""
    locks.rooms(conn, (row.id for row in rows))
    return [_end_if_away(conn, row) for row in rows]


def _end_if_away(conn: Connection, row: EndRoom) -> bool | Called:
    stored = rooms.room(conn, row.id)
    if stored is not None and called_adults.concerned(conn, row.id, stored.school):
        return Called()
    return rooms.end_one(conn, row)


def part(
    conn: Connection, student: str, at: int, why: str = "moderator"
) -> tuple[str, bool] | None:
    """Have this student no longer sit with a peer; alone with staff they may stay.

    Answers the room in which they did, and whether it goes on for the other one.
    """
    found = rooms.open_room_of(conn, student)
    sits_in = rooms.room(conn, found) if found is not None else None
    if sits_in is None or len(sits_in.seats) - len(sits_in.left) == 1:
        return None
    seat = next(n for n, (seated, _) in enumerate(sits_in.seats) if seated == student)
    return sits_in.id, leave_one(conn, Leave(sits_in.id, seat, at, why))
