"""Shifts of moderators, what they read in them, and how quickly items were looked at.

Operations for `Store.write` and queries for `Store.read`; used by the moderators' desk. Counts and
times only, but for the note that somebody leaves for the next, which is sealed by its caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from moderation.on_call.drill import NAME
from moderation.records import audit
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.audit import Entry


@dataclass(frozen=True, slots=True)
class Begin:
    """Somebody goes on shift; `id` is used if they are not on one that began after `since`."""

    id: str
    school: str
    staff: str
    at: int
    since: int


@dataclass(frozen=True, slots=True)
class End:
    """Somebody goes off shift; the note is sealed under the shift's id, or None."""

    shift: str
    staff: str
    at: int
    sealed_note: bytes | None


@dataclass(frozen=True, slots=True)
class StoredShift:
    """A shift: whose, from when to when (Unix milliseconds), and what was left for the next."""

    id: str
    staff: str
    name: str
    started_at: int
    ended_at: int | None
    sealed_note: bytes | None


_SHIFTS = select(
    d.desk_shifts.c.id,
    d.desk_shifts.c.staff,
    t.staff.c.name,
    d.desk_shifts.c.started_at,
    d.desk_shifts.c.ended_at,
    d.desk_shifts.c.sealed_note,
).join(t.staff, t.staff.c.id == d.desk_shifts.c.staff)
_RUNNING = _SHIFTS.where(
    d.desk_shifts.c.staff == bindparam("of"),
    d.desk_shifts.c.ended_at.is_(None),
    d.desk_shifts.c.started_at >= bindparam("since"),
).order_by(d.desk_shifts.c.started_at.desc())
_LEFT = (
    _SHIFTS.where(
        d.desk_shifts.c.school == bindparam("of"),
        d.desk_shifts.c.ended_at >= bindparam("since"),
        d.desk_shifts.c.sealed_note.is_not(None),
    )
    .order_by(d.desk_shifts.c.ended_at.desc())
    .limit(bindparam("most"))
)
_LAST = (
    select(d.desk_shifts.c.ended_at)
    .where(d.desk_shifts.c.staff == bindparam("of"))
    .order_by(d.desk_shifts.c.started_at.desc())
    .limit(1)
)
_END = (
    d.desk_shifts.update()
    .where(
        d.desk_shifts.c.id == bindparam("shift"),
        d.desk_shifts.c.staff == bindparam("by"),
        d.desk_shifts.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"), sealed_note=bindparam("note"))
)
_READ = (
    select(d.exposures.c.category, func.count())
    .where(d.exposures.c.staff == bindparam("of"), d.exposures.c.at >= bindparam("since"))
    .group_by(d.exposures.c.category)
)
_FIRST_LOOKS = select(t.items.c.looked_at - t.items.c.since).where(
    t.items.c.school == bindparam("of"),
    t.items.c.kind != NAME,
    t.items.c.looked_at >= bindparam("since"),
)


def begin(conn: Connection, rows: Sequence[Begin]) -> list[StoredShift]:
    """Go on shift, or go on with the one that is running."""
    return [_begin(conn, row) for row in rows]


def _begin(conn: Connection, row: Begin) -> StoredShift:
    running = conn.execute(_RUNNING, {"of": row.staff, "since": row.since}).first()
    if running is not None:
        return StoredShift(*running)
    values = {"id": row.id, "school": row.school, "staff": row.staff, "started_at": row.at}
    conn.execute(d.desk_shifts.insert(), values)
    audit.append(conn, [Entry(row.at, row.staff, "on_shift", row.id)])
    return StoredShift(*conn.execute(_RUNNING, {"of": row.staff, "since": row.at}).one())


def end(conn: Connection, rows: Sequence[End]) -> list[bool]:
    """Go off shift; answers whether there was such a shift."""
    return [_end(conn, row) for row in rows]


def _end(conn: Connection, row: End) -> bool:
    values = {"shift": row.shift, "by": row.staff, "at": row.at, "note": row.sealed_note}
    if not conn.execute(_END, values).rowcount:
        return False
    audit.append(conn, [Entry(row.at, row.staff, "off_shift", row.shift)])
    return True


def stepped_off(conn: Connection, staff: str, since: int) -> bool:
    """Whether somebody's last shift ended since then, and none has begun after it."""
    ended_at = conn.scalar(_LAST, {"of": staff})
    return ended_at is not None and ended_at >= since


def left_notes(conn: Connection, school: str, since: int, limit: int) -> list[StoredShift]:
    """Shifts that ended since then with a note for the next, the latest first."""
    values = {"of": school, "since": since, "most": limit}
    return [StoredShift(*row) for row in conn.execute(_LEFT, values)]


def read_by(conn: Connection, staff: str, since: int) -> dict[str, int]:
    """How many items of each category somebody has looked at since then."""
    found = conn.execute(_READ, {"of": staff, "since": since})
    return {category: count for category, count in found}  # noqa: C416 - rows are no pairs to mypy


def first_looks(conn: Connection, school: str, since: int) -> list[int]:
    """Milliseconds that items looked at since then waited for their first look."""
    return list(conn.scalars(_FIRST_LOOKS, {"of": school, "since": since}))
