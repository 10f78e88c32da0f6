"""What adults do with an incident, each act one transaction with its entry in the audit.

Operations for `Store.write` and queries for `Store.read`; used by `moderation/incidents.py`. Who
may do what is asked of `moderation/incident.py` over the row as it is in that transaction, so two
adults who press the same button at once get one "yours" and one refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, bindparam, case, func, select

from moderation.incident import Act, Actor, Standing, State, judge
from moderation.records import audit, messages, rooms
from moderation.records import tables as t
from moderation.records.incidents import ON_CALL_ROLES
from moderation.records.pages import WAITING

BEFORE = 20
AFTER = 400
"""Messages of the conversation shown around the moment an incident was opened."""


class Refused(Exception):  # noqa: N818 - an answer, told to a person
    """The rules say no; `code` stands in the table of refusals."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Summary:
    """An unresolved incident in a list; `holder` is the name of who has it, or had it last."""

    code: str
    category: str
    state: str
    count: int
    opened_at: int
    round: int
    due_at: int | None
    holder: str | None
    acknowledged_at: int | None


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
    opened_at: int
    round: int
    due_at: int | None
    acknowledged_by: str | None
    acknowledged_at: int | None
    resolved_by: str | None
    resolved_at: int | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One attempt to reach somebody, for a timeline; never the address."""

    name: str
    channel: str
    state: str
    round: int
    due_at: int
    sent_at: int | None
    seen_at: int | None


@dataclass(frozen=True, slots=True)
class StoredNote:
    """What somebody wrote down, sealed for its id."""

    id: str
    name: str
    at: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class StoredCase:
    """An incident with all that belongs to it, as the tables know it."""

    incident: StoredIncident
    holder: str | None
    resolver: str | None
    room: rooms.StoredRoom | None
    said: Sequence[messages.StoredMessage]
    notes: Sequence[StoredNote]
    pages: Sequence[StoredPage]


@dataclass(frozen=True, slots=True)
class Deed:
    """A person's act on an incident.

    `resolve_ms` is how long an acknowledgement lasts; `note_id` and `sealed_note` are what was
    written down; `outcome` how it ended. Each act reads only what it needs.
    """

    act: Act
    code: str
    actor: Actor
    now: int
    resolve_ms: int = 0
    outcome: str | None = None
    note_id: str = ""
    sealed_note: bytes = b""


_INCIDENT = (
    select(*(t.incidents.c[field.name] for field in fields(StoredIncident)))
    .where(t.incidents.c.code == bindparam("code"))
    .with_for_update()
)
_NAME = select(t.staff.c.name).where(t.staff.c.id == bindparam("who"))
_OPEN = (
    select(
        t.incidents.c.code,
        t.incidents.c.category,
        t.incidents.c.state,
        t.incidents.c.count,
        t.incidents.c.opened_at,
        t.incidents.c.round,
        t.incidents.c.due_at,
        t.staff.c.name,
        t.incidents.c.acknowledged_at,
    )
    .join(t.staff, t.staff.c.id == t.incidents.c.acknowledged_by, isouter=True)
    .where(t.incidents.c.school == bindparam("school"), t.incidents.c.state != State.RESOLVED)
    .order_by(case((t.incidents.c.state == State.OPEN, 0), else_=1), t.incidents.c.opened_at)
)
_PAGES = (
    select(
        t.staff.c.name,
        t.contacts.c.channel,
        t.pages.c.state,
        t.pages.c.round,
        t.pages.c.due_at,
        t.pages.c.sent_at,
        t.pages.c.seen_at,
    )
    .join(t.contacts, t.contacts.c.id == t.pages.c.contact)
    .join(t.staff, t.staff.c.id == t.contacts.c.staff)
    .where(t.pages.c.incident == bindparam("code"))
    .order_by(t.pages.c.round, t.contacts.c.place, t.pages.c.id)
)
_NOTES = (
    select(t.incident_notes.c.id, t.staff.c.name, t.incident_notes.c.at, t.incident_notes.c.sealed)
    .join(t.staff, t.staff.c.id == t.incident_notes.c.staff)
    .where(t.incident_notes.c.incident == bindparam("code"))
    .order_by(t.incident_notes.c.at, t.incident_notes.c.id)
)
_LAST_NOTE = select(func.max(t.incident_notes.c.at)).where(
    t.incident_notes.c.incident == bindparam("code")
)
_ON_CALL = (
    select(t.staff.c.name, t.contacts.c.channel)
    .join(t.contacts, t.contacts.c.staff == t.staff.c.id, isouter=True)
    .where(
        t.staff.c.school == bindparam("school"),
        t.staff.c.role.in_(ON_CALL_ROLES),
        t.staff.c.disabled_at.is_(None),
    )
    .order_by(t.staff.c.name, t.contacts.c.place)
)


def unresolved(conn: Connection, school: str) -> list[Summary]:
    """Every incident of a school without an outcome: those nobody has first, then the oldest."""
    return [Summary(*row) for row in conn.execute(_OPEN, {"school": school})]


def on_call(conn: Connection, school: str) -> dict[str, list[str]]:
    """The channels of every adult on call, by name; an adult without contacts has none."""
    found: dict[str, list[str]] = {}
    for name, channel in conn.execute(_ON_CALL, {"school": school}):
        found.setdefault(name, []).extend([channel] if channel is not None else [])
    return found


def look(conn: Connection, rows: Sequence[Deed]) -> list[StoredCase | Refused]:
    """Open cases: the pages their adult got are now seen, which ends nothing."""
    return [_look(conn, row) for row in rows]


def act(conn: Connection, rows: Sequence[Deed]) -> list[State | Refused]:
    """Acknowledge, note or resolve; answers the state afterwards."""
    return [_act(conn, row) for row in rows]


def _judged(conn: Connection, row: Deed) -> tuple[StoredIncident, State] | Refused:
    kept = conn.execute(_INCIDENT, {"code": row.code}).first()
    if kept is None:
        return Refused("not_found")
    found = StoredIncident(*kept)
    standing = Standing(found.school, State(found.state), found.acknowledged_by)
    state = judge(standing, row.act, row.actor)
    return (found, state) if isinstance(state, State) else Refused(state)


def _look(conn: Connection, row: Deed) -> StoredCase | Refused:
    judged = _judged(conn, row)
    if isinstance(judged, Refused):
        return judged
    found, _ = judged
    mine = select(t.contacts.c.id).where(t.contacts.c.staff == row.actor.id)
    conn.execute(
        t.pages.update()
        .where(
            t.pages.c.incident == row.code,
            t.pages.c.contact.in_(mine),
            t.pages.c.state.in_(("sent", "delivered")),
        )
        .values(state="seen", seen_at=row.now)
    )
    _audit(conn, row)
    said: Sequence[messages.StoredMessage] = ()
    if found.room is not None:
        said = messages.surroundings(
            conn, found.room, (found.opened_at + 1) * 1000, before=BEFORE, after=AFTER
        )
    return StoredCase(
        incident=found,
        holder=conn.scalar(_NAME, {"who": found.acknowledged_by}),
        resolver=conn.scalar(_NAME, {"who": found.resolved_by}),
        room=None if found.room is None else rooms.room(conn, found.room),
        said=said,
        notes=[StoredNote(*note) for note in conn.execute(_NOTES, {"code": row.code})],
        pages=[StoredPage(*page) for page in conn.execute(_PAGES, {"code": row.code})],
    )


def _act(conn: Connection, row: Deed) -> State | Refused:
    judged = _judged(conn, row)
    if isinstance(judged, Refused):
        return judged
    found, state = judged
    if row.act is Act.ACKNOWLEDGE and state == found.state:
        return state
    changes: dict[str, object] = {"state": state}
    if row.act is Act.ACKNOWLEDGE:
        changes |= {"acknowledged_by": row.actor.id, "acknowledged_at": row.now}
        changes |= {"due_at": row.now + row.resolve_ms}
        _stop(conn, row.code)
    elif row.act is Act.RESOLVE:
        changes |= {"resolved_by": row.actor.id, "resolved_at": row.now}
        changes |= {"due_at": None, "outcome": row.outcome}
    if row.sealed_note:
        _note(conn, row)
    conn.execute(
        t.incidents.update()
        .where(t.incidents.c.code == row.code, t.incidents.c.state == found.state)
        .values(changes)
    )
    _audit(conn, row)
    return state


def _stop(conn: Connection, code: str) -> None:
    conn.execute(
        t.pages.update()
        .where(t.pages.c.incident == code, t.pages.c.state.in_(WAITING))
        .values(state="cancelled")
    )


def _note(conn: Connection, row: Deed) -> None:
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


def _audit(conn: Connection, row: Deed) -> None:
    audit.append(conn, [audit.Entry(row.now, row.actor.id, f"incident_{row.act}", row.code)])
