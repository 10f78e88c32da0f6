"""Identities being asked for: the row, and in the same transaction the pages to whoever can answer.

`ask` is an operation for `Store.write`, used by `moderation/identities/reveals.py`. What happens to
a reveal later stands in `reveals.py` beside this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.identities.reveal import CALLS_MS, LIMIT_MS, REVIEW_MS, State
from moderation.identities.sealed import Half
from moderation.incidents.incident import Actor
from moderation.records import identity_tables as i
from moderation.records import reveal_pages
from moderation.records import tables as t
from moderation.records.refused import Refused
from moderation.records.reveals import HALF, KEY, RECUSED, SAFE, note
from moderation.roles import Action, holders

BREAK_GLASS = "break_glass"
"""The kind of the page that tells every custodian that one opened alone."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asks for the identity behind an incident, or with None for a canary."""

    code: str
    incident: str | None
    alone: bool
    reason: str
    sealed_why: bytes
    actor: Actor
    now: int


_WHO = (
    select(t.incidents.c.school, t.incidents.c.drill, t.seats.c.student)
    .join(
        t.seats,
        (t.seats.c.room == t.incidents.c.room) & (t.seats.c.seat == t.incidents.c.seat),
        isouter=True,
    )
    .where(t.incidents.c.code == bindparam("code"))
    .with_for_update(of=t.incidents, key_share=True)
)
"""Locks the incident: of two who ask at once, at two nodes, only one pages everybody."""
_UNDER_WAY = select(i.reveals.c.code).where(
    i.reveals.c.incident == bindparam("code"),
    i.reveals.c.state.in_((State.ASKED, State.APPROVED)),
    i.reveals.c.expires_at > bindparam("now"),
)
_CANARY = (
    select(i.identities.c.student)
    .join(t.students, t.students.c.id == i.identities.c.student)
    .join(i.halves, i.halves.c.student == i.identities.c.student)
    .where(
        t.students.c.school == bindparam("school"),
        i.identities.c.canary,
        i.halves.c.key == bindparam("key"),
    )
    .order_by(i.identities.c.imported_at.desc(), i.identities.c.student)
    .limit(1)
)


def ask(conn: Connection, rows: Sequence[Ask]) -> list[str | Refused]:
    """Write down requests and page those who can answer; answers the code of each."""
    return [_ask(conn, row) for row in rows]


def _ask(conn: Connection, row: Ask) -> str | Refused:
    key = conn.scalar(KEY, {"whose": row.actor.id, "half": Half.A.value})
    if key is None:
        return Refused("no_key")
    student = _canary(conn, row, key) if row.incident is None else _student(conn, row, row.incident)
    if isinstance(student, Refused):
        return student
    if conn.scalar(HALF, {"whose": student, "half": Half.A.value, "key": key}) is None:
        return Refused("not_sealed")
    if row.alone and conn.scalar(SAFE, {"whose": student}) is None:
        return Refused("no_safe_key")
    conn.execute(
        i.reveals.insert(),
        {
            "code": row.code,
            "school": row.actor.school,
            "incident": row.incident,
            "student": student,
            "alone": row.alone,
            "state": State.APPROVED if row.alone else State.ASKED,
            "reason": row.reason,
            "sealed_why": row.sealed_why,
            "key": key,
            "requested_by": row.actor.id,
            "requested_at": row.now,
            "expires_at": row.now + LIMIT_MS,
            "review_due_at": row.now + REVIEW_MS if row.alone else None,
        },
    )
    _call(conn, row)
    note(conn, row.now, row.actor.id, "alone" if row.alone else "ask", f"{row.code} {row.reason}")
    return row.code


def _student(conn: Connection, row: Ask, incident: str) -> str | Refused:
    found = conn.execute(_WHO, {"code": incident}).first()
    if found is None or found.school != row.actor.school:
        return Refused("not_found")
    if row.actor.id in conn.scalars(RECUSED, {"code": incident}).all():
        return Refused("forbidden")
    if conn.scalar(_UNDER_WAY, {"code": incident, "now": row.now}) is not None:
        return Refused("changed")
    return Refused("not_sealed") if found.student is None or found.drill else str(found.student)


def _canary(conn: Connection, row: Ask, key: str) -> str | Refused:
    return conn.scalar(_CANARY, {"school": row.actor.school, "key": key}) or Refused("not_sealed")


def _call(conn: Connection, row: Ask) -> None:
    roles = holders(Action.REVIEW_REVEAL if row.alone else Action.OPEN_HALF_B)
    people = reveal_pages.custodians(conn, row.actor.school, roles, row.now)
    if row.incident is not None and not row.alone:
        recused = set(conn.scalars(RECUSED, {"code": row.incident}))
        people = [one for one in people if one not in recused]
    kind = BREAK_GLASS if row.alone else f"reveal_{row.reason}"
    times = (0, REVIEW_MS) if row.alone else CALLS_MS
    reveal_pages.call(conn, row.code, kind, people, [row.now + at for at in times])
