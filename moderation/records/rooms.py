"""Rooms in the tables: opened, ended, found again; and who never meets again.

Operations for `Store.write`, queries for `Store.read`; used by the chat and by moderators' desks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, bindparam, or_, select

from moderation.records import bars, locks, log
from moderation.records import tables as t


class AlreadySeated(Exception):  # noqa: N818 - an answer
    """One of the students sits in an open room already; whatever seated them was quicker."""


class Barred(Exception):  # noqa: N818 - an answer
    """One of the students may not come in now, and meets nobody."""


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A room to be written down; `seats` holds (student, handle) of each seat."""

    id: str
    school: str
    topic: str
    epoch: str
    at: int
    wrapped_key: bytes
    seats: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EndRoom:
    """A room to be ended at that time, in Unix milliseconds, and why in one word."""

    id: str
    at: int
    why: str


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """A room as the tables know it; `wrapped_key` is None once the room was purged.

    `left` says of a seat whose student has left why; the room may go on for the other one.
    """

    id: str
    school: str
    topic: str
    epoch: str
    head: int
    ended_at: int | None
    ended_why: str | None
    wrapped_key: bytes | None
    seats: tuple[tuple[str, str], ...]
    left: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides at one moment whether a student may be matched, and with whom.

    `room` is the one they sit in now, `barred_until` in Unix milliseconds; they never meet `avoid`
    again.
    """

    room: str | None
    barred_until: int | None
    avoid: frozenset[str]


@dataclass(frozen=True, slots=True)
class Block:
    """Two students who never meet again, in either order."""

    one: str
    other: str
    at: int


_END = (
    t.rooms.update()
    .where(t.rooms.c.id == bindparam("room"), t.rooms.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"), ended_why=bindparam("why"))
)
_SEATS = (
    select(t.seats.c.student, t.seats.c.handle, t.seats.c.left_why)
    .where(t.seats.c.room == bindparam("room"))
    .order_by(t.seats.c.seat)
)
_ROOM = select(
    t.rooms.c.id,
    t.rooms.c.school,
    t.rooms.c.topic,
    t.rooms.c.epoch,
    t.rooms.c.head,
    t.rooms.c.ended_at,
    t.rooms.c.ended_why,
    t.rooms.c.wrapped_key,
).where(t.rooms.c.id == bindparam("room"))
_MUTED = (
    select(t.seats.c.muted_until)
    .where(t.seats.c.room == bindparam("room"))
    .order_by(t.seats.c.seat)
)
_LEFT = select(t.seats.c.room, t.seats.c.seat).where(
    t.seats.c.room.in_(bindparam("ids", expanding=True)), t.seats.c.left_at.is_not(None)
)
_STOPPED = select(t.seats.c.room, t.seats.c.seat, t.seats.c.muted_until).where(
    t.seats.c.room.in_(bindparam("ids", expanding=True)), t.seats.c.muted_until.is_not(None)
)
_SITS = and_(t.rooms.c.ended_at.is_(None), t.seats.c.left_at.is_(None))
_OPEN_ROOM_OF = (
    select(t.rooms.c.id)
    .join(t.seats, t.seats.c.room == t.rooms.c.id)
    .where(t.seats.c.student == bindparam("student"), _SITS)
    .order_by(t.rooms.c.opened_at.desc())
    .limit(1)
)
_STANDING = select(_OPEN_ROOM_OF.scalar_subquery(), bars.UNTIL.scalar_subquery())
_SEATED = (
    select(t.seats.c.student)
    .join(t.rooms, t.rooms.c.id == t.seats.c.room)
    .where(t.seats.c.student.in_(bindparam("ids", expanding=True)), _SITS)
)
_OPEN_SEATS = (
    select(t.seats.c.room, t.seats.c.student)
    .join(t.rooms, t.rooms.c.id == t.seats.c.room)
    .where(t.rooms.c.school == bindparam("school"), _SITS)
)
_HEADS = select(t.rooms.c.id, t.rooms.c.head, t.rooms.c.ended_at).where(
    t.rooms.c.id.in_(bindparam("ids", expanding=True))
)
_OPEN_IDS = select(t.rooms.c.id).where(
    t.rooms.c.school == bindparam("school"), t.rooms.c.ended_at.is_(None)
)
_KNOWN_BLOCK = select(t.blocks.c.at).where(
    t.blocks.c.one == bindparam("one"), t.blocks.c.other == bindparam("other")
)
_BLOCKED = select(t.blocks.c.one, t.blocks.c.other).where(
    or_(t.blocks.c.one == bindparam("student"), t.blocks.c.other == bindparam("student"))
)


def open_rooms(conn: Connection, rows: Sequence[NewRoom]) -> list[AlreadySeated | Barred | None]:
    """Write down new rooms and who sits in them; nobody gets a second while one is open.

    Whoever is barred meets no peer; alone they may always ask for a person.
    """
    students = {student for row in rows for student, _ in row.seats}
    locks.students(conn, students)
    seated = set(conn.scalars(_SEATED, {"ids": list(students)}))
    barred = bars.standing(conn, students)
    answers = [_answer(row, seated, barred) for row in rows]
    _open(conn, [row for row, answer in zip(rows, answers, strict=True) if answer is None])
    return answers


def _answer(
    row: NewRoom, seated: set[str], barred: dict[str, int]
) -> AlreadySeated | Barred | None:
    """Whether this room may be opened; if so, its students count as seated from now on."""
    students = {student for student, _ in row.seats}
    if students & seated:
        return AlreadySeated()
    if len(students) > 1 and any(barred.get(student, 0) > row.at for student in students):
        return Barred()
    seated |= students
    return None


def _open(conn: Connection, rows: Sequence[NewRoom]) -> None:
    if not rows:
        return
    values = [
        {
            "id": row.id,
            "school": row.school,
            "topic": row.topic,
            "epoch": row.epoch,
            "head": 0,
            "opened_at": row.at,
            "wrapped_key": row.wrapped_key,
        }
        for row in rows
    ]
    conn.execute(t.rooms.insert(), values)
    seats = [
        {"room": row.id, "seat": seat, "student": student, "handle": handle}
        for row in rows
        for seat, (student, handle) in enumerate(row.seats)
    ]
    conn.execute(t.seats.insert(), seats)
    for row in rows:
        log.book(conn).opened(row.id)


def end_rooms(conn: Connection, rows: Sequence[EndRoom]) -> list[bool]:
    """End rooms; answers for each whether it was this that ended it."""
    locks.rooms(conn, (row.id for row in rows))
    return [end_one(conn, row) for row in rows]


def end_one(conn: Connection, row: EndRoom) -> bool:
    """The same for one room, which is locked."""
    ended = conn.execute(_END, {"room": row.id, "at": row.at, "why": row.why}).rowcount == 1
    standing = log.book(conn).get(row.id)
    if standing is not None:
        standing.ended = True
    return ended


def block(conn: Connection, rows: Sequence[Block]) -> list[None]:
    """Write down that two students never meet again; doing so twice changes nothing."""
    locks.students(conn, (student for row in rows for student in (row.one, row.other)))
    for row in rows:
        one, other = sorted((row.one, row.other))
        if conn.execute(_KNOWN_BLOCK, {"one": one, "other": other}).first() is None:
            conn.execute(t.blocks.insert(), {"one": one, "other": other, "at": row.at})
    return [None] * len(rows)


def room(conn: Connection, room_id: str) -> StoredRoom | None:
    """The room of that id, open or ended, or None."""
    found = conn.execute(_ROOM, {"room": room_id}).first()
    if found is None:
        return None
    sat = conn.execute(_SEATS, {"room": room_id}).all()
    seats = tuple((student, handle) for student, handle, _ in sat)
    left = {seat: why for seat, (_, _, why) in enumerate(sat) if why is not None}
    given = {**found._mapping, "head": max(found.head, log.tail_head(conn, room_id))}  # noqa: SLF001 - public
    return StoredRoom(**given, seats=seats, left=left)


def muted(conn: Connection, room_id: str) -> list[int | None]:
    """Until when (Unix milliseconds) each seat of a room may say nothing."""
    return list(conn.scalars(_MUTED, {"room": room_id}))


def stopped(conn: Connection, ids: Sequence[str]) -> list[tuple[str, int, int]]:
    """Room and seat of whoever was ever muted in these rooms, and until when (Unix ms)."""
    return [(room, seat, until) for room, seat, until in conn.execute(_STOPPED, {"ids": ids})]


def left(conn: Connection, ids: Sequence[str]) -> list[tuple[str, int]]:
    """Room and seat of whoever has left one of these rooms."""
    return [(room, seat) for room, seat in conn.execute(_LEFT, {"ids": ids})]


def open_room_of(conn: Connection, student: str) -> str | None:
    """The room this student sits in now, or None."""
    return conn.scalar(_OPEN_ROOM_OF, {"student": student})


def open_ids(conn: Connection, school: str) -> list[str]:
    """The rooms of a school that are not over."""
    return list(conn.scalars(_OPEN_IDS, {"school": school}))


def open_seats(conn: Connection, school: str) -> list[tuple[str, str]]:
    """Room and student of every seat of the rooms of a school that are not over."""
    return [(room, student) for room, student in conn.execute(_OPEN_SEATS, {"school": school})]


def heads(conn: Connection, ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """How far rooms have come and whether they are over; only true where nothing is folded."""
    if not ids:
        return {}
    found = conn.execute(_HEADS, {"ids": ids})
    return {room: (head, ended_at is not None) for room, head, ended_at in found}


def blocked_peers(conn: Connection, student: str) -> frozenset[str]:
    """Everybody this student never meets again, whoever of the two said so."""
    found = conn.execute(_BLOCKED, {"student": student})
    return frozenset(other if one == student else one for one, other in found)


def standing(conn: Connection, student: str) -> Standing:
    """Everything that is asked when a student wishes to be matched, as of one moment."""
    room, barred_until = conn.execute(_STANDING, {"student": student}).one()
    return Standing(room, barred_until, blocked_peers(conn, student))
