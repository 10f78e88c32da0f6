"""Messages in the tables: kept with their verdict, settled later if held, and read again.

Operations for `Store.write` and `Store.submit`, queries for `Store.read`; used by the chat and by
moderators' desks. `say` and `settle` are the only places that allot a `seq`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, select, tuple_
from sqlalchemy.exc import IntegrityError

from moderation.records import tables as t
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.items import NewItem, as_row

SHOWN = frozenset({"released", "masked", "redacted"})
"""States in which the peer sees a message, so those that have a `seq`."""


class RoomEnded(Exception):  # noqa: N818 - an answer, told to a student
    """The room is over, or there never was one; nothing was kept."""


class DuplicateCid(Exception):  # noqa: N818 - an answer, told to a student
    """This seat already said something under this cid; nothing was kept again."""


class NotHeld(Exception):  # noqa: N818 - an answer, told to a person
    """The message is not held, or not any more; nothing was changed."""


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """A judged message about to be kept; a msgspec struct because one is made per message.

    `said_at` is in Unix microseconds, `findings` JSON text, `sealed_shown` None when the peer
    sees the words as they were written (or sees nothing).
    """

    mid: str
    room: str
    seat: int
    cid: str
    sealed: bytes
    sealed_shown: bytes | None
    state: str
    said_at: int
    attention: int
    delivery: int
    findings: str | None
    version: str
    item: NewItem | None = None
    incident: NewIncident | None = None


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A message is on disk; its place in the room if shown, and the incident it belongs to."""

    seq: int | None
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """What becomes of a held message: a state of SHOWN, 'withheld' or 'taken_back'."""

    mid: str
    room: str
    state: str
    sealed_shown: bytes | None


class StoredMessage(msgspec.Struct, frozen=True, gc=False):
    """A message as the tables know it."""

    mid: str
    room: str
    seat: int
    cid: str
    sealed: bytes
    sealed_shown: bytes | None
    state: str
    seq: int | None
    said_at: int
    attention: int
    delivery: int
    findings: str | None
    version: str


