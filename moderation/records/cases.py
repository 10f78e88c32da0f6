"""Incidents as adults see them: the list of open ones, and one case with all that belongs to it.

Operations for `Store.write` and queries for `Store.read`; used by
`moderation/incidents/incidents.py`. What adults do with an incident stands in `incident_acts.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, select

from moderation.incidents.gravity import UNATTENDED
from moderation.incidents.incident import HELD_BY_SOMEBODY, State
from moderation.on_call.adults import Adult
from moderation.records import desk_tables as d
from moderation.records import incident_acts, locks, rooms, rotas, transcript
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.incident_acts import IncidentAct, StoredIncident
from moderation.records.refused import Refused

BEFORE, AFTER, LAST = 20, 200, 200
"""Messages of the conversation shown before and after the moment an incident was opened, and of
its end: who helps a student reads what they say now."""


@dataclass(frozen=True, slots=True)
class Summary:
    """An unresolved incident in a list; `holder` is the name of whoever has it, or had it last.

    `offered_to` is the id of the adult it is being handed to, `wished_at` when the student last
    said how they would like to be met, `anew_at` when it was last told anew.
    """

    code: str
    category: str
    state: str
    count: int
    opened_at: int
    round: int
    due_at: int | None
    holder: str | None
    acknowledged_at: int | None
    drill: bool
    offered_to: str | None
    wished_at: int | None
    anew_at: int | None


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One attempt to reach somebody, for a timeline; never the address."""

    name: str
    channel: str
    state: str
    round: int
    due_at: int
    sent_at: int | None
    delivered_at: int | None
    seen_at: int | None


@dataclass(frozen=True, slots=True)
class StoredNote:
    """What somebody wrote down, sealed for its id."""

    id: str
    name: str
    at: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class StoredItem:
    """What waited for a moderator and became part of an incident; `sent_on` if one did that."""

    kind: str
    mid: str | None
    since: int
    sent_on: bool


@dataclass(frozen=True, slots=True)
class StoredCase:
    """An incident with all that belongs to it, as the tables know it.

    `offered_to` is the id of the adult it is being handed to; `others` may have it.
    """

    incident: StoredIncident
    holder: str | None
    resolver: str | None
    preserver: str | None
    offered_to: str | None
    others: Sequence[Adult]
    room: rooms.StoredRoom | None
    said: transcript.Excerpt
    notes: Sequence[StoredNote]
    pages: Sequence[StoredPage]
    items: Sequence[StoredItem]
    sealed_record: bytes | None


