"""Forgetting on time: keys of rooms long over, sessions long ended, identities of a term over.

`purge` is an operation for `Store.write`; call `Store.scrub` after it, so that the write-ahead log
keeps no copy either. What is overwritten is overwritten with zeros (`secure_delete`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select

from moderation.records import identity_tables as i
from moderation.records import sessions
from moderation.records import tables as t

_HOUR = 3_600_000
SESSION_HOURS = 24
"""Hours after which an ended or unused session is deleted."""
IDENTITY_HOURS = 30 * 24
"""Hours after a student's last card was revoked until the sealed identity is deleted."""


@dataclass(frozen=True, slots=True)
class Purge:
    """Forget what is due at `now`, in Unix milliseconds; rooms `hours` after their end."""

    now: int
    hours: float


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was forgotten."""

    rooms: int
    sessions: int
    identities: int = 0


_UNRESOLVED = (
    select(t.incidents.c.code)
    .where(t.incidents.c.room == t.rooms.c.id, t.incidents.c.state != "resolved")
    .exists()
)
_DESTROY = (
    t.rooms.update()
    .where(
        t.rooms.c.ended_at < bindparam("before"),
        t.rooms.c.wrapped_key.is_not(None),
        ~_UNRESOLVED,
    )
    .values(wrapped_key=None)
)
_NEEDED = (
    select(t.seats.c.student)
    .join(t.incidents, t.incidents.c.room == t.seats.c.room)
    .where(t.seats.c.student == i.identities.c.student, t.incidents.c.state != "resolved")
    .exists()
)
_IN_USE = select(t.cards.c.student).where(
    or_(t.cards.c.revoked_at.is_(None), t.cards.c.revoked_at >= bindparam("since"))
)
_OVER = select(i.identities.c.student).where(
    ~i.identities.c.canary, i.identities.c.student.not_in(_IN_USE), ~_NEEDED
)


def purge(conn: Connection, rows: Sequence[Purge]) -> list[Purged]:
    """Destroy keys of rooms, and identities, that are due; an unresolved incident holds both."""
    return [_purge(conn, row) for row in rows]


def _purge(conn: Connection, row: Purge) -> Purged:
    before = int(row.now - row.hours * _HOUR)
    rooms = conn.execute(_DESTROY, {"before": before}).rowcount
    ended = sessions.forget_sessions(conn, row.now - SESSION_HOURS * _HOUR)
    return Purged(rooms, ended, _forget_identities(conn, row.now - IDENTITY_HOURS * _HOUR))


def _forget_identities(conn: Connection, since: int) -> int:
    over = conn.scalars(_OVER, {"since": since}).all()
    for student in over:
        conn.execute(i.halves.delete().where(i.halves.c.student == student))
        conn.execute(i.identities.delete().where(i.identities.c.student == student))
    return len(over)
