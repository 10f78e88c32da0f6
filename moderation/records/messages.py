"""Messages in the tables: kept with their verdict, settled later if held, and read again.

Operations for `Store.write` and `Store.submit`, queries for `Store.read`; used by the chat and by
moderators' desks. `say` and `settle` are the only places that allot a `seq`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, func, select

from moderation import voices
from moderation.records import audit, bulk, log
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.items import NewItem, as_row
from moderation.terms import State

SHOWN = frozenset({"released", "masked", "redacted"})
"""States in which the peer sees a message, so those that have a `seq`."""
_END_OF_TIME = 2**62


class RoomEnded(Exception):  # noqa: N818 - an answer, told to a student
    """The room is over, or there never was one; nothing was kept."""


class DuplicateCid(Exception):  # noqa: N818 - an answer, told to a student
    """This seat already said something under this cid; nothing was kept again."""


class NotHeld(Exception):  # noqa: N818 - an answer, told to a person
    """The message is not held, or not any more; nothing was changed."""


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """A judged message about to be kept; a msgspec struct because one is made per message.

    `said_at` is in Unix microseconds, `findings` JSON text, `sealed_shown` None when the peer
    sees the words as they were written (or sees nothing). `entry` goes into the audit log with it.
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


class StoredMessage(msgspec.Struct, frozen=True, gc=False):
    """A message as the tables know it."""

    mid: str
    room: str
    seat: int
    cid: str
    sealed: bytes
    sealed_shown: bytes | None
    state: State
    seq: int | None
    said_at: int
    attention: int
    delivery: int
    findings: str | None
    version: str


_FIELDS = StoredMessage.__struct_fields__
_MESSAGES = select(*(t.messages.c[name] for name in _FIELDS)).where(log.in_room())
_SHOWN_AFTER = (
    _MESSAGES.where(t.messages.c.seq > bindparam("after"))
    .order_by(t.messages.c.seq)
    .limit(bindparam("most"))
)
_UNTIL = (
    _MESSAGES.where(t.messages.c.said_at <= bindparam("moment"))
    .order_by(t.messages.c.said_at.desc())
    .limit(bindparam("most"))
)
_SINCE = (
    _MESSAGES.where(t.messages.c.said_at > bindparam("moment"))
    .order_by(t.messages.c.said_at)
    .limit(bindparam("most"))
)
_HELD = _MESSAGES.where(t.messages.c.state == "held").order_by(t.messages.c.said_at)
_UNSHOWN = _MESSAGES.where(
    t.messages.c.seat == bindparam("in_seat"), t.messages.c.state.not_in(SHOWN)
).order_by(t.messages.c.said_at)
_TOLD = _MESSAGES.where(
    t.messages.c.state == "told", t.messages.c.seat.in_(bindparam("in_seats", expanding=True))
).order_by(t.messages.c.said_at)
_BY_CID = _MESSAGES.where(
    t.messages.c.seat == bindparam("in_seat"), t.messages.c.cid == bindparam("same_cid")
)
_NOTICED = (
    _MESSAGES.where(t.messages.c.findings.is_not(None), t.messages.c.said_at < bindparam("moment"))
    .order_by(t.messages.c.said_at.desc())
    .limit(bindparam("most"))
)
_BY_MID = _MESSAGES.where(t.messages.c.mid == bindparam("same_mid"))
_ROOM_OF = select(t.items.c.room).where(t.items.c.mid == bindparam("same_mid")).limit(1)
_SETTLE = (
    t.messages.update()
    .where(log.in_room(), t.messages.c.mid == bindparam("held_mid"), t.messages.c.state == "held")
    .values(
        state=bindparam("new_state"),
        seq=bindparam("new_seq"),
        sealed_shown=func.coalesce(bindparam("new_shown"), t.messages.c.sealed_shown),
    )
)
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

Answer = Kept | RoomEnded | DuplicateCid


