"""Incidents being raised: the row, and in the same transaction the pages that will reach people.

`raise_incidents` is an operation for `Store.write`, and is called by `messages.say` for a message
that a person must see at once; `read_there` is another. What happens to an incident later stands
in `pages.py` beside this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, bindparam, case, or_, select

from moderation.ids import new_id
from moderation.incidents.gravity import anew, graver
from moderation.incidents.incident import HELD_BY_SOMEBODY, State, lapsed
from moderation.on_call.escalation import DEFAULT, Chase, next_round
from moderation.records import audit, locks, rotas
from moderation.records import paging_tables as p
from moderation.records import tables as t


@dataclass(frozen=True, slots=True)
class NewIncident:
    """A child who may be in danger; `code` is what adults will call it.

    `said_at` is when the words arrived, before they were judged; `drill` says that nobody is in
    danger, `told` that the students of the room learn that an adult was called. `there` are the
    ids of staff who are in the room and read it for themselves.
    """

    code: str
    school: str
    room: str | None
    seat: int | None
    category: str
    at: int
    said_at: int | None = None
    drill: bool = False
    told: bool = False
    there: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadThere:
    """The page of an adult in a room has shown what was told anew there until `read_to`.

    Times are in Unix milliseconds; the others are how long an acknowledgement lasts (as in
    `IncidentAct`).
    """

    room: str
    staff: str
    read_to: int
    with_student_ms: int
    resolve_ms: int


THERE_MS = 30_000
"""How long whoever is in the room has to read there what would have called them."""

_SAME = (
    select(t.incidents.c.code, t.incidents.c.category, t.incidents.c.state, t.incidents.c.opened_at)
    .add_columns(t.incidents.c.acknowledged_by, t.incidents.c.acknowledged_at)
    .add_columns(t.incidents.c.with_student_at, t.incidents.c.anew_at)
    .where(
        t.incidents.c.room == bindparam("room"),
        t.incidents.c.seat == bindparam("seat"),
        t.incidents.c.state != "resolved",
    )
    .with_for_update()
)
_STEPPED_ASIDE = (
    select(p.recusals.c.staff)
    .join(t.incidents, t.incidents.c.code == p.recusals.c.incident)
    .where(t.incidents.c.room == bindparam("room"), t.incidents.c.seat == bindparam("seat"))
    .distinct()
)
_AGAIN = (
    t.incidents.update()
    .where(t.incidents.c.code == bindparam("known"))
    .values(
        category=bindparam("gravest"),
        heard_at=bindparam("at"),
        count=t.incidents.c.count + 1,
        told=or_(t.incidents.c.told, bindparam("telling")),
    )
)
_ANEW = (
    t.incidents.update()
    .where(t.incidents.c.code == bindparam("known"))
    .values(anew_at=bindparam("at"))
)
_CHASE = (
    t.incidents.update()
    .where(t.incidents.c.code == bindparam("known"))
    .values(state=bindparam("now_is"), chase_from=t.incidents.c.round, due_at=bindparam("at"))
)
_SOON = (
    t.incidents.update()
    .where(t.incidents.c.code == bindparam("known"), t.incidents.c.due_at > bindparam("soon"))
    .values(due_at=bindparam("soon"))
)
_LASTS = case(
    (t.incidents.c.state == State.WITH_STUDENT, bindparam("resolve_ms", type_=BigInteger)),
    else_=bindparam("with_student_ms", type_=BigInteger),
)
_READ = (
    t.incidents.update()
    .where(
        t.incidents.c.room == bindparam("there"),
        t.incidents.c.acknowledged_by == bindparam("holder"),
        t.incidents.c.state.in_(HELD_BY_SOMEBODY),
        t.incidents.c.anew_at > t.incidents.c.acknowledged_at,
        t.incidents.c.anew_at <= bindparam("read_to"),
    )
    .values(due_at=t.incidents.c.acknowledged_at + _LASTS)
)


def raise_incidents(conn: Connection, rows: Sequence[NewIncident]) -> list[str]:
    """Raise incidents; answers the code of each.

    While an incident of the same seat of the same room is unresolved, it is counted up, called by
    the gravest that was heard, and its code answered instead, so that one child in danger is one
    incident. Who has it is told when `anew` says so: the acknowledgement ends and a chase begins.
    If they are there, it lapses in half a minute unless they have read it by then (`read_there`). A
    new one brings those pages of the first step that are due at once; the first look adds the rest
    of that round.
    """
    locks.rooms(conn, (row.room for row in rows))
    return [_raise(conn, row) for row in rows]


def read_there(conn: Connection, rows: Sequence[ReadThere]) -> list[None]:
    """What adults have read in a room calls them no more: they have as long as they had before."""
    for row in rows:
        given = {"there": row.room, "holder": row.staff, "read_to": row.read_to}
        lasts = {"with_student_ms": row.with_student_ms, "resolve_ms": row.resolve_ms}
        conn.execute(_READ, given | lasts)
    return [None] * len(rows)


def _raise(conn: Connection, row: NewIncident) -> str:
    known = conn.execute(_SAME, {"room": row.room, "seat": row.seat}).first()
    if known is not None:
        _again(conn, row, known)
        return str(known.code)
    conn.execute(
        t.incidents.insert(),
        {
            "code": row.code,
            "school": row.school,
            "room": row.room,
            "seat": row.seat,
            "category": str(row.category),
            "state": "open",
            "count": 1,
            "drill": row.drill,
            "told": row.told,
            "said_at": row.at if row.said_at is None else row.said_at,
            "opened_at": row.at,
            "heard_at": row.at,
            "round": 0,
            "due_at": row.at,
        },
    )
    aside = _steps_aside(conn, row)
    chase = Chase(skip=aside)
    first = next_round(DEFAULT, rotas.roster(conn, row.school, row.at), chase, row.at)
    at_once = [page.contact for page in first.pages if page.at <= row.at]
    if at_once:
        pages = [_page(row, contact, first.number) for contact in at_once]
        conn.execute(t.pages.insert(), pages)
    return row.code


def _steps_aside(conn: Connection, row: NewIncident) -> frozenset[str]:
    """Who stepped aside from an earlier incident of that student, and so from this one as well."""
    found = frozenset(conn.scalars(_STEPPED_ASIDE, {"room": row.room, "seat": row.seat}))
    if found:
        them = [{"incident": row.code, "staff": who, "at": row.at} for who in found]
        conn.execute(p.recusals.insert(), them)
    return found


def _again(conn: Connection, row: NewIncident, known: Row[Any]) -> None:
    given = {"known": known.code, "at": row.at}
    gravest = graver(known.category, str(row.category))
    conn.execute(_AGAIN, {**given, "gravest": gravest, "telling": row.told})
    told_at = max(known.opened_at, known.anew_at or 0, known.with_student_at or 0)
    quiet = row.at - max(told_at, known.acknowledged_at or 0)
    state = State(known.state)
    if state not in HELD_BY_SOMEBODY or not anew(known.category, str(row.category), quiet):
        return
    conn.execute(_ANEW, given)
    if known.acknowledged_by in row.there:
        conn.execute(_SOON, {"known": known.code, "soon": row.at + THERE_MS})
        return
    conn.execute(_CHASE, {**given, "now_is": lapsed(state)})
    audit.append(conn, [audit.Entry(row.at, audit.DUTY, "anew", known.code)])


def _page(row: NewIncident, contact: str, number: int) -> dict[str, object]:
    return {
        "id": new_id(),
        "incident": row.code,
        "contact": contact,
        "round": number,
        "state": "pending",
        "due_at": row.at,
        "attempts": 0,
    }
