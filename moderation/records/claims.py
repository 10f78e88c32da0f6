"""A moderator claims an item and is shown it, and what nobody attends to comes back to the queue.

Operations for `Store.write`; used by `chat/desk/claims.py`, which says who may claim and when it
comes back. Every look is in the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from moderation.records import audit, items, recusals
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.items import AlreadyClaimed, Claim, NotFound, StoredItem

_CLAIMED = select(t.items.c.id).where(
    t.items.c.claimed_by.is_not(None), t.items.c.done_at.is_(None)
)
_CLAIMED_BY = _CLAIMED.where(t.items.c.claimed_by == bindparam("by"))
_RETURN = (
    t.items.update()
    .where(t.items.c.id == bindparam("item"))
    .values(claimed_by=None, claimed_at=None)
)
_EXPOSED = select(d.exposures.c.item).where(
    d.exposures.c.staff == bindparam("staff"), d.exposures.c.item == bindparam("item")
)


def look(conn: Connection, rows: Sequence[Claim]) -> list[StoredItem | AlreadyClaimed | NotFound]:
    """Claim items in order to look at them; every look is in the audit log.

    What a moderator has read is counted once for each item, by its category. For whoever recused
    themselves from its room there is no such item.
    """
    return [_look(conn, row) for row in rows]


def _look(conn: Connection, row: Claim) -> StoredItem | AlreadyClaimed | NotFound:
    found = items.item(conn, row.item)
    if found is None or found.room in recusals.recused(conn, row.staff):
        return NotFound()
    answer = items.claim(conn, [row])[0]
    if isinstance(answer, StoredItem):
        audit.append(conn, [Entry(row.at, row.staff, "look", row.item)])
        _expose(conn, row, answer.category)
    return answer


def _expose(conn: Connection, row: Claim, category: str) -> None:
    if conn.scalar(_EXPOSED, {"staff": row.staff, "item": row.item}) is None:
        values = {"staff": row.staff, "item": row.item, "at": row.at, "category": category}
        conn.execute(d.exposures.insert(), values)


def return_claims(conn: Connection, rows: Sequence[str | None]) -> list[list[str]]:
    """Return to the queue what these staff members hold, or for None what anybody holds.

    Answers the ids of the items that came back.
    """
    return [_return_claims(conn, staff) for staff in rows]


def _return_claims(conn: Connection, staff: str | None) -> list[str]:
    query = _CLAIMED if staff is None else _CLAIMED_BY
    held = list(conn.scalars(query, {"by": staff} if staff else {}))
    for item in held:
        conn.execute(_RETURN, {"item": item})
    return held
