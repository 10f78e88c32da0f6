"""What is kept of one student: each chat with what was said in it, what was decided, each bar.

Queries for this package and for `Store.read`; used by `exports.py` when that leaves as a document.
Words stay sealed here, and whose is whose is for `moderation/incidents/own_words.py` to sort out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, func, or_, select, union

from moderation.incidents.incident import Actor, State
from moderation.records import desk_tables as d
from moderation.records import paging_tables as p
from moderation.records import purge_cases, rooms, transcript
from moderation.records import tables as t
from moderation.records.called_adults import LURES
from moderation.records.purge_rooms import WAITS
from moderation.records.rooms import StoredRoom
from moderation.records.transcript import StoredMessage

_WITHOUT_WORDS = 1_000
"""Messages that are read of a chat whose words are gone: only those in which something was seen."""


@dataclass(frozen=True, slots=True)
class InCase:
    """A student, as they are called in a case of that school."""

    school: str
    incident: str
    handle: str


@dataclass(frozen=True, slots=True)
class StoredAct:
    """What a moderator did about one message."""

    mid: str
    at: int
    act: str


@dataclass(frozen=True, slots=True)
class StoredChat:
    """A chat of a student, who sat in `seat` until `left_at`, if they left before it was over.

    Once its words are gone, only what was noticed is read.
    """

    room: StoredRoom
    seat: int
    opened_at: int
    left_at: int | None
    muted_until: int | None
    said: Sequence[StoredMessage]
    acts: Sequence[StoredAct]


@dataclass(frozen=True, slots=True)
class StoredBar:
    """A time in which a student was kept out."""

    at: int | None
    until: int
    lifted_at: int | None


@dataclass(frozen=True, slots=True)
class StoredWords:
    """All of one student, the oldest first."""

    chats: Sequence[StoredChat]
    bars: Sequence[StoredBar]


_student: BindParameter[str] = bindparam("student")
_ROOMS = select(t.seats.c.room).where(t.seats.c.student == _student)
_SCHOOL = select(t.students.c.school).where(t.students.c.id == _student)
_OF_CARD = (
    select(t.students.c.id)
    .join(t.cards, t.cards.c.student == t.students.c.id)
    .where(t.cards.c.lookup == bindparam("lookup"), t.students.c.school == bindparam("school"))
)
_IN_CASE = (
    select(t.seats.c.student)
    .join(t.incidents, t.incidents.c.room == t.seats.c.room)
    .where(
        t.incidents.c.code == bindparam("code"),
        t.incidents.c.school == bindparam("school"),
        ~t.incidents.c.drill,
        func.lower(t.seats.c.handle) == bindparam("handle"),
    )
)
_STEPPED_ASIDE = union(
    select(p.recusals.c.staff)
    .join(t.incidents, t.incidents.c.code == p.recusals.c.incident)
    .where(t.incidents.c.room.in_(_ROOMS)),
    select(d.room_recusals.c.staff).where(d.room_recusals.c.room.in_(_ROOMS)),
)
_OPEN_CASE = (
    select(t.incidents.c.code)
    .join(t.seats, t.seats.c.room == t.incidents.c.room)
    .where(
        t.seats.c.student == _student,
        or_(
            t.incidents.c.seat.is_(None),
            t.incidents.c.seat == t.seats.c.seat,
            LURES,  # see 0056
        ),
        t.incidents.c.state != State.RESOLVED,
        ~t.incidents.c.drill,
    )
    .limit(1)
)
_HELD = union(
    select(t.incidents.c.code).where(
        t.incidents.c.room.in_(_ROOMS), ~t.incidents.c.drill, purge_cases.HELD
    ),
    select(t.items.c.id).where(t.items.c.room.in_(_ROOMS), WAITS),
    select(t.rooms.c.id).where(t.rooms.c.id.in_(_ROOMS), t.rooms.c.ended_at.is_(None)),
).limit(1)
_CHATS: Select[Any] = (
    select(
        t.seats.c.room,
        t.seats.c.seat,
        t.rooms.c.opened_at,
        t.seats.c.left_at,
        t.seats.c.muted_until,
    )
    .join(t.rooms, t.rooms.c.id == t.seats.c.room)
    .where(t.seats.c.student == _student)
    .order_by(t.rooms.c.opened_at, t.rooms.c.id)
)
_ACTS = (
    select(t.items.c.mid, d.item_acts.c.at, d.item_acts.c.act)
    .join(t.items, t.items.c.id == d.item_acts.c.item)
    .where(
        t.items.c.room == bindparam("room"),
        t.items.c.seat == bindparam("seat"),
        t.items.c.mid.is_not(None),
    )
    .order_by(d.item_acts.c.at, d.item_acts.c.id)
)
_BARS = (
    select(d.bars.c.at, d.bars.c.until, d.bars.c.lifted_at)
    .where(d.bars.c.student == _student)
    .order_by(d.bars.c.until)
)


def of_card(conn: Connection, school: str, lookup: bytes) -> str | None:
    """The student of a card, one that works no more too, or None."""
    return conn.scalar(_OF_CARD, {"school": school, "lookup": lookup})


def in_case(conn: Connection, one: InCase) -> str | None:
    """The student who is called so in that case, or None."""
    asked = {"school": one.school, "code": one.incident, "handle": one.handle.lower()}
    return conn.scalar(_IN_CASE, asked)


def unfit(
    conn: Connection, student: str | None, actor: Actor, now: int, *, erase: bool
) -> str | None:
    """The code of why that person may not have a student's words now, or may not `erase` them."""
    if student is None or not is_of_school(conn, student, actor.school):
        return "not_found"
    if actor.id in recused(conn, student):
        return "forbidden"
    if erase:
        return "held" if is_held(conn, student, now) else None
    # What a child may come to harm by leaves nobody's hands while an adult still finds that out.
    return "case_open" if has_open_case(conn, student) else None


