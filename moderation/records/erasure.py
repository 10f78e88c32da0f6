"""Deleting what one student wrote before its time: rows are overwritten, and none goes missing.

An operation for `Store.write`, used by `moderation/incidents/exports.py` once two people agreed;
call `Store.scrub` after it. A room has one key for both students, so that their words are
overwritten by a mark under it, and each keeps its place: `seq` has no gaps. What was noticed in
them goes, and what moderators did about them, as the purge does it. A room of which there is a case
stays whole until the time of the case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, func, select

from moderation.records import desk_tables as d
from moderation.records import exports, locks, log
from moderation.records import tables as t
from moderation.records.exports import About, ExportAct
from moderation.records.purge_rooms import purge_items
from moderation.records.refused import Refused


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in the place of a message, sealed under its room's key."""

    room: str
    mid: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Erase:
    """Carry out what was agreed to; `marks` for every message whose words are still kept."""

    act: ExportAct
    marks: tuple[Mark, ...]


_m = t.messages.c
_OF_CASE = select(t.incidents.c.room).where(t.incidents.c.room.is_not(None))
_CHATS = (
    select(t.seats.c.room, t.seats.c.seat, t.rooms.c.wrapped_key.is_not(None).label("key"))
    .join(t.rooms, t.rooms.c.id == t.seats.c.room)
    .where(t.seats.c.student == bindparam("student"), t.seats.c.room.not_in(_OF_CASE))
    .order_by(t.seats.c.room)
)
_ITEMS = select(t.items.c.id).where(
    t.items.c.room == bindparam("room"),
    t.items.c.seat == bindparam("seat"),
    t.items.c.mid.is_not(None),
)
_COUNT = (
    select(func.count())
    .select_from(t.messages)
    .where(log.in_room(), _m.seat == bindparam("in_seat"))
)
_BLANK = (
    t.messages.update()
    .where(log.in_room(), _m.seat == bindparam("in_seat"))
    .values(
        state=case((_m.seq.is_(None), "withheld"), else_="released"),
        sealed_shown=None,
        findings=None,
        attention=0,
    )
)
_MARK = (
    t.messages.update()
    .where(log.in_room(), _m.mid == bindparam("same_mid"), _m.seat == bindparam("in_seat"))
    .values(sealed=bindparam("mark"))
)


def erase(conn: Connection, rows: Sequence[Erase]) -> list[int | Refused]:
    """Delete what students wrote; answers how many messages of each."""
    about = exports.begin(conn, [row.act for row in rows])
    return [_erase(conn, row, one) for row, one in zip(rows, about, strict=True)]


def _erase(conn: Connection, row: Erase, about: About) -> int | Refused:
    student = about.student
    if student is None or not about.erase:
        return Refused("changed")
    chats = conn.execute(_CHATS, {"student": student}).all()
    locks.rooms(conn, [chat.room for chat in chats])
    marked = Counter(mark.room for mark in row.marks)
    if any(_said(conn, chat.room, chat.seat) != marked[chat.room] for chat in chats if chat.key):
        return Refused("changed")  # something was said since the marks were made
    taken = exports.take(conn, row.act, about)
    if isinstance(taken, Refused):
        return taken
    over = (d.bars.c.student == student) & (d.bars.c.until < row.act.now)
    conn.execute(d.bars.delete().where(over))
    school = row.act.actor.school
    return sum(_overwrite(conn, school, chat.room, chat.seat, row.marks) for chat in chats)


def _said(conn: Connection, room: str, seat: int) -> int:
    return conn.scalar(_COUNT, {"in_room": room, "in_seat": seat}) or 0


def _overwrite(conn: Connection, school: str, room: str, seat: int, marks: Sequence[Mark]) -> int:
    """Overwrite what that seat said; answers how many messages it was."""
    where = {"in_room": room, "in_seat": seat}
    purge_items(conn, school, list(conn.scalars(_ITEMS, {"room": room, "seat": seat})))
    for mark in marks:
        if mark.room == room:
            conn.execute(_MARK, {**where, "same_mid": mark.mid, "mark": mark.sealed})
    return conn.execute(_BLANK, where).rowcount
