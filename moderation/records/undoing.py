"""A moderator takes back how they finished an item, soon afterwards, in one transaction.

`undo` is an operation for `Store.write`; used by the moderators' desk, which says how soon. What
was decided is in `decisions.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from moderation.records import audit, items, locks, messages, recusals, rooms
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.items import NotYours, StoredItem


@dataclass(frozen=True, slots=True)
class Undo:
    """A moderator takes back how they finished an item at or after `since` (Unix ms)."""

    item: str
    staff: str
    at: int
    since: int


UNDOABLE = frozenset({"withhold", "done", "false_alarm"})
"""Ways to finish an item that can be taken back."""


_REOPEN = (
    t.items.update()
    .where(
        t.items.c.id == bindparam("item"),
        t.items.c.claimed_by == bindparam("by"),
        t.items.c.done_at >= bindparam("not_before"),
        t.items.c.outcome.in_(UNDOABLE),
    )
    .values(done_at=None, outcome=None, sealed_reason=None)
)


def undo(conn: Connection, rows: Sequence[Undo]) -> list[StoredItem | NotYours]:
    """Take back how items were finished: each is its moderator's again.

    Refused once it is too late, when nobody waits for the message it held any more, or when they
    have recused themselves from its room since.
    """
    before = (items.item(conn, row.item) for row in rows)
    locks.rooms(conn, (item.room for item in before if item is not None))
    return [_undo(conn, row) for row in rows]


def _undo(conn: Connection, row: Undo) -> StoredItem | NotYours:
    before = items.item(conn, row.item)
    if before is None or before.outcome not in UNDOABLE:
        return NotYours()
    if before.room in recusals.recused(conn, row.staff):
        return NotYours()
    withheld = before.outcome == "withhold" and before.held
    room = rooms.room(conn, before.room) if before.room else None
    if withheld and (room is None or room.ended_at is not None or before.seat in room.left):
        return NotYours()
    values = {"item": row.item, "by": row.staff, "not_before": row.since}
    if not conn.execute(_REOPEN, values).rowcount:
        return NotYours()
    if withheld and before.room and before.mid:
        messages.hold_again(conn, before.room, before.mid)
    audit.append(conn, [Entry(row.at, row.staff, "undo", row.item)])
    found = items.item(conn, row.item)
    return NotYours() if found is None else found
