"""What adults do with an incident, each act one transaction with its entry in the audit.

`act` is an operation for `Store.write`, used by `moderation/incidents/incidents.py`. Who may do
what is asked of `moderation/incidents/incident.py` over the row as it is in that transaction, so
two adults who press the same button at once get one "yours" and one refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from moderation.ids import new_id
from moderation.incidents.incident import HELD_BY_SOMEBODY, Act, Actor, Standing, State, judge
from moderation.incidents.words import DRILLED
from moderation.records import audit, drills, locks, pages
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.refused import Refused
from moderation.records.rotas import MAY_TAKE


@dataclass(frozen=True, slots=True)
class StoredIncident:
    """An incident as the tables know it."""

    code: str
    school: str
    room: str | None
    seat: int | None
    category: str
    state: str
    count: int
    drill: bool
    opened_at: int
    round: int
    due_at: int | None
    acknowledged_by: str | None
    acknowledged_at: int | None
    with_student_at: int | None
    resolved_by: str | None
    resolved_at: int | None
    outcome: str | None
    meet: str | None
    barrier: str | None
    wished_at: int | None
    anew_at: int | None
    preserved_by: str | None
    preserved_at: int | None


@dataclass(frozen=True, slots=True)
class IncidentAct:
    """A person's act on an incident.

    `with_student_ms` and `resolve_ms` are how long an acknowledgement lasts before its adult is
    with the student, and before an outcome; `note_id` and `sealed_note` are what was written down;
    `to` is who it is offered to; `outcome` how it ended, `sealed_record` and `follow_up` the record
    of it. Each act reads only what it needs.
    """

    act: Act
    code: str
    actor: Actor
    now: int
    with_student_ms: int = 0
    resolve_ms: int = 0
    to: str = ""
    outcome: str | None = None
    note_id: str = ""
    sealed_note: bytes = b""
    sealed_record: bytes = b""
    follow_up: str | None = None


_INCIDENT = (
    select(*(t.incidents.c[field.name] for field in fields(StoredIncident)))
    .where(t.incidents.c.code == bindparam("code"))
    .with_for_update()
)
_LAST_NOTE = select(func.max(t.incident_notes.c.at)).where(
    t.incident_notes.c.incident == bindparam("code")
)
_OFFER = select(p.handovers.c.to_staff).where(
    p.handovers.c.incident == bindparam("code"),
    p.handovers.c.accepted_at.is_(None),
    p.handovers.c.declined_at.is_(None),
)
_RECUSED = select(p.recusals.c.staff).where(p.recusals.c.incident == bindparam("code"))
_ABLE = select(t.staff.c.id).where(
    t.staff.c.id == bindparam("who"),
    t.staff.c.school == bindparam("school"),
    *MAY_TAKE,
)


def act(conn: Connection, rows: Sequence[IncidentAct]) -> list[State | Refused]:
    """Do what adults do to incidents, but look; answers the state afterwards."""
    locks.incidents(conn, (row.code for row in rows))
    return [_act(conn, row) for row in rows]


def judged(conn: Connection, row: IncidentAct) -> tuple[StoredIncident, State] | Refused:
    """The incident as it stands, and the state after that act; or why it may not be."""
    kept = conn.execute(_INCIDENT, {"code": row.code}).first()
    if kept is None:
        return Refused("not_found")
    found = StoredIncident(*kept)
    standing = Standing(
        school=found.school,
        state=State(found.state),
        acknowledged_by=found.acknowledged_by,
        offered_to=offered_to(conn, row.code),
        recused=recused(conn, row.code),
        drill=found.drill,
        preserved_by=found.preserved_by,
    )
    state = judge(standing, row.act, row.actor)
    return (found, state) if isinstance(state, State) else Refused(state)


def offered_to(conn: Connection, code: str) -> str | None:
    """The id of the adult an incident is being handed to."""
    return conn.scalar(_OFFER, {"code": code})


def recused(conn: Connection, code: str) -> frozenset[str]:
    """Staff who may know the student of an incident, and so shall not have it."""
    return frozenset(conn.scalars(_RECUSED, {"code": code}))


def write_down(conn: Connection, row: IncidentAct) -> None:
    """The act's entry in the audit."""
    audit.append(conn, [audit.Entry(row.now, row.actor.id, f"incident_{row.act}", row.code)])


def _act(conn: Connection, row: IncidentAct) -> State | Refused:
    decided = judged(conn, row)
    if isinstance(decided, Refused):
        return decided
    found, state = decided
    if row.act is Act.ACKNOWLEDGE and state == found.state:
        return state
    changes = _CHANGES.get(row.act, _nothing)(conn, row, found)
    if isinstance(changes, Refused):
        return changes
    if row.sealed_note:
        _note(conn, row)
    conn.execute(
        t.incidents.update()
        .where(t.incidents.c.code == row.code, t.incidents.c.state == found.state)
        .values(changes | {"state": state})
    )
    write_down(conn, row)
    return state


Changes = dict[str, object]


def _nothing(_conn: Connection, _row: IncidentAct, _found: StoredIncident) -> Changes:
    return {}


