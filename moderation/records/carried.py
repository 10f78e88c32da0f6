"""What a copy that is put back must not undo: read in the database it replaces, written in it anew.

Used by `backup.py`. A case that was preserved since, an account that was closed, a card or session
that was ended, a bar, two who are never to meet again, a chat that was over or left, a document
that was handed out once or refused: whoever did that need not know of the copy. Nothing else of
what happened since is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, bindparam, inspect, select

from moderation.incidents.export import UNDER_WAY, State
from moderation.records import tables as t

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows with their keys: what was done, by table, and who were kept apart."""

    done: Mapping[str, Rows]
    blocks: Rows


_DONE: Mapping[Table, tuple[str, ...]] = {
    t.incidents: ("preserved_at", "preserved_by"),
    t.staff: ("disabled_at", "expires_at"),
    t.cards: ("revoked_at", "why"),
    t.sessions: ("ended_at",),
    t.students: ("barred_until",),
    t.rooms: ("ended_at", "ended_why"),
    t.seats: ("left_at", "left_why"),
    t.exports: ("state", "handed_at", "erase"),
}
"""Columns of which the first says, once it is set, that something was done; see `_stands`."""
_BLOCKS = select(t.blocks.c.one, t.blocks.c.other, t.blocks.c.at)


def carried(conn: Connection) -> Carried:
    """What there is of it in a database, which may be of an earlier version."""
    done = {table.name: _done(conn, table, names) for table, names in _DONE.items()}
    return Carried(done, _rows(conn, _BLOCKS))


def _done(conn: Connection, table: Table, names: Sequence[str]) -> Rows:
    kept = inspect(conn)
    there = kept.get_columns(table.name) if kept.has_table(table.name) else ()
    known = {column["name"] for column in there}
    if names[0] not in known:
        return ()
    columns = [table.c[name] for name in names if name in known]
    found = _rows(conn, select(*_keys(table), *columns).where(columns[0].is_not(None)))
    return [row for row in found if _stands(row)]


def _stands(row: Mapping[str, Any]) -> bool:
    """Whether a copy must not undo it: an export that is under way goes on from where it was there.

    What was erased is there again in a copy: it is to be erased again.
    """
    state = row.get("state")
    return state not in UNDER_WAY and not (row.get("erase") and state == State.HANDED)


def _rows(conn: Connection, query: Select[Any]) -> Rows:
    return [dict(row._mapping) for row in conn.execute(query)]  # noqa: SLF001 - public


def carry_over(conn: Connection, since: Carried) -> None:
    """Have it so in this database, as far as what it is about is there."""
    for table in _DONE:
        _set(conn, table, since.done[table.name])
    known = set(conn.scalars(select(t.students.c.id)))
    apart = {(one, other) for one, other, _ in conn.execute(_BLOCKS)}
    new = [
        row
        for row in since.blocks
        if {row["one"], row["other"]} <= known and (row["one"], row["other"]) not in apart
    ]
    if new:
        conn.execute(t.blocks.insert(), new)


def _set(conn: Connection, table: Table, rows: Rows) -> None:
    if rows:
        keys = _keys(table)
        names = rows[0].keys() - {key.name for key in keys}
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        which = [key == bindparam(f"new_{key.name}") for key in keys]
        given = [{f"new_{name}": value for name, value in row.items()} for row in rows]
        conn.execute(table.update().where(*which).values(values), given)


def _keys(table: Table) -> list[Column[Any]]:
    return list(table.primary_key)
