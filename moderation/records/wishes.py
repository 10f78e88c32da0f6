"""How a student would like to be met by the adult who was called, and what may make it hard.

An operation for `Store.write` and a query for `Store.read`; used by `chat/rooms/wishing.py`. Both
answers are codes (`moderation/incidents/words.py` has their words) and stand in the incident
itself: they are kept and forgotten with it, and the last answer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.records import tables as t


@dataclass(frozen=True, slots=True)
class Wish:
    """Answers from one seat of a room, at a time in Unix milliseconds; None leaves one as it is."""

    room: str
    seat: int
    school: str
    at: int
    meet: str | None
    barrier: str | None


@dataclass(frozen=True, slots=True)
class Wished:
    """What an incident holds of a student's answers, each of which may be missing."""

    meet: str | None
    barrier: str | None


_ABOUT = (
    t.incidents.c.room == bindparam("of"),
    t.incidents.c.seat == bindparam("by"),
    t.incidents.c.school == bindparam("at_school"),
    t.incidents.c.state != "resolved",
)
_WISH = (
    t.incidents.update()
    .where(*_ABOUT)
    .values(
        meet=bindparam("new_meet"), barrier=bindparam("new_barrier"), wished_at=bindparam("now")
    )
)
_WISHED = select(t.incidents.c.meet, t.incidents.c.barrier).where(*_ABOUT)


def wish(conn: Connection, rows: Sequence[Wish]) -> list[Wished | None]:
    """Write answers down; answers all that is kept, None without an unresolved incident of theirs.

    An incident about the other seat of the room is as good as none.
    """
    return [_wish(conn, row) for row in rows]


def _wish(conn: Connection, row: Wish) -> Wished | None:
    before = wished(conn, row.room, row.seat, row.school)
    if before is None:
        return None
    after = Wished(row.meet or before.meet, row.barrier or before.barrier)
    if after != before:
        about = {"of": row.room, "by": row.seat, "at_school": row.school}
        new = {"new_meet": after.meet, "new_barrier": after.barrier, "now": row.at}
        conn.execute(_WISH, about | new)
    return after


def wished(conn: Connection, room: str, seat: int, school: str) -> Wished | None:
    """What is kept for a seat, None without an unresolved incident about it."""
    found = conn.execute(_WISHED, {"of": room, "by": seat, "at_school": school}).first()
    return None if found is None else Wished(*found)
