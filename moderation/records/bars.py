"""Bars in the tables: which students may not come in, until when, who said so, and who lifted it.

`lift` is an operation for `Store.write`, `until`, `in_force` and `all_until` are queries for
`Store.read`; used by the moderators' desk and by the nodes. The rest is for this package only:
`rooms.py` answers with it where a student stands. What counts is `students.barred_until`; a row of
`bars` tells the rest of it, and one that was carried over from another term has none. Reasons are
sealed by their caller.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, select

from moderation.records import audit
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.refused import Refused


@dataclass(frozen=True, slots=True)
class NewBar:
    """A bar as it was set: by whom, about what was said in which room, until when (Unix ms)."""

    id: str
    student: str
    room: str
    staff: str
    at: int
    until: int
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class InForce:
    """A bar that is not over; who set it, when, why and where is None of one carried over.

    `id` is what its reason is sealed under; `handle` and `topic` are those of its room.
    """

    student: str
    until: int
    id: str | None
    room: str | None
    at: int | None
    sealed: bytes | None
    by: str | None
    handle: str | None
    topic: str | None


@dataclass(frozen=True, slots=True)
class Lift:
    """Have a bar that stands until `seen` end at `until`: now, or sooner than it would.

    `most` is until when whoever says so may bar at all; None without a limit. The reason is sealed
    under the id `entry`.
    """

    entry: str
    student: str
    school: str
    seen: int
    until: int
    staff: str
    at: int
    most: int | None
    sealed: bytes


UNTIL = select(t.students.c.barred_until).where(t.students.c.id == bindparam("student"))
_OF_SCHOOL = UNTIL.where(t.students.c.school == bindparam("school"))
_BAR = (
    t.students.update()
    .where(t.students.c.id == bindparam("student"))
    .values(barred_until=bindparam("until"))
)
_BAR_AT_MOST = _BAR.where(
    t.students.c.barred_until.is_(None) | (t.students.c.barred_until <= bindparam("most"))
)
_LIFT = _BAR.where(t.students.c.barred_until == bindparam("seen"))
_TELLS = (
    d.bars.update()
    .where(d.bars.c.student == bindparam("whose"), d.bars.c.until == bindparam("seen"))
    .values(
        until=bindparam("ends"),
        lifted_by=bindparam("by"),
        lifted_at=bindparam("now"),
        sealed_lift=bindparam("words"),
        lift=bindparam("entry"),
    )
)
_GIVES_WAY = (
    d.bars.update()
    .where(d.bars.c.student == bindparam("whose"), d.bars.c.until > bindparam("now"))
    .values(until=bindparam("now"))
)
_STANDING = select(t.students.c.id, t.students.c.barred_until).where(
    t.students.c.id.in_(bindparam("ids", expanding=True)), t.students.c.barred_until.is_not(None)
)
_OF_SEAT = and_(t.seats.c.room == d.bars.c.room, t.seats.c.student == t.students.c.id)
_NOW = (t.students.c.school == bindparam("school"), t.students.c.barred_until > bindparam("now"))
_ALL_UNTIL = select(t.students.c.id, t.students.c.barred_until).where(*_NOW)
_CARD = select(t.cards.c.lookup).where(t.cards.c.student == t.students.c.id)
_PAST = _CARD.exists() & ~_CARD.where(t.cards.c.revoked_at.is_(None)).exists()
_IN_FORCE = (
    select(
        t.students.c.id,
        t.students.c.barred_until,
        d.bars.c.id,
        d.bars.c.room,
        d.bars.c.at,
        d.bars.c.sealed,
        t.staff.c.name,
        t.seats.c.handle,
        t.rooms.c.topic,
    )
    .join(
        d.bars,
        and_(d.bars.c.student == t.students.c.id, d.bars.c.until == t.students.c.barred_until),
        isouter=True,
    )
    .join(t.staff, t.staff.c.id == d.bars.c.staff, isouter=True)
    .join(t.seats, _OF_SEAT, isouter=True)
    .join(t.rooms, t.rooms.c.id == t.seats.c.room, isouter=True)
    .where(*_NOW, ~_PAST)
    .order_by(t.students.c.barred_until, t.students.c.id)
)


def until(conn: Connection, student: str) -> int | None:
    """Until when a student may not come in (Unix ms), whoever said so at whatever node."""
    found: int | None = conn.scalar(UNTIL, {"student": student})
    return found


def all_until(conn: Connection, school: str, now: int) -> dict[str, int]:
    """Every student of a school who may not come in at that time, and until when."""
    found = conn.execute(_ALL_UNTIL, {"school": school, "now": now})
    return {row.id: row.barred_until for row in found}


def in_force(conn: Connection, school: str, now: int) -> list[InForce]:
    """The bars of a school that are not over, the one that ends first before the others.

    Not that of a pseudonym no card opens any more: the same bar may go on under another one, which
    its end would give away.
    """
    found = conn.execute(_IN_FORCE, {"school": school, "now": now})
    return list({row.id: InForce(*row) for row in found}.values())


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


def write_down(conn: Connection, row: NewBar) -> None:
    """Keep who set a bar, and why, for as long as it stands and a while longer.

    One that stood before gives way to it.
    """
    conn.execute(_GIVES_WAY, {"whose": row.student, "now": row.at})
    conn.execute(
        d.bars.insert(),
        {
            "id": row.id,
            "student": row.student,
            "room": row.room,
            "staff": row.staff,
            "at": row.at,
            "until": row.until,
            "sealed": row.sealed,
        },
    )


def lift(conn: Connection, rows: Sequence[Lift]) -> list[Refused | None]:
    """End bars now or sooner; refused for one that is over, stands otherwise, or is too long.

    A bar of which nothing was written down gets its row by this.
    """
    return [_lift(conn, row) for row in rows]


def _lift(conn: Connection, row: Lift) -> Refused | None:
    stands = conn.scalar(_OF_SCHOOL, {"student": row.student, "school": row.school})
    if stands is None or stands != row.seen or stands <= max(row.at, row.until):
        return Refused("changed")
    if row.most is not None and stands > row.most:
        return Refused("forbidden")
    asked = {"student": row.student, "until": row.until, "seen": row.seen}
    if not conn.execute(_LIFT, asked).rowcount:  # another node was quicker
        return Refused("changed")
    told = {"ends": row.until, "by": row.staff, "now": row.at, "words": row.sealed}
    asked = {"whose": row.student, "seen": row.seen, "entry": row.entry}
    if not conn.execute(_TELLS, {**asked, **told}).rowcount:
        values = {"id": row.entry, "student": row.student, "until": row.until, "lift": row.entry}
        lifted = {"lifted_by": row.staff, "lifted_at": row.at, "sealed_lift": row.sealed}
        conn.execute(d.bars.insert(), {**values, **lifted})
    act = "lift_bar" if row.until <= row.at else "shorten_bar"
    audit.append(conn, [Entry(row.at, row.staff, act, row.student)])
    return None
