"""What was said in a room, read again: by place, by moment, by state, or one message by its name.

Queries for `Store.read`; used by the chat, the desk, and whoever opens a case. How messages come to
be here is in `messages.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, func, select

from moderation import voices
from moderation.records import log
from moderation.records import tables as t
from moderation.terms import State

SHOWN = frozenset({"released", "masked", "redacted"})
"""States in which the peer sees a message, so those that have a `seq`."""
END_OF_TIME = 2**62


class StoredMessage(msgspec.Struct, frozen=True, gc=False):
    """A message as the tables know it."""

    mid: str
    room: str
    seat: int
    cid: str
    sealed: bytes
    state: State
    seq: int | None
    said_at: int
    attention: int
    delivery: int
    version: str
    sealed_shown: bytes | None
    findings: str | None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Messages of a room in the order they were said; before that at `gap`, `left_out` are not."""

    lines: Sequence[StoredMessage] = ()
    gap: int = 0
    left_out: int = 0


FIELDS = StoredMessage.__struct_fields__
"""The columns of a message, in the order in which `messages.py` writes them too."""
PLAIN = FIELDS[:-2]
"""Those that nearly every message has; to leave the others out is cheaper than to write NULL."""
FOUND = (*PLAIN, "findings")
_MESSAGES = select(*(t.messages.c[name] for name in FIELDS)).where(log.in_room())
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
_BETWEEN = (
    select(func.count())
    .select_from(t.messages)
    .where(
        log.in_room(),
        t.messages.c.said_at > bindparam("first"),
        t.messages.c.said_at < bindparam("last"),
    )
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
_ALL = _MESSAGES.order_by(t.messages.c.said_at)
_BY_MID = _MESSAGES.where(t.messages.c.mid == bindparam("same_mid"))
_ROOM_OF = select(t.items.c.room).where(t.items.c.mid == bindparam("same_mid")).limit(1)


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
    moment = END_OF_TIME if said_at is None else said_at
    until = _found(conn, _UNTIL, in_room=room, moment=moment, most=before)
    since = _found(conn, _SINCE, in_room=room, moment=moment, most=after)
    return [*reversed(until), *since]


def everything(conn: Connection, room: str) -> list[StoredMessage]:
    """All messages of a room, of every state, in the order they were said."""
    return _found(conn, _ALL, in_room=room)


def recent(conn: Connection, room: str, limit: int) -> list[StoredMessage]:
    """The last messages of a room, of every state, in the order they were said."""
    return surroundings(conn, room, None, limit, 0)


def excerpt(
    conn: Connection, room: str, said_at: int, *, before: int, after: int, last: int
) -> Excerpt:
    """Messages of every state around a moment (Unix microseconds), and the `last` of the room."""
    around = surroundings(conn, room, said_at, before, after)
    shown = {line.mid for line in around}
    newest = recent(conn, room, last)
    new = [line for line in newest if line.mid not in shown]
    if not around or len(new) < len(newest):
        return Excerpt([*around, *new])
    ends = {"first": around[-1].said_at, "last": new[0].said_at}
    left_out = conn.scalar(_BETWEEN, {"in_room": room, **ends}) if new else 0
    return Excerpt([*around, *new], len(around), left_out or 0)


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


def own(conn: Connection, room: str, seat: int) -> tuple[list[StoredMessage], list[StoredMessage]]:
    """What one seat alone sees of a room: `own_unsettled` and `told`, as of one moment."""
    return own_unsettled(conn, room, seat), told(conn, room, seat)


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