_COLUMNS = [t.messages.c[name] for name in StoredMessage.__struct_fields__]
_IN_ROOM = t.messages.c.room == bindparam("in_room")
_HEADS = (
    select(t.rooms.c.id, t.rooms.c.head, t.rooms.c.ended_at)
    .where(t.rooms.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update()
)
_SET_HEAD = (
    t.rooms.update().where(t.rooms.c.id == bindparam("in_room")).values(head=bindparam("new_head"))
)
_KNOWN = select(t.messages.c.room, t.messages.c.seat, t.messages.c.cid).where(
    tuple_(t.messages.c.room, t.messages.c.seat, t.messages.c.cid).in_(
        bindparam("keys", expanding=True)
    )
)
_SETTLE = (
    t.messages.update()
    .where(t.messages.c.mid == bindparam("held_mid"), _IN_ROOM, t.messages.c.state == "held")
    .values(
        state=bindparam("new_state"),
        seq=bindparam("new_seq"),
        sealed_shown=bindparam("new_shown"),
    )
)

Answer = Kept | RoomEnded | DuplicateCid


def say(conn: Connection, rows: Sequence[Spoken]) -> list[Answer]:
    """Keep judged messages, in order, with the items, incidents and pages they bring.

    Each shown message gets the next `seq` of its room under that room's row lock. A cid that was
    kept before makes the whole insert fail; only then are the known ones looked for.
    """
    try:
        with conn.begin_nested():
            return _keep(conn, rows)
    except IntegrityError:
        keys = {(row.room, row.seat, row.cid) for row in rows}
        seen = {tuple(key) for key in conn.execute(_KNOWN, {"keys": list(keys)})}
        answers: dict[int, Answer] = {}
        fresh: list[int] = []
        for place, row in enumerate(rows):
            key = (row.room, row.seat, row.cid)
            if key in seen:
                answers[place] = DuplicateCid()
            else:
                seen.add(key)
                fresh.append(place)
        if not answers:
            raise
        answers.update(zip(fresh, _keep(conn, [rows[i] for i in fresh]), strict=True))
        return [answers[place] for place in range(len(rows))]


def _keep(conn: Connection, rows: Sequence[Spoken]) -> list[Answer]:
    if not rows:
        return []
    heads = _heads(conn, {row.room for row in rows})
    answers: list[Answer] = []
    kept: list[dict[str, object]] = []
    touched: set[str] = set()
    for row in rows:
        head = heads.get(row.room)
        if head is None:
            answers.append(RoomEnded())
            continue
        seq = None
        if row.state in SHOWN:
            heads[row.room] = seq = head + 1
            touched.add(row.room)
        kept.append(_as_row(row, seq))
        answers.append(Kept(seq))
    if touched:
        conn.execute(_SET_HEAD, [{"in_room": room, "new_head": heads[room]} for room in touched])
    if kept:
        conn.execute(t.messages.insert(), kept)
    _alarm(conn, rows, answers)
    return answers


def _heads(conn: Connection, rooms: Iterable[str]) -> dict[str, int | None]:
    found = conn.execute(_HEADS, {"ids": sorted(rooms)})
    return {room: head if ended is None else None for room, head, ended in found}


def _as_row(row: Spoken, seq: int | None) -> dict[str, object]:
    return {
        "mid": row.mid,
        "room": row.room,
        "seat": row.seat,
        "cid": row.cid,
        "sealed": row.sealed,
        "sealed_shown": row.sealed_shown,
        "state": row.state,
        "seq": seq,
        "said_at": row.said_at,
        "attention": int(row.attention),
        "delivery": int(row.delivery),
        "findings": row.findings,
        "version": row.version,
    }


def _alarm(conn: Connection, rows: Sequence[Spoken], answers: list[Answer]) -> None:
    """Raise what the kept messages bring, and tell the code of the incident in their answers."""
    for place, row in enumerate(rows):
        if row.item is None and row.incident is None:
            continue
        answer = answers[place]
        if not isinstance(answer, Kept):
            continue
        code = None
        if row.incident is not None:
            (code,) = raise_incidents(conn, [row.incident])
            answers[place] = Kept(answer.seq, code)
        if row.item is not None:
            conn.execute(t.items.insert(), as_row(row.item, code))


def settle(conn: Connection, rows: Sequence[Settle]) -> list[int | NotHeld | None]:
    """Show or withhold held messages; answers the `seq` of a shown one, None for the others."""
    return [_settle(conn, row) for row in rows]


def _settle(conn: Connection, row: Settle) -> int | NotHeld | None:
    seq = None
    if row.state in SHOWN:
        seq = (_heads(conn, [row.room]).get(row.room) or 0) + 1
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
        conn.execute(_SET_HEAD, {"in_room": row.room, "new_head": seq})
    return seq


def _found(conn: Connection, *where: ColumnElement[bool], **values: object) -> list[StoredMessage]:
    query = select(*_COLUMNS).where(*where).order_by(t.messages.c.said_at)
    return [StoredMessage(*row) for row in conn.execute(query, values)]


def shown_after(conn: Connection, room: str, seq: int, limit: int) -> list[StoredMessage]:
    """What the peer sees of a room after place `seq`, in order, at most `limit`."""
    query = (
        select(*_COLUMNS)
        .where(_IN_ROOM, t.messages.c.seq > bindparam("after"))
        .order_by(t.messages.c.seq)
        .limit(bindparam("most"))
    )
    found = conn.execute(query, {"in_room": room, "after": seq, "most": limit})
    return [StoredMessage(*row) for row in found]


def surroundings(
    conn: Connection, room: str, said_at: int | None, before: int, after: int
) -> list[StoredMessage]:
    """Messages of every state around a moment, in the order they were said.

    At most `before` up to and including `said_at` (Unix microseconds; None means the end of the
    conversation) and at most `after` later than it.
    """
    moment = 2**62 if said_at is None else said_at
    query = select(*_COLUMNS).where(_IN_ROOM)
    earlier = (
        query.where(t.messages.c.said_at <= bindparam("moment"))
        .order_by(t.messages.c.said_at.desc())
        .limit(bindparam("most"))
    )
    later = (
        query.where(t.messages.c.said_at > bindparam("moment"))
        .order_by(t.messages.c.said_at)
        .limit(bindparam("most"))
    )
    values = {"in_room": room, "moment": moment}
    first = conn.execute(earlier, {**values, "most": before}).all()
    second = conn.execute(later, {**values, "most": after}).all()
    return [StoredMessage(*row) for row in (*reversed(first), *second)]


def recent(conn: Connection, room: str, limit: int) -> list[StoredMessage]:
    """The last messages of a room, of every state, in the order they were said."""
    return surroundings(conn, room, None, limit, 0)


def held(conn: Connection, room: str) -> list[StoredMessage]:
    """Messages of a room that wait for a moderator, in the order they were said."""
    return _found(conn, _IN_ROOM, t.messages.c.state == "held", in_room=room)


def own_unsettled(conn: Connection, room: str, seat: int) -> list[StoredMessage]:
    """Messages of one seat that wait for a moderator, in the order they were said."""
    return [message for message in held(conn, room) if message.seat == seat]


def by_cid(conn: Connection, room: str, seat: int, cid: str) -> StoredMessage | None:
    """The message this seat said under that cid, or None."""
    at_seat = t.messages.c.seat == bindparam("in_seat")
    same = t.messages.c.cid == bindparam("same_cid")
    found = _found(conn, _IN_ROOM, at_seat, same, in_room=room, in_seat=seat, same_cid=cid)
    return found[0] if found else None


def by_mid(conn: Connection, mid: str) -> StoredMessage | None:
    """The message of that mid, or None."""
    found = _found(conn, t.messages.c.mid == bindparam("same_mid"), same_mid=mid)
    return found[0] if found else None
