"""Pages about a reveal: to those who can agree, who asked, and all custodians if one opened alone.

Operations for `Store.write` and queries for `Store.read`; used by `reveals.py` beside this and by
`moderation/incidents/duty.py`, which sends them as it sends pages (`pages.py` says what their
states mean). They are written with the act that they tell of, repeats too, and cancelled by what
answers it.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select

from moderation.identities.reveal import REVIEW_MS
from moderation.ids import new_id
from moderation.on_call.escalation import Policy
from moderation.records import identity_tables as i
from moderation.records import sending
from moderation.records import tables as t
from moderation.records.sending import NOW, WAITING, DuePage, Lease, Leased, Result, come

_CONTACTS = (
    select(t.contacts.c.id)
    .join(t.staff, t.staff.c.id == t.contacts.c.staff)
    .where(
        t.staff.c.id.in_(bindparam("whose", expanding=True)),
        t.contacts.c.removed_at.is_(None),
    )
    .order_by(t.contacts.c.place, t.contacts.c.id)
)
_CUSTODIANS = select(t.staff.c.id).where(
    t.staff.c.school == bindparam("school"),
    t.staff.c.role.in_(bindparam("roles", expanding=True)),
    t.staff.c.disabled_at.is_(None),
    or_(t.staff.c.expires_at.is_(None), t.staff.c.expires_at > bindparam("now")),
)
_LEASED = (
    select(
        i.calls.c.id,
        i.calls.c.attempts,
        i.calls.c.reveal,
        i.calls.c.kind,
        i.reveals.c.requested_at,
        i.calls.c.contact,
        t.contacts.c.channel,
        t.contacts.c.sealed_address,
        i.calls.c.leased_until,
    )
    .join(i.reveals, i.reveals.c.code == i.calls.c.reveal)
    .join(t.contacts, t.contacts.c.id == i.calls.c.contact)
    .where(i.calls.c.id == bindparam("page"))
)


def custodians(conn: Connection, school: str, roles: Collection[str], now: int) -> list[str]:
    """Everybody of these roles whose account is open."""
    given = {"school": school, "roles": [str(role) for role in roles], "now": now}
    return list(conn.scalars(_CUSTODIANS, given))


def call(
    conn: Connection, reveal: str, kind: str, staff: Collection[str], times: Iterable[int]
) -> None:
    """Have these people paged over every way they have, at these times; inside an operation."""
    contacts = conn.scalars(_CONTACTS, {"whose": list(staff)}).all()
    rows = [
        {
            "id": new_id(),
            "reveal": reveal,
            "contact": contact,
            "kind": kind,
            "state": "pending",
            "due_at": at,
        }
        for at in times
        for contact in contacts
    ]
    if rows:
        conn.execute(i.calls.insert(), rows)


def stop(conn: Connection, reveal: str) -> None:
    """Cancel what is still to be sent about a reveal; inside an operation."""
    waiting = (i.calls.c.reveal == reveal, i.calls.c.state.in_(WAITING))
    conn.execute(i.calls.update().where(*waiting).values(state="cancelled"))


def due(conn: Connection, policy: Policy, now: int) -> list[DuePage]:
    """Pages to be sent now."""
    return [DuePage(*row) for row in conn.execute(_due(policy), {"now": now})]


@functools.cache
def _due(policy: Policy) -> Select[Any]:
    return select(i.calls.c.id, i.calls.c.attempts).where(
        i.calls.c.state.in_(WAITING),
        come(i.calls.c.due_at, NOW, REVIEW_MS + policy.skew_ms),
        sending.free(i.calls, policy, NOW),
    )


def lease(conn: Connection, rows: Sequence[Lease]) -> list[Leased | None]:
    """Take due pages; None for one that somebody else took, or that is not needed any more."""
    return [_lease(conn, row) for row in rows]


def _lease(conn: Connection, row: Lease) -> Leased | None:
    if not sending.take(conn, i.calls, row):
        return None
    return Leased(*conn.execute(_LEASED, {"page": row.page}).one())


def prolong(conn: Connection, rows: Sequence[Lease]) -> list[bool]:
    """Keep what is being sent; False where the lease had passed to somebody else."""
    return [sending.prolong(conn, i.calls, row) for row in rows]


def record(conn: Connection, rows: Sequence[Result]) -> list[bool]:
    """Write down what became of attempts; False where the lease had passed to somebody else."""
    return [sending.write_down(conn, i.calls, row) for row in rows]