_RECORD = select(t.outcomes.c.sealed).where(t.outcomes.c.incident == bindparam("code"))
_SAME_ROOM = t.incidents.alias("same_room")
_ANEW_THERE = (
    select(func.max(_SAME_ROOM.c.anew_at))
    .where(_SAME_ROOM.c.room == t.incidents.c.room)
    .where(_SAME_ROOM.c.acknowledged_by == t.incidents.c.acknowledged_by)
    .scalar_subquery()
)
_HELD = select(t.incidents.c.room, t.incidents.c.seat, t.incidents.c.opened_at, _ANEW_THERE).where(
    t.incidents.c.code == bindparam("code"),
    t.incidents.c.school == bindparam("school"),
    t.incidents.c.acknowledged_by == bindparam("who"),
    t.incidents.c.state.in_(HELD_BY_SOMEBODY),
    t.incidents.c.room.is_not(None),
)
_NAME = select(t.staff.c.name).where(t.staff.c.id == bindparam("who"))
_OPEN: Select[Any] = (
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
        t.incidents.c.drill,
        p.handovers.c.to_staff,
        t.incidents.c.wished_at,
        t.incidents.c.anew_at,
    )
    .join(t.staff, t.staff.c.id == t.incidents.c.acknowledged_by, isouter=True)
    .join(
        p.handovers,
        (p.handovers.c.incident == t.incidents.c.code)
        & p.handovers.c.accepted_at.is_(None)
        & p.handovers.c.declined_at.is_(None),
        isouter=True,
    )
    .where(t.incidents.c.school == bindparam("school"), t.incidents.c.state != State.RESOLVED)
    .order_by(
        case(
            (t.incidents.c.state != State.OPEN, 3),
            (t.incidents.c.drill, 2),
            (t.incidents.c.category == UNATTENDED, 1),
            else_=0,
        ),
        t.incidents.c.opened_at,
    )
)
_PAGES = (
    select(
        t.staff.c.name,
        t.contacts.c.channel,
        t.pages.c.state,
        t.pages.c.round,
        t.pages.c.due_at,
        t.pages.c.sent_at,
        t.pages.c.delivered_at,
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
_SENT_ON = (
    select(d.item_acts.c.id)
    .where(d.item_acts.c.item == t.items.c.id, d.item_acts.c.act == "escalate")
    .exists()
)
_ITEMS = (
    select(t.items.c.kind, t.items.c.mid, t.items.c.since, _SENT_ON)
    .where(t.items.c.incident == bindparam("code"))
    .order_by(t.items.c.since, t.items.c.id)
)

_SEEN = (
    t.incidents.update()
    .where(
        t.incidents.c.code == bindparam("of"),
        t.incidents.c.seen_at.is_(None),
        t.incidents.c.resolved_at.is_(None),
    )
    .values(seen_at=bindparam("now"))
)
_PAGES_SEEN = (
    t.pages.update()
    .where(
        t.pages.c.incident == bindparam("of"),
        t.pages.c.contact.in_(
            select(t.contacts.c.id).where(t.contacts.c.staff == bindparam("who"))
        ),
        t.pages.c.state.in_(("sent", "delivered")),
    )
    .values(state="seen", seen_at=bindparam("now"))
)


def unresolved(conn: Connection, school: str) -> list[Summary]:
    """Every incident of a school without an outcome: those nobody has first, then the oldest.

    Of those, what somebody said stands before what merely waited, and a drill behind both.
    """
    return [Summary(*row) for row in conn.execute(_OPEN, {"school": school})]


@dataclass(frozen=True, slots=True)
class Held:
    """The room of an incident that somebody has, and the seat whose words raised it.

    `anew_at` is when an incident that they have of this room was last told anew.
    """

    room: str
    seat: int | None
    opened_at: int
    anew_at: int | None = None


def held(conn: Connection, code: str, school: str, staff: str) -> Held | None:
    """Where the students are, for the adult who has this incident; None for everybody else."""
    found = conn.execute(_HELD, {"code": code, "school": school, "who": staff}).first()
    return None if found is None else Held(*found)


def conversation(
    conn: Connection, held: Held
) -> tuple[rooms.StoredRoom | None, transcript.Excerpt]:
    """The room and its messages around the moment the incident was opened, and of late."""
    return rooms.room(conn, held.room), _said(conn, held.room, held.opened_at)


def _said(conn: Connection, room: str, opened_at: int) -> transcript.Excerpt:
    moment = (opened_at + 1) * 1000
    return transcript.excerpt(conn, room, moment, before=BEFORE, after=AFTER, last=LAST)


def look(conn: Connection, rows: Sequence[IncidentAct]) -> list[StoredCase | Refused]:
    """Open cases: the pages their adult got are now seen, which ends nothing."""
    locks.incidents(conn, (row.code for row in rows))
    return [_look(conn, row) for row in rows]


def _look(conn: Connection, row: IncidentAct) -> StoredCase | Refused:
    judged = incident_acts.judged(conn, row)
    if isinstance(judged, Refused):
        return judged
    found, _ = judged
    conn.execute(_SEEN, {"of": row.code, "now": row.now})
    conn.execute(_PAGES_SEEN, {"of": row.code, "who": row.actor.id, "now": row.now})
    incident_acts.write_down(conn, row)
    return whole(conn, found)


def whole(conn: Connection, found: StoredIncident) -> StoredCase:
    """An incident with all that belongs to it; whoever asks was found to be allowed to."""
    code, said = {"code": found.code}, transcript.Excerpt()
    if found.room is not None:
        said = _said(conn, found.room, found.opened_at)
    return StoredCase(
        incident=found,
        holder=conn.scalar(_NAME, {"who": found.acknowledged_by}),
        resolver=conn.scalar(_NAME, {"who": found.resolved_by}),
        preserver=conn.scalar(_NAME, {"who": found.preserved_by}),
        offered_to=incident_acts.offered_to(conn, found.code),
        others=_others(conn, found),
        room=None if found.room is None else rooms.room(conn, found.room),
        said=said,
        notes=[StoredNote(*note) for note in conn.execute(_NOTES, code)],
        pages=[StoredPage(*page) for page in conn.execute(_PAGES, code)],
        items=[StoredItem(*item) for item in conn.execute(_ITEMS, code)],
        sealed_record=conn.scalar(_RECORD, code),
    )


def _others(conn: Connection, found: StoredIncident) -> list[Adult]:
    """Who may have an incident, but whoever has it and who may know the student."""
    not_them = {found.acknowledged_by, *incident_acts.recused(conn, found.code)}
    return [one for one in rotas.adults(conn, found.school) if one.id not in not_them]
