"""The log of messages, and what is known about its rooms without an index; for this package only.

Messages are appended to one table that has no index, because in SQLite every index page touched is
written again in every commit, and random ids touch one page for each message and index (decision
0003). What an index would answer is kept in two ways: the writer remembers, for each open room,
its head and the cids it has seen (`Book`); and now and then `fold` writes in bulk where each
room's messages stand (`places`) and how far its `seq` goes (`rooms.head`). Readers join the places
with the tail of the log that has none yet (`in_room`).

Over SQLite only one connection ever writes, so the book stays true; it is thrown away with every
transaction that fails, and made anew after a fold. PostgreSQL has many writers and cheap indexes:
there the book lives for one transaction, under the locks of its rooms (`_LockedBook`), the heads
are written with the messages, and nothing is ever folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    SmallInteger,
    String,
    and_,
    bindparam,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

from moderation.records import locks
from moderation.records import tables as t

_m = t.messages
_MARK = select(t.folded.c.n).scalar_subquery()
_TOPS = (
    select(_m.c.room, func.max(_m.c.seq).label("top"))
    .where(_m.c.n > _MARK)
    .group_by(_m.c.room)
    .subquery()
)
_ADD_PLACES = t.places.insert().from_select(
    ["room", "n"],
    select(_m.c.room, _m.c.n).where(_m.c.n > _MARK).order_by(_m.c.room, _m.c.n),
)
_SET_HEADS = (
    t.rooms.update()
    .where(t.rooms.c.id == _TOPS.c.room, _TOPS.c.top > t.rooms.c.head)
    .values(head=_TOPS.c.top)
)
_MOVE_MARK = t.folded.update().values(
    n=select(func.coalesce(func.max(_m.c.n), 0)).scalar_subquery()
)
_ROOMS = select(t.rooms.c.id, t.rooms.c.head, t.rooms.c.ended_at).where(
    t.rooms.c.id.in_(bindparam("ids", expanding=True))
)
_LOCK_ROOMS = (
    select(t.rooms.c.id, t.rooms.c.head, t.rooms.c.ended_at)
    .where(locks.is_any(t.rooms.c.id, "ids"))
    .order_by(t.rooms.c.id)
    .with_for_update(key_share=True)
)
_ASKED = (
    func.unnest(
        bindparam("rooms", type_=ARRAY(String)),
        bindparam("seats", type_=ARRAY(SmallInteger)),
        bindparam("cids", type_=ARRAY(String)),
    )
    .table_valued("room", "seat", "cid", name="asked")
    .render_derived()
)
_HAS_LEFT = t.seats.c.left_at.is_not(None)
_SAID_BEFORE = union_all(
    select(_m.c.room, _m.c.seat, _m.c.cid).join(
        _ASKED,
        and_(_m.c.room == _ASKED.c.room, _m.c.seat == _ASKED.c.seat, _m.c.cid == _ASKED.c.cid),
    ),
    # Asked once the rooms are locked: what the statement that waited for them saw may be older.
    select(t.seats.c.room, t.seats.c.seat, null()).where(
        locks.is_any(t.seats.c.room, "rooms"), _HAS_LEFT
    ),
)
_LEFT = select(t.seats.c.seat).where(t.seats.c.room == bindparam("in_room"), _HAS_LEFT).limit(1)
_SET_HEAD = (
    t.rooms.update().where(t.rooms.c.id == bindparam("in_room")).values(head=bindparam("new_head"))
)


class _InRoom(ColumnElement[bool]):
    """The same condition in the words of each kind of database."""

    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 - as SQLAlchemy declares it
        ("by_place", InternalTraversal.dp_clauseelement),
        ("by_index", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, by_place: ColumnElement[bool], by_index: ColumnElement[bool]) -> None:
        self.by_place = by_place
        self.by_index = by_index


@compiles(_InRoom)
def _by_place(element: _InRoom, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.by_place, **options)


@compiles(_InRoom, "postgresql")
def _by_index(element: _InRoom, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.by_index, **options)


def in_room(room: Column[str] | None = None) -> ColumnElement[bool]:
    """A condition on messages: those of the room bound as `in_room`, or named by a row outside."""
    same: ColumnElement[str] = bindparam("in_room") if room is None else room
    outside = () if room is None else (room.table,)
    by_place = _m.c.n.in_(
        union_all(
            select(t.places.c.n).where(t.places.c.room == same).correlate(*outside),
            select(_m.c.n).where(_m.c.n > _MARK, _m.c.room == same).correlate(*outside),
        )
    )
    return _InRoom(by_place, _m.c.room == same)


# A room that is not in the book has nothing in the tail, so its places are all there is.
_SAID = select(_m.c.seat, _m.c.cid).where(
    _m.c.n.in_(select(t.places.c.n).where(t.places.c.room == bindparam("in_room")))
)
_TAIL_HEAD = select(func.max(_m.c.seq)).where(_m.c.n > _MARK, _m.c.room == bindparam("in_room"))


def fold(conn: Connection) -> None:
    """Write down the places and heads of everything that the log has grown by."""
    conn.execute(_ADD_PLACES)
    conn.execute(_SET_HEADS)
    conn.execute(_MOVE_MARK)


def tail_head(conn: Connection, room: str) -> int:
    """The highest `seq` of a room in the part of the log that is not folded, or 0."""
    if locks.several_writers(conn):  # there heads are written with the messages
        return 0
    return conn.scalar(_TAIL_HEAD, {"in_room": room}) or 0


class _Said(Protocol):
    """What of a message the book asks for."""

    @property
    def room(self) -> str:
        """Its room."""

    @property
    def seat(self) -> int:
        """Its writer's seat."""

    @property
    def cid(self) -> str:
        """Its writer's own id for it."""

    @property
    def after(self) -> tuple[str, ...]:
        """The cids without which it is not kept."""