def say(conn: Connection, rows: Sequence[Spoken]) -> list[Answer]:
    """Keep judged messages, in order, with the items, incidents and pages they bring.

    Each shown message gets the next `seq` of its room.
    """
    book = log.book(conn)
    book.expect(conn, rows)
    answers: list[Answer] = []
    kept: list[tuple[object, ...]] = []
    alarms: list[int] = []
    for row in rows:
        room = book.get(row.room)
        if room is None or room.ended:
            answers.append(RoomEnded())
            continue
        cid = hash((row.seat, row.cid))
        if cid in room.said:
            answers.append(DuplicateCid())
            continue
        room.said.add(cid)
        seq = None
        if row.state in SHOWN:
            room.head = seq = room.head + 1
        if row.item or row.incident or row.entry:
            alarms.append(len(answers))
        kept.append(_as_tuple(row, seq))
        answers.append(Kept(seq))
    if kept:
        bulk.insert(conn, t.messages, _FIELDS, kept)
        book.write_heads(conn)
    for place in alarms:
        answers[place] = _alarm(conn, rows[place], answers[place])
    return answers


def _as_tuple(row: Spoken, seq: int | None) -> tuple[object, ...]:
    return (
        row.mid,
        row.room,
        row.seat,
        row.cid,
        # sqlite3 takes a bytearray as it is; for bytes it first looks for a way to adapt them.
        bytearray(row.sealed),
        row.sealed_shown,
        row.state,
        seq,
        row.said_at,
        row.attention,
        row.delivery,
        row.findings,
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
    """Show or withhold held messages; answers the `seq` of a shown one, None for the others."""
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
        _SETTLE,
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


def _found(conn: Connection, query: Select[Any], **values: object) -> list[StoredMessage]:
    return [StoredMessage(*row) for row in conn.execute(query, values)]


def shown_after(conn: Connection, room: str, seq: int, limit: int) -> list[StoredMessage]:
    """What the peer sees of a room after place `seq`, in order, at most `limit`."""
    return _found(conn, _SHOWN_AFTER, in_room=room, after=seq, most=limit)


def surroundings(
    conn: Connection, room: str, said_at: int | None, before: int, after: int
) -> list[StoredMessage]:
    """Messages of every state around a moment, in the order they were said.

    At most `before` up to and including `said_at` (Unix microseconds; None means the end of the
    conversation) and at most `after` later than it.
    """
    moment = _END_OF_TIME if said_at is None else said_at
    until = _found(conn, _UNTIL, in_room=room, moment=moment, most=before)
    since = _found(conn, _SINCE, in_room=room, moment=moment, most=after)
    return [*reversed(until), *since]


def recent(conn: Connection, room: str, limit: int) -> list[StoredMessage]:
    """The last messages of a room, of every state, in the order they were said."""
    return surroundings(conn, room, None, limit, 0)


def held(conn: Connection, room: str) -> list[StoredMessage]:
    """Messages of a room that wait for a moderator, in the order they were said."""
    return _found(conn, _HELD, in_room=room)


def own_unsettled(conn: Connection, room: str, seat: int) -> list[StoredMessage]:
    """What one seat said that its peer does not see, in the order said: held or not let through."""
    return _found(conn, _UNSHOWN, in_room=room, in_seat=seat)


def told(conn: Connection, room: str, seat: int) -> list[StoredMessage]:
    """What staff said in a room to the student in that seat alone, in the order said."""
    seats = [voices.seat_of(voice, seat) for voice in voices.NAMES]
    return _found(conn, _TOLD, in_room=room, in_seats=seats)


def noticed(conn: Connection, room: str, before: int, limit: int) -> list[StoredMessage]:
    """The last messages of a room said before that time in which something was seen, in order."""
    found = _found(conn, _NOTICED, in_room=room, moment=before, most=limit)
    return [*reversed(found)]


def by_cid(conn: Connection, room: str, seat: int, cid: str) -> StoredMessage | None:
    """The message this seat said under that cid, or None."""
    found = _found(conn, _BY_CID, in_room=room, in_seat=seat, same_cid=cid)
    return found[0] if found else None


def by_mid(conn: Connection, mid: str, room: str | None = None) -> StoredMessage | None:
    """The message of that mid, or None.

    Without its room, only a message that some item is about is found.
    """
    where = room or conn.scalar(_ROOM_OF, {"same_mid": mid})
    found = _found(conn, _BY_MID, in_room=where, same_mid=mid)
    return found[0] if found else None