def is_of_school(conn: Connection, student: str, school: str) -> bool:
    """Whether there is such a student there."""
    return conn.scalar(_SCHOOL, {"student": student}) == school


def recused(conn: Connection, student: str) -> frozenset[str]:
    """Who stepped aside from a chat or a case of this student, for they may know them."""
    return frozenset(conn.scalars(_STEPPED_ASIDE, {"student": student}))


def has_open_case(conn: Connection, student: str) -> bool:
    """Whether a case that is, or may be, about this student is not closed."""
    return conn.scalar(_OPEN_CASE, {"student": student}) is not None


def is_held(conn: Connection, student: str, now: int) -> bool:
    """Whether a chat of this student is open, waits for somebody, or has a case that holds it."""
    asked = {"student": student, "today": purge_cases.today(now)}
    return conn.scalar(_HELD, asked) is not None


def whole(conn: Connection, student: str) -> StoredWords:
    """Everything of a student."""
    found = conn.execute(_CHATS, {"student": student}).all()
    bars = [StoredBar(*row) for row in conn.execute(_BARS, {"student": student})]
    return StoredWords([_chat(conn, row) for row in found], bars)


def _chat(conn: Connection, row: Row[Any]) -> StoredChat:
    room_id, seat = row.room, row.seat
    room = rooms.room(conn, room_id)
    assert room is not None  # a seat is tied to its room
    if room.wrapped_key is None:
        noticed = transcript.noticed(conn, room_id, transcript.END_OF_TIME, _WITHOUT_WORDS)
        said = [line for line in noticed if line.seat == seat]
    else:
        said = transcript.everything(conn, room_id)
    acts = [StoredAct(*row) for row in conn.execute(_ACTS, {"room": room_id, "seat": seat})]
    return StoredChat(room, seat, row.opened_at, row.left_at, row.muted_until, said, acts)
