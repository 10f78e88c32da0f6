"""When each part of paging was last well: one row for each part, overwritten.

`beat` is an operation for `Store.write`, `all_of` a query for `Store.read`. The duty loop writes
here, the auditor and the pages read; the auditor, who may not write, says the same in a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from moderation.records import paging_tables as p

DUTY = "duty"
AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Beat:
    """A part that works at that time; `trouble` is what it found wrong, in plain words."""

    name: str
    at: int
    trouble: str | None = None


def beat(conn: Connection, rows: Sequence[Beat]) -> list[None]:
    """Write down signs of life."""
    for row in rows:
        values = {"at": row.at, "trouble": row.trouble}
        mine = p.heartbeats.update().where(p.heartbeats.c.name == row.name)
        if not conn.execute(mine.values(values)).rowcount:
            conn.execute(p.heartbeats.insert(), values | {"name": row.name})
    return [None] * len(rows)


def all_of(conn: Connection) -> dict[str, Beat]:
    """The last sign of life of every part that ever gave one."""
    rows = conn.execute(select(p.heartbeats.c.name, p.heartbeats.c.at, p.heartbeats.c.trouble))
    return {row.name: Beat(*row) for row in rows}
