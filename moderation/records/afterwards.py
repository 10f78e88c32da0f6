"""After a room is over for a student: how it was, and the receipt by which an adult finds it again.

Operations for `Store.write`; used by the chat and by `moderation/incidents/incidents.py`. An answer
is counted for its day and stands beside nothing else; its seat only knows that it has answered. Of
a receipt only a keyed hash is kept, and it leads nowhere once the room was purged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.incidents.gravity import BROUGHT
from moderation.records import incident_acts
from moderation.records import tables as t
from moderation.records.incident_acts import IncidentAct
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.refused import Refused

DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Answered:
    """How a student says a room of theirs was, at a time in Unix milliseconds."""

    room: str
    student: str
    school: str
    at: int
    felt: str | None
    heard: str | None


@dataclass(frozen=True, slots=True)
class Give:
    """A receipt for the seat a student had in a room; `lookup` is its keyed hash."""

    room: str
    student: str
    lookup: bytes


@dataclass(frozen=True, slots=True)
class Bring:
    """A receipt brought to an adult, whose `act` acknowledges the incident made of it."""

    lookup: bytes
    act: IncidentAct


_OVER = (
    select(t.rooms.c.id)
    .where(t.rooms.c.id == bindparam("of"), t.rooms.c.ended_at.is_not(None))
    .exists()
)
_OWN_SEAT = (
    t.seats.c.room == bindparam("of"),
    t.seats.c.student == bindparam("who"),
    t.seats.c.left_at.is_not(None) | _OVER,
)
_ANSWER = t.seats.update().where(*_OWN_SEAT, t.seats.c.answered.is_(None)).values(answered=True)
_GIVE = t.seats.update().where(*_OWN_SEAT).values(receipt=bindparam("lookup"))
_BROUGHT = (
    select(t.rooms.c.id, t.seats.c.seat)
    .join(t.seats, t.seats.c.room == t.rooms.c.id)
    .where(
        t.seats.c.receipt == bindparam("lookup"),
        t.rooms.c.school == bindparam("school"),
        t.rooms.c.wrapped_key.is_not(None),
    )
)


def answer(conn: Connection, rows: Sequence[Answered]) -> list[bool]:
    """Count answers; False for a room that is not over, of others, or answered before."""
    return [_answer(conn, row) for row in rows]


def _answer(conn: Connection, row: Answered) -> bool:
    if conn.execute(_ANSWER, {"of": row.room, "who": row.student}).rowcount != 1:
        return False
    day = row.at // DAY * DAY
    counted = {"school": row.school, "day": day, "felt": row.felt, "heard": row.heard}
    conn.execute(t.answers.insert(), counted)
    return True


def give(conn: Connection, rows: Sequence[Give]) -> list[bool]:
    """Write down receipts, in place of older ones; False for a room not over, or of others."""
    return [
        conn.execute(_GIVE, {"of": row.room, "who": row.student, "lookup": row.lookup}).rowcount
        == 1
        for row in rows
    ]


def bring(conn: Connection, rows: Sequence[Bring]) -> list[str | Refused]:
    """Make an incident of what a receipt stands for, and of its adult the one who has it.

    Answers the incident's code; of one that is unresolved, the code it has already.
    """
    return [_bring(conn, row) for row in rows]


def _bring(conn: Connection, row: Bring) -> str | Refused:
    actor, now = row.act.actor, row.act.now
    found = conn.execute(_BROUGHT, {"lookup": row.lookup, "school": actor.school}).first()
    if found is None:
        return Refused("not_found")
    new = NewIncident(row.act.code, actor.school, found.id, found.seat, BROUGHT, now)
    (code,) = raise_incidents(conn, [new])
    if code == row.act.code:
        incident_acts.act(
            conn, [row.act]
        )  # were it refused, the incident would page: the safe side
    return code
