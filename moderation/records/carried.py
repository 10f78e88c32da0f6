"""What a copy that is put back must not undo: read in the database it replaces, written in it anew.

Used by `backup.py`. A case that was preserved since, an account that was closed, a card that was
ended, a bar, two who are never to meet again: whoever did that need not know of the copy. Nothing
else of what happened since is taken over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, select

from moderation.records import tables as t

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows by what they are about; the key of each stands under `of`."""

    preserved: Rows
    closed: Rows
    ended: Rows
    barred: Rows
    blocks: Rows


_PRESERVED = select(
    t.incidents.c.code.label("of"), t.incidents.c.preserved_by, t.incidents.c.preserved_at
).where(t.incidents.c.preserved_at.is_not(None))
_CLOSED = select(t.staff.c.id.label("of"), t.staff.c.disabled_at, t.staff.c.expires_at).where(
    t.staff.c.disabled_at.is_not(None)
)
_ENDED = select(t.cards.c.lookup.label("of"), t.cards.c.revoked_at, t.cards.c.why).where(
    t.cards.c.revoked_at.is_not(None)
)
_BARRED = select(t.students.c.id.label("of"), t.students.c.barred_until).where(
    t.students.c.barred_until.is_not(None)
)
_BLOCKS = select(t.blocks.c.one, t.blocks.c.other, t.blocks.c.at)


def carried(conn: Connection) -> Carried:
    """What there is of it in a database."""

    def rows(query: Select[Any]) -> Rows:
        return [dict(row._mapping) for row in conn.execute(query)]  # noqa: SLF001 - public

    return Carried(*map(rows, (_PRESERVED, _CLOSED, _ENDED, _BARRED, _BLOCKS)))


def carry_over(conn: Connection, since: Carried) -> None:
    """Have it so in this database, as far as what it is about is there."""
    _set(conn, t.incidents.c.code, since.preserved)
    _set(conn, t.staff.c.id, since.closed)
    _set(conn, t.cards.c.lookup, since.ended)
    _set(conn, t.students.c.id, since.barred)
    known = set(conn.scalars(select(t.students.c.id)))
    apart = {(one, other) for one, other, _ in conn.execute(_BLOCKS)}
    new = [
        row
        for row in since.blocks
        if {row["one"], row["other"]} <= known and (row["one"], row["other"]) not in apart
    ]
    if new:
        conn.execute(t.blocks.insert(), new)


def _set(conn: Connection, key: Column[Any], rows: Rows) -> None:
    if rows:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0]}
        del values["of"]
        given = [{f"new_{name}": value for name, value in row.items()} for row in rows]
        conn.execute(key.table.update().where(key == bindparam("new_of")).values(values), given)