def _acknowledge(conn: Connection, row: IncidentAct, found: StoredIncident) -> Changes:
    pages.cancel(conn, row.code)
    _end_offers(conn, row)
    changes: Changes = {"answered_at": func.coalesce(t.incidents.c.answered_at, row.now)}
    if found.drill:
        drills.end(conn, row.code, row.now)
        changes |= {"resolved_by": row.actor.id, "resolved_at": row.now, "outcome": DRILLED}
        return changes | {"due_at": None, "acknowledged_by": row.actor.id}
    newest = conn.scalar(select(pages.NEWEST_ROUND), {"code": row.code})
    used = 0 if newest is None else newest + 1  # no other page takes the place of one of it
    return changes | _held_by(row) | {"round": max(found.round, used)}


def _held_by(row: IncidentAct) -> Changes:
    """From now on this adult has it, and is soon with the student."""
    return {
        "acknowledged_by": row.actor.id,
        "acknowledged_at": row.now,
        "due_at": row.now + row.with_student_ms,
    }


def _with_student(_conn: Connection, row: IncidentAct, found: StoredIncident) -> Changes:
    since = row.now if found.acknowledged_at is None else found.acknowledged_at
    first = func.coalesce(t.incidents.c.with_student_at, row.now)
    return {"with_student_at": first, "due_at": since + row.resolve_ms}


def _resolve(conn: Connection, row: IncidentAct, _found: StoredIncident) -> Changes:
    _end_offers(conn, row)
    record = {"incident": row.code, "sealed": row.sealed_record, "follow_up": row.follow_up}
    conn.execute(t.outcomes.insert(), record)
    return {
        "resolved_by": row.actor.id,
        "resolved_at": row.now,
        "due_at": None,
        "outcome": row.outcome,
    }


def _offer(conn: Connection, row: IncidentAct, found: StoredIncident) -> Changes | Refused:
    able = conn.scalar(_ABLE, {"who": row.to, "school": found.school})
    if able is None or row.to in {*recused(conn, row.code), found.acknowledged_by}:
        return Refused("not_found")
    _end_offers(conn, row)
    conn.execute(
        p.handovers.insert(),
        {
            "id": new_id(),
            "incident": row.code,
            "from_staff": row.actor.id,
            "to_staff": row.to,
            "offered_at": row.now,
        },
    )
    return {}


def _take_over(conn: Connection, row: IncidentAct, _found: StoredIncident) -> Changes:
    conn.execute(
        p.handovers.update()
        .where(p.handovers.c.incident == row.code, p.handovers.c.to_staff == row.actor.id)
        .where(p.handovers.c.accepted_at.is_(None), p.handovers.c.declined_at.is_(None))
        .values(accepted_at=row.now)
    )
    return _held_by(row)


def _recuse(conn: Connection, row: IncidentAct, found: StoredIncident) -> Changes:
    conn.execute(p.recusals.insert(), {"incident": row.code, "staff": row.actor.id, "at": row.now})
    mine = select(t.contacts.c.id).where(t.contacts.c.staff == row.actor.id)
    pages.cancel(conn, row.code, t.pages.c.contact.in_(mine))
    if found.acknowledged_by != row.actor.id or State(found.state) not in HELD_BY_SOMEBODY:
        _end_offers(conn, row, p.handovers.c.to_staff == row.actor.id)
        alone = found.state == State.OPEN and not pages.called(conn, row.code, row.actor.id)
        return {"due_at": row.now} if alone else {}
    _end_offers(conn, row)
    again: Changes = {"chase_from": t.incidents.c.round, "due_at": row.now}
    return again | {"acknowledged_by": None, "acknowledged_at": None}


def _preserve(_conn: Connection, row: IncidentAct, _found: StoredIncident) -> Changes:
    return {"preserved_by": row.actor.id, "preserved_at": row.now}


def _lift(_conn: Connection, _row: IncidentAct, _found: StoredIncident) -> Changes:
    return {"preserved_by": None, "preserved_at": None}


_CHANGES: Mapping[Act, Callable[[Connection, IncidentAct, StoredIncident], Changes | Refused]] = {
    Act.ACKNOWLEDGE: _acknowledge,
    Act.WITH_STUDENT: _with_student,
    Act.RESOLVE: _resolve,
    Act.OFFER: _offer,
    Act.TAKE_OVER: _take_over,
    Act.RECUSE: _recuse,
    Act.PRESERVE: _preserve,
    Act.LIFT: _lift,
}


def _end_offers(conn: Connection, row: IncidentAct, *which: ColumnElement[bool]) -> None:
    conn.execute(
        p.handovers.update()
        .where(p.handovers.c.incident == row.code, *which)
        .where(p.handovers.c.accepted_at.is_(None), p.handovers.c.declined_at.is_(None))
        .values(declined_at=row.now)
    )


def _note(conn: Connection, row: IncidentAct) -> None:
    """Write a note down, later than every note before it, so that they always read in order."""
    last = conn.scalar(_LAST_NOTE, {"code": row.code})
    conn.execute(
        t.incident_notes.insert(),
        {
            "id": row.note_id,
            "incident": row.code,
            "staff": row.actor.id,
            "at": row.now if last is None else max(row.now, last + 1),
            "sealed": row.sealed_note,
        },
    )
