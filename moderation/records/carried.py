"""What a copy that is put back must not undo: read in the database it replaces, written in it anew.

Used by `backup.py`. A case that was preserved since, an account that was closed, a card or session
that was ended, a bar, two who are never to meet again, who stepped aside from a case or a chat, a
chat that was over or left, a document that was handed out once or refused: whoever did that need
not know of the copy. Nothing else of what happened since is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, bindparam, inspect, select

from moderation.incidents.export import UNDER_WAY, State
from moderation.records import desk_tables as d
from moderation.records import paging_tables as p
from moderation.records import tables as t

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows with their keys, by table: what was done, and who were kept apart from whom or what."""

    done: Mapping[str, Rows]
    apart: Mapping[str, Rows]


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
_APART: Mapping[Table, Mapping[str, Column[Any]]] = {
    t.blocks: {"one": t.students.c.id, "other": t.students.c.id},
    p.recusals: {"incident": t.incidents.c.code, "staff": t.staff.c.id},
    d.room_recusals: {"staff": t.staff.c.id, "room": t.rooms.c.id},
}
"""Tables whose rows say who is kept apart, and what a row names: without that it says nothing."""


def carried(conn: Connection) -> Carried:
    """What there is of it in a database, which may be of an earlier version."""
    done = {table.name: _done(conn, table, names) for table, names in _DONE.items()}
    there = inspect(conn).has_table
    apart = {one.name: _rows(conn, select(one)) for one in _APART if there(one.name)}
    return Carried(done, apart)


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
    for table in _APART:
        _add(conn, table, since.apart.get(table.name, ()))


def _add(conn: Connection, table: Table, rows: Rows) -> None:
    """Add what is not there of these rows, as far as what they name is."""
    keys = _keys(table)
    there = {tuple(row) for row in conn.execute(select(*keys))}
    known = {name: set(conn.scalars(select(column))) for name, column in _APART[table].items()}
    new = [
        row
        for row in rows
        if tuple(row[key.name] for key in keys) not in there
        and all(row[name] in ids for name, ids in known.items())
    ]
    if new:
        conn.execute(table.insert(), new)


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
