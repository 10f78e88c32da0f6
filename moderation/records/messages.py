"""Messages in the tables: kept with their verdict, and settled later if held.

Operations for `Store.write` and `Store.submit`; used by the chat and by moderators' desks. `say`
and `settle` are the only places that allot a `seq`. They are read again in `transcript.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, func, or_, select

from moderation.records import audit, bulk, log
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.items import NewItem, as_row
from moderation.records.transcript import FIELDS, FOUND, PLAIN, SHOWN
from moderation.terms import State


class RoomEnded(Exception):  # noqa: N818 - an answer, told to a student
    """The room is over, left by whoever says this, or there never was one; nothing was kept."""


class DuplicateCid(Exception):  # noqa: N818 - an answer, told to a student
    """This seat already said something under this cid; nothing was kept again."""


class OutOfTurn(Exception):  # noqa: N818 - an answer, told to a student
    """Something this seat said before is not kept; neither is this."""


class NotHeld(Exception):  # noqa: N818 - an answer, told to a person
    """The message is not held, or not any more; nothing was changed."""


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """A judged message about to be kept; a msgspec struct because one is made per message.

    `said_at` is in Unix microseconds, `findings` JSON text, `sealed_shown` None when the peer
    sees the words as they were written (or sees nothing). `entry` goes into the audit log with it.
    `after` are cids of the same seat without which it is not kept.
    """

    mid: str
    room: str
    seat: int
    cid: str
    sealed: bytes
    sealed_shown: bytes | None
    state: State
    said_at: int
    attention: int
    delivery: int
    findings: str | None
    version: str
    item: NewItem | None = None
    incident: NewIncident | None = None
    entry: Entry | None = None
    after: tuple[str, ...] = ()


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A message is on disk; its place in the room if shown, and the incident it belongs to."""

    seq: int | None
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """What becomes of a held message: a state of SHOWN, 'withheld' or 'taken_back'.

    Without `sealed_shown` the peer sees what was kept with the message.
    """

    mid: str
    room: str
    state: State
    sealed_shown: bytes | None = None


_SETTLE = (
    t.messages.update()
    .where(log.in_room(), t.messages.c.mid == bindparam("held_mid"), t.messages.c.state == "held")
    .values(
        state=bindparam("new_state"),
        seq=bindparam("new_seq"),
        sealed_shown=func.coalesce(bindparam("new_shown"), t.messages.c.sealed_shown),
    )
)
_NOBODY_WAITS = (
    select(t.rooms.c.id)
    .join(t.seats, t.seats.c.room == t.rooms.c.id)
    .where(
        t.rooms.c.id == t.messages.c.room,
        t.seats.c.seat == t.messages.c.seat,
        or_(t.rooms.c.ended_at.is_not(None), t.seats.c.left_at.is_not(None)),
    )
    .exists()
)
_SHOW = _SETTLE.where(~_NOBODY_WAITS)
_HOLD_AGAIN = (
    t.messages.update()
    .where(
        log.in_room(),
        t.messages.c.mid == bindparam("held_mid"),
        t.messages.c.state == "withheld",
    )
    .values(state="held")
)
_SET_HEAD = (
    t.rooms.update().where(t.rooms.c.id == bindparam("in_room")).values(head=bindparam("new_head"))
)

Answer = Kept | RoomEnded | DuplicateCid | OutOfTurn


def say(conn: Connection, rows: Sequence[Spoken]) -> list[Answer]:
    """Keep judged messages, in order, with the items, incidents and pages they bring.

    Each shown message gets the next `seq` of its room.
    """
    book = log.book(conn)
    book.expect(conn, rows)
    answers: list[Answer] = []
    plain: list[tuple[object, ...]] = []
    found: list[tuple[object, ...]] = []
    whole: list[tuple[object, ...]] = []
    alarms: list[int] = []
    for row in rows:
        room = book.get(row.room)
        if room is None or room.ended or row.seat == room.left:
            answers.append(RoomEnded())
            continue
        cid = hash((row.seat, row.cid))
        if cid in room.said:
            answers.append(DuplicateCid())
            continue
        if row.after and not all(hash((row.seat, before)) in room.said for before in row.after):
            answers.append(OutOfTurn())
            continue
        room.said.add(cid)
        seq = None
        if row.state in SHOWN:
            room.head = seq = room.head + 1
        if row.item or row.incident or row.entry:
            alarms.append(len(answers))
        values = _plain(row, seq)
        if row.sealed_shown is not None:
            whole.append((*values, row.sealed_shown, row.findings))
        elif row.findings is not None:
            found.append((*values, row.findings))
        else:
            plain.append(values)
        answers.append(Kept(seq))
    bulk.insert(conn, t.messages, PLAIN, plain)
    bulk.insert(conn, t.messages, FOUND, found)
    bulk.insert(conn, t.messages, FIELDS, whole)
    book.write_heads(conn)
    for place in alarms:
        answers[place] = _alarm(conn, rows[place], answers[place])
    return answers


def _plain(row: Spoken, seq: int | None) -> tuple[object, ...]:
    return (
        row.mid,
        row.room,
        row.seat,
        row.cid,
        # sqlite3 takes a bytearray as it is; for bytes it first looks for a way to adapt them.
        bytearray(row.sealed),
        row.state,
        seq,
        row.said_at,
        row.attention,
        row.delivery,
        row.version,
    )


def _alarm(conn: Connection, row: Spoken, answer: Answer) -> Answer:
    """Raise what a kept message brings; its answer tells the incident's code."""
    code = None
    if row.incident is not None:
        (code,) = raise_incidents(conn, [row.incident])
    if row.item is not None:
        conn.execute(t.items.insert(), as_row(row.item, code))
    if row.entry is not None:
        audit.append(conn, [row.entry])
    return Kept(answer.seq, code) if isinstance(answer, Kept) else answer


def settle(conn: Connection, rows: Sequence[Settle]) -> list[int | NotHeld | None]:
    """Show or withhold held messages; answers the `seq` of a shown one, None for the others.

    What was held of a room that is over, or of whoever has left it, is shown to nobody any more.
    """
    log.book(conn).load(conn, {row.room for row in rows})
    return [_settle(conn, row) for row in rows]


def _settle(conn: Connection, row: Settle) -> int | NotHeld | None:
    book = log.book(conn)
    book.load(conn, [row.room])
    room = book.get(row.room)
    if room is None:
        return NotHeld()
    seq = room.head + 1 if row.state in SHOWN else None
    changed = conn.execute(
        _SETTLE if seq is None else _SHOW,
        {
            "held_mid": row.mid,
            "in_room": row.room,
            "new_state": row.state,
            "new_seq": seq,
            "new_shown": row.sealed_shown,
        },
    ).rowcount
    if not changed:
        return NotHeld()
    if seq is not None:
        room.head = seq
        conn.execute(_SET_HEAD, {"in_room": row.room, "new_head": seq})
    return seq


def hold_again(conn: Connection, room: str, mid: str) -> bool:
    """Take back that a message was withheld: it is held again; False if it was not withheld."""
    return conn.execute(_HOLD_AGAIN, {"in_room": room, "held_mid": mid}).rowcount == 1
