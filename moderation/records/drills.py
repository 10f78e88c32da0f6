"""Drills in the tables: begun, answered, given up, and what became of each.

Operations for `Store.write` and queries for `Store.read`; used by `moderation/on_call/drills.py`,
and `end` by whoever ends an incident. A drill is one transaction, as a real disclosure is: its
room, its message with the verdict, the item, the incident and the first pages. The room is over
before anybody could sit in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.ids import new_id
from moderation.incidents.incident import State
from moderation.incidents.words import DRILLED, MISSED
from moderation.on_call.drill import HANDLE, NAME, UNANSWERED
from moderation.records import audit, locks, messages, pages, rooms
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.messages import Kept, Spoken
from moderation.records.rooms import EndRoom, NewRoom


@dataclass(frozen=True, slots=True)
class BeginDrill:
    """A drill of a school, unless one began at or after `since`, or one is still going on.

    `failed` is why nothing could be said; otherwise `spoken` is what is said, in a room with that
    wrapped key. `by` is whoever asked for it.
    """

    id: str
    school: str
    day: str
    at: int
    since: int
    by: str = audit.DRILLS
    failed: str | None = None
    spoken: Spoken | None = None
    wrapped_key: bytes = b""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Drills of a school that began before then have failed; `at` is now."""

    school: str
    before: int
    at: int


@dataclass(frozen=True, slots=True)
class StoredDrill:
    """A drill and how far it came; times in Unix milliseconds, `by` who answered, by name."""

    id: str
    day: str
    began_at: int
    failed: str | None
    ended_at: int | None
    code: str | None
    paged_at: int | None
    seen_at: int | None
    answered_at: int | None
    by: str | None
    item: str | None


_OF = (
    select(p.drills.c.id, p.drills.c.day, p.drills.c.began_at, p.drills.c.failed)
    .add_columns(p.drills.c.ended_at, p.drills.c.incident, t.incidents.c.paged_at)
    .add_columns(t.incidents.c.seen_at, t.incidents.c.answered_at, t.staff.c.name, t.items.c.id)
    .join(t.incidents, t.incidents.c.code == p.drills.c.incident, isouter=True)
    .join(t.staff, t.staff.c.id == t.incidents.c.resolved_by, isouter=True)
    .join(t.items, t.items.c.incident == p.drills.c.incident, isouter=True)
    .where(p.drills.c.school == bindparam("school"))
    .order_by(p.drills.c.began_at.desc())
    .limit(bindparam("most"))
)
_ANSWERED = (
    select(p.drills.c.began_at)
    .join(t.incidents, t.incidents.c.code == p.drills.c.incident)
    .where(p.drills.c.school == bindparam("school"), t.incidents.c.outcome == DRILLED)
    .order_by(p.drills.c.began_at.desc())
    .limit(1)
)
_IN_THE_WAY = select(p.drills.c.id).where(
    p.drills.c.school == bindparam("school"),
    (p.drills.c.began_at >= bindparam("since")) | p.drills.c.ended_at.is_(None),
)
_OVERDUE = select(p.drills.c.incident).where(
    p.drills.c.incident.is_not(None),
    p.drills.c.school == bindparam("school"),
    p.drills.c.ended_at.is_(None),
    p.drills.c.began_at < bindparam("before"),
)
_SITTER = select(t.students.c.id).where(
    t.students.c.school == bindparam("school"), t.students.c.band == NAME
)


def begin(conn: Connection, rows: Sequence[BeginDrill]) -> list[bool]:
    """Begin drills; False where another one is in the way."""
    locks.take(conn, locks.DRILLING)
    return [_begin(conn, row) for row in rows]


def _begin(conn: Connection, row: BeginDrill) -> bool:
    asked = {"school": row.school, "since": row.since}
    if conn.execute(_IN_THE_WAY, asked).first() is not None:
        return False
    code = None if row.spoken is None else _say(conn, row, row.spoken)
    values = {"id": row.id, "school": row.school, "day": row.day, "began_at": row.at}
    ended_at = None if code else row.at
    conn.execute(
        p.drills.insert(),
        {**values, "incident": code, "failed": row.failed, "ended_at": ended_at},
    )
    audit.append(conn, [audit.Entry(row.at, row.by, "drill_begun", code or row.id)])
    return True


def _say(conn: Connection, row: BeginDrill, spoken: Spoken) -> str:
    seats = ((_sitter(conn, row.school), HANDLE),)
    room = NewRoom(spoken.room, row.school, NAME, NAME, row.at, row.wrapped_key, seats)
    rooms.open_rooms(conn, [room])
    (kept,) = messages.say(conn, [spoken])
    rooms.end_rooms(conn, [EndRoom(spoken.room, row.at, NAME)])
    assert isinstance(kept, Kept)
    assert kept.incident is not None
    return kept.incident


def _sitter(conn: Connection, school: str) -> str:
    """Who sits in the rooms of drills: a pseudonym without a card, so that nobody is it."""
    found: str | None = conn.scalar(_SITTER, {"school": school})
    if found is None:
        found = new_id()
        conn.execute(t.students.insert(), {"id": found, "school": school, "band": NAME})
    return found


def end(conn: Connection, code: str, at: int, failed: str | None = None) -> None:
    """A drill is over: its item no longer waits for a moderator."""
    conn.execute(
        p.drills.update().where(p.drills.c.incident == code).values(ended_at=at, failed=failed)
    )
    conn.execute(
        t.items.update()
        .where(t.items.c.incident == code, t.items.c.done_at.is_(None))
        .values(done_at=at, outcome=NAME)
    )


def give_up(conn: Connection, rows: Sequence[GiveUp]) -> list[list[str]]:
    """End drills nobody answered in time; answers the codes of their incidents."""
    locks.take(conn, locks.DRILLING)
    return [_give_up(conn, row) for row in rows]


def _give_up(conn: Connection, row: GiveUp) -> list[str]:
    given_up = []
    for code in overdue(conn, row):
        missed = conn.execute(
            t.incidents.update()
            .where(t.incidents.c.code == code, t.incidents.c.state == State.OPEN)
            .values(state=State.RESOLVED, resolved_at=row.at, outcome=MISSED, due_at=None)
        )
        if missed.rowcount != 1:
            continue
        pages.cancel(conn, code)
        end(conn, code, row.at, UNANSWERED)
        audit.append(conn, [audit.Entry(row.at, audit.DRILLS, "drill_missed", code)])
        given_up.append(code)
    return given_up


def overdue(conn: Connection, row: GiveUp) -> list[str]:
    """The incidents of drills that nobody answered in time."""
    return list(conn.scalars(_OVERDUE, {"school": row.school, "before": row.before}))


def newest(conn: Connection, school: str, most: int) -> list[StoredDrill]:
    """The last so many drills of a school, the newest first."""
    return [StoredDrill(*row) for row in conn.execute(_OF, {"school": school, "most": most})]


def last_answered(conn: Connection, school: str) -> int | None:
    """When the last drill began that somebody answered; None before the first."""
    return conn.scalar(_ANSWERED, {"school": school})
