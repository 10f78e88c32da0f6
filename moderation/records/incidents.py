"""Incidents being raised: the row, and in the same transaction the pages that will reach people.

`raise_incidents` is an operation for `Store.write`, and is called by `messages.say` for a message
that a person must see at once. What happens to an incident later stands in `pages.py` beside this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.ids import new_id
from moderation.records import locks
from moderation.records import tables as t
from moderation.roles import Action, holders

ON_CALL_ROLES = tuple(role.value for role in holders(Action.TAKE_CASE))
"""Names of the roles whose holders are paged."""


@dataclass(frozen=True, slots=True)
class NewIncident:
    """A child who may be in danger; `code` is what adults will call it."""

    code: str
    school: str
    room: str | None
    seat: int | None
    category: str
    at: int


_SAME = (
    select(t.incidents.c.code)
    .where(
        t.incidents.c.room == bindparam("room"),
        t.incidents.c.seat == bindparam("seat"),
        t.incidents.c.state != "resolved",
    )
    .with_for_update()
)
_AGAIN = (
    t.incidents.update()
    .where(t.incidents.c.code == bindparam("known"))
    .values(count=t.incidents.c.count + 1)
)
_CONTACTS = (
    select(t.contacts.c.id)
    .join(t.staff, t.staff.c.id == t.contacts.c.staff)
    .where(
        t.staff.c.school == bindparam("school"),
        t.staff.c.role.in_(ON_CALL_ROLES),
        t.staff.c.disabled_at.is_(None),
    )
    .order_by(t.contacts.c.place, t.contacts.c.id)
)


def raise_incidents(conn: Connection, rows: Sequence[NewIncident]) -> list[str]:
    """Raise incidents; answers the code of each.

    While an incident of the same seat of the same room is unresolved, it is counted up and its
    code answered instead, so that one child in danger is one incident. A new one brings one
    pending page for every contact of every adult on call in that school.
    """
    locks.rooms(conn, (row.room for row in rows))
    return [_raise(conn, row) for row in rows]


def _raise(conn: Connection, row: NewIncident) -> str:
    known = conn.scalar(_SAME, {"room": row.room, "seat": row.seat})
    if known is not None:
        conn.execute(_AGAIN, {"known": known})
        return str(known)
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
            "opened_at": row.at,
            "round": 0,
            "due_at": row.at,
        },
    )
    contacts = conn.scalars(_CONTACTS, {"school": row.school}).all()
    if contacts:
        conn.execute(t.pages.insert(), [_page(row, contact) for contact in contacts])
    return row.code


def _page(row: NewIncident, contact: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "incident": row.code,
        "contact": contact,
        "round": 0,
        "state": "pending",
        "due_at": row.at,
        "attempts": 0,
    }