class Standing:
    """What the writer remembers of one room: its last `seq`, whether it ended, its cids.

    Of a cid only Python's hash is remembered, a SipHash under this process's random key. `left` is
    the seat of whoever left while it goes on for the other one.
    """

    __slots__ = ("ended", "head", "left", "said")

    def __init__(self, head: int, said: set[int], *, ended: bool) -> None:
        self.head = head
        self.said = said
        self.ended = ended
        self.left: int | None = None


class Book(dict[str, Standing]):
    """What the writer remembers of the rooms that were spoken in."""

    def load(self, conn: Connection, rooms: Iterable[str]) -> None:
        """Remember those rooms too, if there are such rooms."""
        missing = set(rooms).difference(self)
        if not missing:
            return
        for room, head, ended_at in conn.execute(_ROOMS, {"ids": list(missing)}).all():
            said = {hash((seat, cid)) for seat, cid in conn.execute(_SAID, {"in_room": room})}
            self[room] = Standing(head, said, ended=ended_at is not None)
            self[room].left = conn.scalar(_LEFT, {"in_room": room})

    def expect(self, conn: Connection, rows: Sequence[_Said]) -> None:
        """Remember the rooms of these messages, who left, and which cids were said before."""
        self.load(conn, [row.room for row in rows])

    def write_heads(self, conn: Connection) -> None:
        """Write down how far rooms have come; here `fold` does that for many at once."""

    def opened(self, room: str) -> None:
        """Remember a room that has just been made."""
        self[room] = Standing(0, set(), ended=False)

    def left(self, room: str, seat: int) -> None:
        """Remember who left a room, if it is in here."""
        if room in self:
            self[room].left = seat

    def forget_ended(self) -> None:
        """Let go of rooms that are over; only after a fold, which wrote their heads down."""
        for room in [room for room, standing in self.items() if standing.ended]:
            del self[room]


class _LockedBook(Book):
    """The book of one transaction: true because nobody else can change its rooms meanwhile."""

    def __init__(self) -> None:
        self._heads: dict[str, int] = {}

    def load(self, conn: Connection, rooms: Iterable[str]) -> None:
        missing = sorted({room for room in rooms if room not in self})
        if not missing:
            return
        for room, head, ended_at in conn.execute(_LOCK_ROOMS, {"ids": missing}).all():
            self._heads[room] = head
            self[room] = Standing(head, set(), ended=ended_at is not None)

    def expect(self, conn: Connection, rows: Sequence[_Said]) -> None:
        self.load(conn, [row.room for row in rows])
        asked = [(row.room, row.seat, cid) for row in rows for cid in (row.cid, *row.after)]
        rooms, seats, cids = zip(*asked, strict=True)
        wanted = {"rooms": list(rooms), "seats": list(seats), "cids": list(cids)}
        for room, seat, cid in conn.execute(_SAID_BEFORE, wanted):
            if cid is None:
                self[room].left = seat
            else:
                self[room].said.add(hash((seat, cid)))

    def write_heads(self, conn: Connection) -> None:
        moved = [(room, one.head) for room, one in self.items() if one.head != self._heads[room]]
        if moved:
            conn.execute(_SET_HEAD, [{"in_room": room, "new_head": head} for room, head in moved])
            self._heads.update(moved)

    def opened(self, room: str) -> None:
        super().opened(room)
        self._heads[room] = 0


def book(conn: Connection) -> Book:
    """The book of this connection; a new one begins with a fold, so that heads are true."""
    known = conn.info.get("book")
    if isinstance(known, Book):
        return known
    if locks.several_writers(conn):
        locked = conn.info["book"] = _LockedBook()
        return locked
    fold(conn)
    made = conn.info["book"] = Book()
    return made


def upkeep(conn: Connection) -> None:
    """Fold, and forget what need not be remembered any longer; in a transaction of its own."""
    if locks.several_writers(conn):
        return
    fold(conn)
    book(conn).forget_ended()


def discard(conn: Connection) -> None:
    """Forget everything: a transaction failed, and what it taught the book is not true."""
    conn.info.pop("book", None)
