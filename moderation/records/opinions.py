"""A second opinion in the records: the attention of a kept message raised, never lowered.

An operation for `Store.write`; used by `chat/opinions.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from moderation.records import audit, locks, log, transcript
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.items import NewItem, as_row
from moderation.terms import Finding

WHO = "second_opinion"
"""Who raised it, in the audit log."""

_findings = msgspec.json.Decoder(tuple[Finding, ...])

_RAISE = (
    t.messages.update()
    .where(
        log.in_room(),
        t.messages.c.mid == bindparam("same_mid"),
        t.messages.c.attention < bindparam("more"),
    )
    .values(attention=bindparam("more"), findings=bindparam("found"))
)
_OPEN_ITEM = select(t.items.c.id).where(
    t.items.c.mid == bindparam("same_mid"), t.items.c.done_at.is_(None)
)
_RAISE_ITEM = (
    t.items.update()
    .where(t.items.c.id == bindparam("item"))
    .values(
        attention=bindparam("more"), incident=func.coalesce(bindparam("code"), t.items.c.incident)
    )
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A finding about a kept message, with the item and the incident it brings if it raises."""

    mid: str
    room: str
    finding: Finding
    item: NewItem
    incident: NewIncident | None


@dataclass(frozen=True, slots=True)
class Heard:
    """The item that now asks for a moderator, and the code of the incident if there is one."""

    item: str
    incident: str | None


def raise_attention(conn: Connection, rows: Sequence[Opinion]) -> list[Heard | None]:
    """Raise messages to what a second opinion found; None where that is no more than before.

    A message that waits for a moderator already keeps its item, which rises with it.
    """
    locks.rooms(conn, (row.room for row in rows))
    return [_raise(conn, row) for row in rows]


def _raise(conn: Connection, row: Opinion) -> Heard | None:
    message = transcript.by_mid(conn, row.mid, row.room)
    if message is None or row.finding.attention <= message.attention:
        return None
    before = _findings.decode(message.findings) if message.findings else ()
    found = msgspec.json.encode((row.finding, *before)).decode()
    more = int(row.finding.attention)
    raised = {"in_room": row.room, "same_mid": row.mid, "more": more, "found": found}
    conn.execute(_RAISE, raised)
    code = None
    if row.incident is not None:
        (code,) = raise_incidents(conn, [row.incident])
    item = conn.scalar(_OPEN_ITEM, {"same_mid": row.mid})
    if item is None:
        item = row.item.id
        conn.execute(t.items.insert(), as_row(row.item, code))
    else:
        conn.execute(_RAISE_ITEM, {"item": item, "more": more, "code": code})
    audit.append(conn, [Entry(row.item.since, WHO, "raise", item)])
    return Heard(item, code)
