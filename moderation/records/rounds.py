"""Rounds of pages begun, and incidents raised because nobody looked in time.

Operations for `Store.write`, called by `moderation/duty.py` when something is due. Whether it is
due is asked again in the transaction that acts on it, so that two loops cannot both begin a round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation import escalation
from moderation.escalation import Policy
from moderation.ids import new_id
from moderation.incident import UNATTENDED, State, lapsed
from moderation.records import audit
from moderation.records import tables as t
from moderation.records.incidents import ON_CALL_ROLES, NewIncident, raise_incidents
from moderation.records.pages import WAITING, of_round, overdue

CLOCK = "duty"
"""Who the audit names when nobody did it but the time."""


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
    .where(t.incidents.c.code == bindparam("code"), t.incidents.c.state != State.RESOLVED)
    .with_for_update()
)
_CONTACTS = (
    select(t.contacts.c.id, t.contacts.c.channel)
    .join(t.staff, t.staff.c.id == t.contacts.c.staff)
    .where(
        t.staff.c.school == bindparam("school"),
        t.staff.c.role.in_(ON_CALL_ROLES),
        t.staff.c.disabled_at.is_(None),
    )
    .order_by(t.contacts.c.place, t.contacts.c.id)
)


def raise_unattended(conn: Connection, rows: Sequence[Unattended]) -> list[str | None]:
    """Make incidents of items nobody looked at; the code, or None when somebody just did."""
    return [_raise_unattended(conn, row) for row in rows]


def _raise_unattended(conn: Connection, row: Unattended) -> str | None:
    query = select(t.items.c.school, t.items.c.room, t.items.c.seat)
    mine = t.items.c.id == row.item
    late = overdue(row.now, row.skew_ms)
    found = conn.execute(query.where(mine, *late).with_for_update()).first()
    if found is None:
        return None
    new = NewIncident(row.code, found.school, found.room, found.seat, UNATTENDED, row.now)
    (code,) = raise_incidents(conn, [new])
    conn.execute(t.items.update().where(mine).values(incident=code))
    return code


def begin(conn: Connection, rows: Sequence[Begin]) -> list[bool]:
    """Begin the next round of incidents that are due; whether one began for each.

    An acknowledgement whose time ran out lapses here, in the transaction that pages again.
    """
    return [_begin(conn, row) for row in rows]


def _begin(conn: Connection, row: Begin) -> bool:
    found = conn.execute(_INCIDENT, {"code": row.code}).first()
    if found is None or found.due_at is None:
        return False
    ahead = escalation.furthest(row.policy, found.state)
    if not escalation.is_due(row.policy, found.due_at, row.now, ahead):
        return False
    contacts = conn.execute(_CONTACTS, {"school": found.school}).all()
    last = dict(of_round(conn, row.code, found.round - 1))
    unreachable = frozenset(
        contact
        for contact, channel in contacts
        if channel not in row.channels or last.get(contact) == "failed-for-good"
    )
    steps = (tuple(contact for contact, _ in contacts),)
    following = escalation.next_round(row.policy, steps, unreachable, found.round, row.now)
    state = lapsed(State(found.state))
    conn.execute(
        t.incidents.update()
        .where(t.incidents.c.code == row.code)
        .values(state=state, round=following.following, due_at=following.look_at)
    )
    if state != found.state:
        audit.append(conn, [audit.Entry(row.now, CLOCK, "lapse", row.code)])
    _page(conn, row, following)
    return True


def _page(conn: Connection, row: Begin, this: escalation.Round) -> None:
    conn.execute(
        t.pages.update()
        .where(
            t.pages.c.incident == row.code,
            t.pages.c.round < this.number,
            t.pages.c.state.in_(WAITING),
        )
        .values(state="cancelled")
    )
    there = dict(of_round(conn, row.code, this.number))
    new = [
        {
            "id": new_id(),
            "incident": row.code,
            "contact": contact,
            "round": this.number,
            "state": "pending",
            "due_at": row.now,
            "attempts": 0,
        }
        for contact in this.contacts
        if contact not in there
    ]
    if new:
        conn.execute(t.pages.insert(), new)
