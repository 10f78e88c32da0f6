"""Forgetting on time: keys of rooms long over, sessions long ended.

`purge` is an operation for `Store.write`; call `Store.scrub` after it, so that the write-ahead log
keeps no copy either. What is overwritten is overwritten with zeros (`secure_delete`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.records import sessions
from moderation.records import tables as t

_HOUR = 3_600_000
SESSION_HOURS = 24
"""Hours after which an ended or unused session is deleted."""


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


def purge(conn: Connection, rows: Sequence[Purge]) -> list[Purged]:
    """Destroy the keys of rooms that are due, unless an unresolved incident holds them."""
    return [_purge(conn, row) for row in rows]


def _purge(conn: Connection, row: Purge) -> Purged:
    before = int(row.now - row.hours * _HOUR)
    rooms = conn.execute(_DESTROY, {"before": before}).rowcount
    return Purged(rooms, sessions.forget_sessions(conn, row.now - SESSION_HOURS * _HOUR))
