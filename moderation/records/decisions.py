"""What a moderator does to an item, with all that follows from it, in one transaction.

Operations for `Store.write`; used by the moderators' desk. Each is compare-and-set and leaves an
entry in the audit log, so that nothing is done twice, by nobody, or unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.records import audit, items, messages, rooms
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.items import (
    AlreadyClaimed,
    Claim,
    Finish,
    Link,
    NotFound,
    NotYours,
    StoredItem,
)
from moderation.records.messages import NotHeld, Settle
from moderation.records.rooms import EndRoom


@dataclass(frozen=True, slots=True)
class Decided:
    """A moderator's decision about a claimed item, at a time in Unix milliseconds.

    `settle` says what becomes of its held message, `end` which room is closed, `incident` that
    adults on call are to be paged. An item that is only escalated stays with its moderator, and
    its reason, sealed under the id `note`, is the first note those adults read.
    """

    item: str
    staff: str
    at: int
    act: str
    sealed_reason: bytes | None
    settle: Settle | None = None
    end: EndRoom | None = None
    incident: NewIncident | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision: the place of a released message, the code of an incident."""

    seq: int | None = None
    incident: str | None = None


_CLAIMED = select(t.items.c.id).where(
    t.items.c.claimed_by.is_not(None), t.items.c.done_at.is_(None)
)
_CLAIMED_BY = _CLAIMED.where(t.items.c.claimed_by == bindparam("by"))
_NO_LONGER_HELD = t.items.update().where(t.items.c.id == bindparam("item")).values(held=False)
_RETURN = (
    t.items.update()
    .where(t.items.c.id == bindparam("item"))
    .values(claimed_by=None, claimed_at=None)
)


def look(conn: Connection, rows: Sequence[Claim]) -> list[StoredItem | AlreadyClaimed | NotFound]:
    """Claim items in order to look at them; every look is in the audit log."""
    answers = items.claim(conn, rows)
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, StoredItem):
            audit.append(conn, [Entry(row.at, row.staff, "look", row.item)])
    return answers


def decide(conn: Connection, rows: Sequence[Decided]) -> list[Outcome | NotYours | NotHeld]:
    """Carry out decisions; refused for an item that is not theirs or a message no longer held.

    The item of a message that its writer took back stays, as one that holds nothing up.
    """
    return [_decide(conn, row) for row in rows]


def _decide(conn: Connection, row: Decided) -> Outcome | NotYours | NotHeld:
    found = items.item(conn, row.item)
    if found is None or found.claimed_by != row.staff or found.done_at is not None:
        return NotYours()
    seq = code = None
    if row.settle is not None:
        settled = messages.settle(conn, [row.settle])[0]
        if isinstance(settled, NotHeld):
            conn.execute(_NO_LONGER_HELD, {"item": row.item})
            return settled
        seq = settled
    if row.end is not None:
        rooms.end_rooms(conn, [row.end])
    if row.incident is not None:
        code = raise_incidents(conn, [row.incident])[0]
        items.link_incident(conn, [Link(row.item, code)])
        _note(conn, row, code)
    else:
        items.finish(conn, [Finish(row.item, row.staff, row.at, row.act, row.sealed_reason)])
    audit.append(conn, [Entry(row.at, row.staff, row.act, row.item)])
    return Outcome(seq, code)


def _note(conn: Connection, row: Decided, code: str) -> None:
    if row.note and row.sealed_reason is not None:
        note = {"id": row.note, "incident": code, "staff": row.staff, "at": row.at}
        conn.execute(t.incident_notes.insert(), {**note, "sealed": row.sealed_reason})


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
