"""The log of messages, and what is known about its rooms without an index; for this package only.

Messages are appended to one table that has no index, because in SQLite every index page touched is
written again in every commit, and random ids touch one page for each message and index (decision
0003). What an index would answer is kept in two ways: the writer remembers, for each open room,
its head and the cids it has seen (`Book`); and now and then `fold` writes in bulk where each
room's messages stand (`places`) and how far its `seq` goes (`rooms.head`). Readers join the places
with the tail of the log that has none yet (`in_room`).

Only one connection ever writes, so the book stays true; it is thrown away with every transaction
that fails, and made anew after a fold. With several writers it would live for one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, func, select, union_all

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


def in_room() -> ColumnElement[bool]:
    """A condition on messages: those of the room bound as `in_room`."""
    same: BindParameter[str] = bindparam("in_room")
    return _m.c.n.in_(
        union_all(
            select(t.places.c.n).where(t.places.c.room == same),
            select(_m.c.n).where(_m.c.n > _MARK, _m.c.room == same),
        )
    )


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
    return conn.scalar(_TAIL_HEAD, {"in_room": room}) or 0


class Standing:
    """What the writer remembers of one room: its last `seq`, whether it ended, its cids.

    Of a cid only Python's hash is remembered, a SipHash under this process's random key.
    """

    __slots__ = ("ended", "head", "said")

    def __init__(self, head: int, said: set[int], *, ended: bool) -> None:
        self.head = head
        self.said = said
        self.ended = ended


class Book(dict[str, Standing]):
    """What the writer remembers of the rooms that were spoken in."""

    def load(self, conn: Connection, rooms: Iterable[str]) -> None:
        """Remember those rooms too, if there are such rooms."""
        missing = [room for room in rooms if room not in self]
        if not missing:
            return
        for room, head, ended_at in conn.execute(_ROOMS, {"ids": missing}).all():
            said = {hash((seat, cid)) for seat, cid in conn.execute(_SAID, {"in_room": room})}
            self[room] = Standing(head, said, ended=ended_at is not None)

    def opened(self, room: str) -> None:
        """Remember a room that has just been made."""
        self[room] = Standing(0, set(), ended=False)

    def forget_ended(self) -> None:
        """Let go of rooms that are over; only after a fold, which wrote their heads down."""
        for room in [room for room, standing in self.items() if standing.ended]:
            del self[room]


def book(conn: Connection) -> Book:
    """The book of this connection; a new one begins with a fold, so that heads are true."""
    known = conn.info.get("book")
    if isinstance(known, Book):
        return known
    fold(conn)
    made = conn.info["book"] = Book()
    return made


def upkeep(conn: Connection) -> None:
    """Fold, and forget what need not be remembered any longer; in a transaction of its own."""
    fold(conn)
    book(conn).forget_ended()


def discard(conn: Connection) -> None:
    """Forget everything: a transaction failed, and what it taught the book is not true."""
    conn.info.pop("book", None)
