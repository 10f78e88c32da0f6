"""What an account keeps of its own, in the tables; used by `moderation/people/own_account.py`.

Operations for `Store.write`, a query for `Store.read`. Of a new browser only the time is kept,
never what it was or where; the audit log keeps each for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, literal_column, select

from moderation.records import audit, proofs
from moderation.records import tables as t


@dataclass(frozen=True, slots=True)
class NewBrowser:
    """Whose sign-in it was, and when (Unix milliseconds)."""

    staff: str
    at: int


@dataclass(frozen=True, slots=True)
class ConsoleKeys:
    """Somebody's keys, as JSON."""

    staff: str
    keys: str


_MINE = t.staff.c.id == bindparam("who")
_CAME_IN = t.staff.update().where(_MINE).values(new_browser_at=bindparam("now"))
_BEFORE = (
    select(t.audit.c.n)
    .where(
        t.audit.c.who == bindparam("who"),
        t.audit.c.act == literal_column("'new_browser'"),  # a constant, so that the index serves
    )
    .limit(1)
)
_ANSWERED = (
    t.staff.update()
    .where(_MINE, t.staff.c.new_browser_at == bindparam("now"))
    .values(new_browser_at=None)
)
_KEEP = t.staff.update().where(_MINE).values(console_keys=bindparam("kept"))
_KEYS = select(t.staff.c.console_keys).where(_MINE)


def came_in(conn: Connection, rows: Sequence[NewBrowser]) -> list[None]:
    """Somebody signed in with a browser that is new to them; after their first, they are told."""
    for row in rows:
        conn.execute(_CAME_IN, {"who": row.staff, "now": row.at})
        if conn.scalar(_BEFORE, {"who": row.staff}) is not None:
            proofs.tell(conn, row.staff, row.at)
        audit.append(conn, [audit.Entry(row.at, row.staff, "new_browser", row.staff)])
    return [None] * len(rows)


def answered(conn: Connection, rows: Sequence[NewBrowser]) -> list[None]:
    """It was they; nothing if another new browser came since."""
    for row in rows:
        conn.execute(_ANSWERED, {"who": row.staff, "now": row.at})
    return [None] * len(rows)


def keep_keys(conn: Connection, rows: Sequence[ConsoleKeys]) -> list[None]:
    """Somebody's keys from now on."""
    for row in rows:
        conn.execute(_KEEP, {"who": row.staff, "kept": row.keys})
    return [None] * len(rows)


def console_keys(conn: Connection, staff: str) -> str | None:
    """Somebody's keys, or None when they changed nothing."""
    return conn.scalar(_KEYS, {"who": staff})
