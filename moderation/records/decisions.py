"""What a moderator does to an item, with all that follows from it, in one transaction.

Operations for `Store.write`; used by the moderators' desk. Each is compare-and-set and leaves an
entry in the audit log, so that nothing is done twice, by nobody, or unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, select

from moderation.records import (
    audit,
    bars,
    item_acts,
    items,
    leaving,
    locks,
    messages,
    reviews,
    rooms,
)
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.bars import NewBar
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.item_acts import NewAct
from moderation.records.items import Finish, Link, NotYours
from moderation.records.leaving import Leave
from moderation.records.messages import NotHeld, Settle
from moderation.records.rooms import EndRoom


@dataclass(frozen=True, slots=True)
class Decided:
    """A moderator's decision about a claimed item, at a time in Unix milliseconds.

    `settle` says what becomes of its held message, `end` which room is closed, `mute` and `bar`
    which student is stopped, `incident` that adults on call are to be paged; the reason, sealed
    under the id `note`, is then the first note those adults read. `then` says what becomes of the
    item: it is finished, stays with its moderator, or goes back as a question to a colleague. The
    reason is kept under the id `entry` too.
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
    entry: str = ""
    mute: Stop | None = None
    bar: Stop | None = None
    then: Literal["finish", "keep", "ask"] = "finish"


@dataclass(frozen=True, slots=True)
class Stop:
    """The student in a seat of a room may not write, or not come in, until then (Unix ms).

    `most` is until when whoever says so may bar at all; None without a limit.
    """

    room: str
    seat: int
    until: int
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision: a released message's place, an incident's code, who is barred.

    They are until `until`, which may be longer than was asked for if it had been so before.
    `left` is the other room that whoever is barred sat in by now; it is over as well. Of the rooms
    they are out of, those in `goes_on` are not: the other student waits there for a person.
    """

    seq: int | None = None
    incident: str | None = None
    barred: str | None = None
    until: int = 0
    left: str | None = None
    goes_on: tuple[str, ...] = ()


_ASK = (
    t.items.update()
    .where(t.items.c.id == bindparam("item"))
    .values(claimed_by=None, claimed_at=None, asked_by=bindparam("by"))
)
_MUTE = (
    t.seats.update()
    .where(t.seats.c.room == bindparam("in_room"), t.seats.c.seat == bindparam("in_seat"))
    .values(muted_until=bindparam("until"))
)
_STUDENT = select(t.seats.c.student).where(
    t.seats.c.room == bindparam("room"), t.seats.c.seat == bindparam("seat")
)


def decide(conn: Connection, rows: Sequence[Decided]) -> list[Outcome | NotYours | NotHeld]:
    """Carry out decisions; refused for an item that is not theirs or a message no longer held.

    What is kept already under the same `entry` is done: its answer was lost.
    The item of a message that its writer took back stays, as one that holds nothing up.
    """
    barred = [_student(conn, row.bar) for row in rows if row.bar is not None]
    locks.students(conn, barred)  # nobody seats them anew meanwhile
    left = [rooms.open_room_of(conn, student) for student in barred]
    locks.rooms(conn, [*left, *(room for row in rows for room in _rooms_of(row))])
    return [_decide(conn, row) for row in rows]


def _student(conn: Connection, stop: Stop) -> str:
    return str(conn.scalar(_STUDENT, {"room": stop.room, "seat": stop.seat}))


def _rooms_of(row: Decided) -> tuple[str | None, ...]:
    return (
        row.settle.room if row.settle else None,
        row.end.id if row.end else None,
        row.incident.room if row.incident else None,
    )


def _decide(conn: Connection, row: Decided) -> Outcome | NotYours | NotHeld:
    found = items.item(conn, row.item)
    if found is None or found.claimed_by != row.staff or found.done_at is not None:
        return NotYours()
    if item_acts.is_kept(conn, _act(row)):
        return Outcome()
    seq = code = barred = None
    until = 0
    if row.settle is not None:
        settled = messages.settle(conn, [row.settle])[0]
        if isinstance(settled, NotHeld):
            items.no_longer_held(conn, row.item)
            return settled
        seq = settled
    if row.end is not None and row.bar is None:
        rooms.end_one(conn, row.end)
    if row.mute is not None:
        stop = {"in_room": row.mute.room, "in_seat": row.mute.seat, "until": row.mute.until}
        conn.execute(_MUTE, stop)
    if row.bar is not None:
        barred = _student(conn, row.bar)
        until = bars.bar(conn, barred, row.bar.until, row.bar.most)
        if until == row.bar.until:
            bars.write_down(conn, _new_bar(row, barred, row.bar))
    if row.incident is not None:
        code = raise_incidents(conn, [row.incident])[0]
        items.link_incident(conn, [Link(row.item, code)])
        _note(conn, row, code)
    _then(conn, row)
    left, goes_on = _let_out(conn, row, barred)
    audit.append(conn, [Entry(row.at, row.staff, row.act, row.item)])
    return Outcome(seq, code, barred, until, left, goes_on)


def _let_out(
    conn: Connection, row: Decided, barred: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Whoever is barred is out of every room: of `Outcome`, `left` and `goes_on`.

    A call that ends with this decision keeps no room open.
    """
    if row.bar is None or barred is None:
        return None, ()
    goes_on = dict[str, bool]()
    if row.end is not None:
        out = Leave(row.end.id, row.bar.seat, row.at, row.end.why)
        goes_on[row.end.id] = leaving.leave_one(conn, out)
    left, stays = leaving.part(conn, barred, row.at) or (None, False)
    if left is not None:
        goes_on[left] = stays
    return left, tuple(room for room, goes in goes_on.items() if goes)


def _new_bar(row: Decided, student: str, bar: Stop) -> NewBar:
    return NewBar(row.entry, student, bar.room, row.staff, row.at, bar.until, row.sealed_reason)


def _act(row: Decided) -> NewAct:
    return NewAct(row.entry, row.item, row.staff, row.at, row.act, row.sealed_reason)


def _then(conn: Connection, row: Decided) -> None:
    """The act enters the item's history, and the item goes where it belongs now."""
    item_acts.add(conn, _act(row))
    if row.act in {"fine", "stop"}:
        reviews.settle(conn, row.item, row.staff, row.at, row.act)
    if row.then == "finish":
        items.finish(conn, [Finish(row.item, row.staff, row.at, row.act, row.sealed_reason)])
    elif row.then == "ask":
        conn.execute(_ASK, {"item": row.item, "by": row.staff})


def _note(conn: Connection, row: Decided, code: str) -> None:
    if row.note and row.sealed_reason is not None:
        note = {"id": row.note, "incident": code, "staff": row.staff, "at": row.at}
        conn.execute(t.incident_notes.insert(), {**note, "sealed": row.sealed_reason})
