"""Bars in the tables: which students may not come in, and until when.

For this package only: `rooms.py` answers with them where a student stands.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from moderation.records import tables as t

UNTIL = select(t.students.c.barred_until).where(t.students.c.id == bindparam("student"))
_BAR = (
    t.students.update()
    .where(t.students.c.id == bindparam("student"))
    .values(barred_until=bindparam("until"))
)
_BAR_AT_MOST = _BAR.where(
    t.students.c.barred_until.is_(None) | (t.students.c.barred_until <= bindparam("most"))
)
_STANDING = select(t.students.c.id, t.students.c.barred_until).where(
    t.students.c.id.in_(bindparam("ids", expanding=True)), t.students.c.barred_until.is_not(None)
)


def until(conn: Connection, student: str) -> int | None:
    """Until when a student may not come in (Unix ms), whoever said so at whatever node."""
    found: int | None = conn.scalar(UNTIL, {"student": student})
    return found


def bar(conn: Connection, student: str, wanted: int, most: int | None = None) -> int:
    """Have them not come in until then (Unix ms), and answer until when they may not.

    `most` is until when whoever says so may bar at all: what stands for longer than that stays.
    """
    given = {"student": student, "until": wanted}
    if most is None:
        conn.execute(_BAR, given)
        return wanted
    done = conn.execute(_BAR_AT_MOST, {**given, "most": most}).rowcount
    return wanted if done else until(conn, student) or 0


def standing(conn: Connection, students: Collection[str]) -> dict[str, int]:
    """Until when (Unix ms) each of these may not come in, or might not at some time."""
    found = conn.execute(_STANDING, {"ids": list(students)})
    return {row.id: row.barred_until for row in found}
