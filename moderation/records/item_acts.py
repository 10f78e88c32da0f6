"""What moderators did about an item, kept with their reason; and what they noted for the next.

`add` is called inside the operations of `decisions.py`, `keep_note` is an operation for
`Store.write`, `of_item` a query for `Store.read`. The reasons are sealed by their caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.records import desk_tables as d
from moderation.records import tables as t


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act of a member of staff about an item; `sealed` under the act's own id."""

    id: str
    item: str
    staff: str
    at: int
    act: str
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class StoredAct:
    """An act as the tables know it; `name` is that of the member of staff."""

    id: str
    staff: str
    name: str
    at: int
    act: str
    sealed: bytes | None


_OF_ITEM = (
    select(
        d.item_acts.c.id,
        d.item_acts.c.staff,
        t.staff.c.name,
        d.item_acts.c.at,
        d.item_acts.c.act,
        d.item_acts.c.sealed,
    )
    .join(t.staff, t.staff.c.id == d.item_acts.c.staff)
    .where(d.item_acts.c.item == bindparam("item"))
    .order_by(d.item_acts.c.at, d.item_acts.c.id)
)
_WRITE_AGAIN = (
    d.item_acts.update()
    .where(
        d.item_acts.c.id == bindparam("same"),
        d.item_acts.c.item == bindparam("of"),
        d.item_acts.c.staff == bindparam("by"),
    )
    .values(at=bindparam("when"), sealed=bindparam("words"))
)
_KEPT = select(d.item_acts.c.id).where(
    d.item_acts.c.id == bindparam("same"),
    d.item_acts.c.item == bindparam("of"),
    d.item_acts.c.staff == bindparam("by"),
    d.item_acts.c.act == bindparam("what"),
)
_ID = select(d.item_acts.c.id).where(d.item_acts.c.id == bindparam("same"))


def add(conn: Connection, row: NewAct) -> None:
    """Write down an act."""
    values = {"id": row.id, "item": row.item, "staff": row.staff, "at": row.at}
    conn.execute(d.item_acts.insert(), {**values, "act": row.act, "sealed": row.sealed})


def is_kept(conn: Connection, row: NewAct) -> bool:
    """Whether that very act is written down already."""
    same = {"same": row.id, "of": row.item, "by": row.staff, "what": row.act}
    return conn.execute(_KEPT, same).first() is not None


def keep_note(conn: Connection, rows: Sequence[NewAct]) -> list[bool]:
    """Keep notes while they are being written: the same id again is the same note, longer.

    Answers False where the id belongs to somebody else's note.
    """
    return [_keep_note(conn, row) for row in rows]


def _keep_note(conn: Connection, row: NewAct) -> bool:
    values = {"same": row.id, "of": row.item, "by": row.staff}
    if conn.execute(_WRITE_AGAIN, {**values, "when": row.at, "words": row.sealed}).rowcount:
        return True
    if conn.scalar(_ID, {"same": row.id}) is not None:
        return False
    add(conn, row)
    return True


def of_item(conn: Connection, item: str) -> list[StoredAct]:
    """Everything that was done and noted about an item, in order."""
    return [StoredAct(*row) for row in conn.execute(_OF_ITEM, {"item": item})]
