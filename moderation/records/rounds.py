"""Rounds of pages begun, and incidents raised because nobody looked in time.

Operations for `Store.write`, called by `moderation/incidents/duty.py` when something is due.
Whether it is due is asked again in the transaction that acts on it, so that two loops cannot both
begin a round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.ids import new_id
from moderation.incidents.gravity import UNATTENDED
from moderation.incidents.incident import State, lapsed
from moderation.on_call import escalation
from moderation.on_call.escalation import Planned, Policy
from moderation.records import audit, locks, rotas
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.pages import left, of_round, overdue
from moderation.records.sending import WAITING


@dataclass(frozen=True, slots=True)
class Unattended:
    """A waiting item that nobody looked at, and the code for its incident."""

    item: str
    code: str
    now: int
    skew_ms: int


@dataclass(frozen=True, slots=True)
class Begin:
    """An incident whose next round may be due; `channels` are those that are set up."""

    code: str
    policy: Policy
    channels: frozenset[str]
    now: int


_INCIDENT = (
    select(t.incidents.c.school, t.incidents.c.state, t.incidents.c.round, t.incidents.c.due_at)
    .add_columns(t.incidents.c.chase_from, t.incidents.c.acknowledged_by)
    .where(t.incidents.c.code == bindparam("code"), t.incidents.c.state != State.RESOLVED)
    .with_for_update()
)
_ROOMS = select(t.items.c.id, t.items.c.room).where(
    t.items.c.id.in_(bindparam("ids", expanding=True))
)
_RECUSED = select(p.recusals.c.staff).where(p.recusals.c.incident == bindparam("code"))
_TRIED = (
    select(t.pages.c.contact, t.pages.c.state)
    .where(t.pages.c.incident == bindparam("code"), t.pages.c.attempts > 0)
    .order_by(t.pages.c.round)
)


_ASKED = frozenset({"help", "report"})
"""Kinds of items that a student asked for: their incident says so."""


def raise_unattended(conn: Connection, rows: Sequence[Unattended]) -> list[str | None]:
    """Make incidents of items nobody looked at; the code, or None when somebody just did.

    Also None for one that waits in another room by now: the next look finds it there.
    """
    found = conn.execute(_ROOMS, {"ids": [row.item for row in rows]}).all()
    rooms = {row.id: row.room for row in found}
    locks.rooms(conn, rooms.values())
    return [_raise_unattended(conn, row, rooms.get(row.item)) for row in rows]


def _raise_unattended(conn: Connection, row: Unattended, room: str | None) -> str | None:
    query = select(t.items.c.school, t.items.c.seat, t.items.c.kind)
    mine = t.items.c.id == row.item
    late = (t.items.c.room.is_not_distinct_from(room), *overdue(row.now, row.skew_ms))
    found = conn.execute(query.where(mine, *late).with_for_update()).first()
    if found is None:
        return None
    category = found.kind if found.kind in _ASKED else UNATTENDED
    new = NewIncident(row.code, found.school, room, found.seat, category, row.now)
    (code,) = raise_incidents(conn, [new])
    conn.execute(t.items.update().where(mine).values(incident=code))
    return code


def begin(conn: Connection, rows: Sequence[Begin]) -> list[bool]:
    """Begin the next round of incidents that are due; whether one began for each.

    An acknowledgement whose time ran out lapses here, in the transaction that pages again; so does
    that of somebody whose account was closed, or is of another role now.
    """
    locks.incidents(conn, (row.code for row in rows))
    return [_begin(conn, row) for row in rows]


def _begin(conn: Connection, row: Begin) -> bool:
    found = conn.execute(_INCIDENT, {"code": row.code}).first()
    if found is None or found.due_at is None:
        return False
    ahead = escalation.furthest(row.policy, found.state)
    due = escalation.is_due(row.policy, found.due_at, row.now, ahead)
    if not due and not left(conn, row.code):
        return False
    state = lapsed(State(found.state))
    lapses = state != found.state
    began = found.round if lapses else found.chase_from
    last = dict(tuple(tried) for tried in conn.execute(_TRIED, {"code": row.code}))
    chase = escalation.Chase(
        round=found.round - began,
        skip=frozenset(conn.scalars(_RECUSED, {"code": row.code})),
        failed=frozenset(each for each, tried in last.items() if tried == "failed-for-good"),
        holder=found.acknowledged_by if found.round == began else None,
    )
    roster = rotas.roster(conn, found.school, row.now, row.channels)
    this = escalation.next_round(row.policy, roster, chase, row.now)
    values = {"round": began + this.following, "chase_from": began, "due_at": this.look_at}
    conn.execute(
        t.incidents.update().where(t.incidents.c.code == row.code).values(values | {"state": state})
    )
    if lapses:
        audit.append(conn, [audit.Entry(row.now, audit.DUTY, "lapse", row.code)])
    _page(conn, row, began + this.number, this.pages)
    return True


def _page(conn: Connection, row: Begin, number: int, planned: Sequence[Planned]) -> None:
    conn.execute(
        t.pages.update()
        .where(
            t.pages.c.incident == row.code,
            t.pages.c.round < number,
            t.pages.c.state.in_(WAITING),
        )
        .values(state="cancelled")
    )
    there = dict(of_round(conn, row.code, number))
    new = [
        {
            "id": new_id(),
            "incident": row.code,
            "contact": page.contact,
            "round": number,
            "state": "pending",
            "due_at": page.at,
            "attempts": 0,
        }
        for page in planned
        if page.contact not in there
    ]
    if new:
        conn.execute(t.pages.insert(), new)
