"""What waits for a moderator: added, claimed, put back, finished; each step by compare-and-set.

Operations for `Store.write`, queries for `Store.read`; used by moderators' desks. Two moderators
who reach for the same item at once get one claim and one `AlreadyClaimed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, bindparam, func, select

from moderation.records import tables as t


class NotFound(Exception):  # noqa: N818 - an answer, told to a person
    """There is no such row."""


class NotYours(Exception):  # noqa: N818 - an answer, told to a person
    """The item is not claimed by this person, or is finished already."""


class AlreadyClaimed(Exception):  # noqa: N818 - an answer, told to a person
    """Somebody else has the item, or had it and finished it; `by` is their staff id."""

    def __init__(self, by: str | None) -> None:
        super().__init__("already claimed")
        self.by = by


@dataclass(frozen=True, slots=True)
class NewItem:
    """Something for a moderator to look at; times in Unix milliseconds."""

    id: str
    school: str
    room: str | None
    seat: int | None
    mid: str | None
    kind: str
    category: str
    attention: int
    held: bool
    since: int
    escalate_at: int | None


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as the tables know it."""

    id: str
    school: str
    room: str | None
    seat: int | None
    mid: str | None
    kind: str
    category: str
    attention: int
    held: bool
    since: int
    claimed_by: str | None
    claimed_at: int | None
    looked_at: int | None
    asked_by: str | None
    escalate_at: int | None
    incident: str | None
    done_at: int | None
    outcome: str | None
    sealed_reason: bytes | None
    topic: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A moderator takes an item."""

    item: str
    staff: str
    at: int


@dataclass(frozen=True, slots=True)
class PutBack:
    """A moderator returns an item to the queue."""

    item: str
    staff: str


@dataclass(frozen=True, slots=True)
class Unhold:
    """A held message of a room, or each of them, that will never be delivered."""

    room: str
    mid: str | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """A moderator has decided about an item."""

    item: str
    staff: str
    at: int
    outcome: str
    sealed_reason: bytes | None


@dataclass(frozen=True, slots=True)
class Link:
    """An item that became, or joined, an incident."""

    item: str
    code: str


_ITEMS = select(t.items, t.rooms.c.topic).outerjoin(t.rooms, t.rooms.c.id == t.items.c.room)
_ITEM = _ITEMS.where(t.items.c.id == bindparam("item"))
_OPEN_ITEMS = _ITEMS.where(
    t.items.c.school == bindparam("school"), t.items.c.done_at.is_(None)
).order_by(t.items.c.attention.desc(), t.items.c.since, t.items.c.id)
_MINE = (
    t.items.c.id == bindparam("item"),
    t.items.c.claimed_by == bindparam("by"),
    t.items.c.done_at.is_(None),
)
_CLAIM = (
    t.items.update()
    .where(
        t.items.c.id == bindparam("item"),
        t.items.c.claimed_by.is_(None),
        t.items.c.done_at.is_(None),
    )
    .values(
        claimed_by=bindparam("by"),
        claimed_at=bindparam("at"),
        looked_at=func.coalesce(t.items.c.looked_at, bindparam("at")),
    )
)
_PUT_BACK = t.items.update().where(*_MINE).values(claimed_by=None, claimed_at=None)
_FINISH = (
    t.items.update()
    .where(*_MINE)
    .values(done_at=bindparam("at"), outcome=bindparam("what"), sealed_reason=bindparam("reason"))
)
_HOLDING = select(t.items.c.id).where(
    t.items.c.room == bindparam("in_room"),
    t.items.c.held,
    t.items.c.done_at.is_(None),
)
_NO_LONGER_HELD = t.items.update().where(t.items.c.id == bindparam("item")).values(held=False)
_LINK = t.items.update().where(t.items.c.id == bindparam("item")).values(incident=bindparam("code"))


def as_row(item: NewItem, incident: str | None = None) -> dict[str, object]:
    """A new item as the columns of its table, linked to an incident where there is one."""
    return {
        "id": item.id,
        "school": item.school,
        "room": item.room,
        "seat": item.seat,
        "mid": item.mid,
        "kind": item.kind,
        "category": str(item.category),
        "attention": int(item.attention),
        "held": item.held,
        "since": item.since,
        "escalate_at": item.escalate_at,
        "incident": incident,
    }


def add_items(conn: Connection, rows: Sequence[NewItem]) -> list[None]:
    """Put new items into the queue."""
    conn.execute(t.items.insert(), [as_row(row) for row in rows])
    return [None] * len(rows)


def claim(conn: Connection, rows: Sequence[Claim]) -> list[StoredItem | AlreadyClaimed | NotFound]:
    """Take items; claiming one's own again answers it again."""
    return [_claim(conn, row) for row in rows]


def _claim(conn: Connection, row: Claim) -> StoredItem | AlreadyClaimed | NotFound:
    conn.execute(_CLAIM, {"item": row.item, "by": row.staff, "at": row.at})
    found = item(conn, row.item)
    if found is None:
        return NotFound()
    if found.claimed_by != row.staff or found.done_at is not None:
        return AlreadyClaimed(found.claimed_by)
    return found


def put_back(conn: Connection, rows: Sequence[PutBack]) -> list[StoredItem | NotYours]:
    """Return claimed items to the queue, for somebody else to claim."""
    return [
        _own(conn, row.item, conn.execute(_PUT_BACK, {"item": row.item, "by": row.staff}).rowcount)
        for row in rows
    ]


def finish(conn: Connection, rows: Sequence[Finish]) -> list[StoredItem | NotYours]:
    """Close items that are claimed by the person who closes them."""
    return [_finish(conn, row) for row in rows]


def _finish(conn: Connection, row: Finish) -> StoredItem | NotYours:
    changed = conn.execute(
        _FINISH,
        {
            "item": row.item,
            "by": row.staff,
            "at": row.at,
            "what": row.outcome,
            "reason": row.sealed_reason,
        },
    ).rowcount
    return _own(conn, row.item, changed)


def unhold(conn: Connection, rows: Sequence[Unhold]) -> list[list[str]]:
    """Open items whose message nobody waits for any more hold nothing up; answers their ids."""
    return [_unhold(conn, row) for row in rows]


def _unhold(conn: Connection, row: Unhold) -> list[str]:
    query = _HOLDING if row.mid is None else _HOLDING.where(t.items.c.mid == row.mid)
    found = list(conn.scalars(query, {"in_room": row.room}))
    for one in found:
        no_longer_held(conn, one)
    return found


def no_longer_held(conn: Connection, item_id: str) -> None:
    """The message of an item is not held, or not any more."""
    conn.execute(_NO_LONGER_HELD, {"item": item_id})


def _own(conn: Connection, item_id: str, changed: int) -> StoredItem | NotYours:
    found = item(conn, item_id) if changed else None
    return NotYours() if found is None else found


def link_incident(conn: Connection, rows: Sequence[Link]) -> list[bool]:
    """Note on items which incident they belong to; answers whether there was such an item."""
    return [conn.execute(_LINK, {"item": row.item, "code": row.code}).rowcount == 1 for row in rows]


def _stored(row: Row[tuple[object, ...]]) -> StoredItem:
    return StoredItem(**row._mapping)  # noqa: SLF001 - public


def item(conn: Connection, item_id: str) -> StoredItem | None:
    """The item of that id, or None."""
    found = conn.execute(_ITEM, {"item": item_id}).first()
    return None if found is None else _stored(found)


def open_items(conn: Connection, school: str) -> list[StoredItem]:
    """Everything that waits in a school: most pressing first, then oldest first."""
    return [_stored(row) for row in conn.execute(_OPEN_ITEMS, {"school": school})]


def claimers(conn: Connection, school: str) -> set[str]:
    """Staff of a school who have an item that is not finished."""
    found = select(t.items.c.claimed_by).where(
        t.items.c.school == school, t.items.c.claimed_by.is_not(None), t.items.c.done_at.is_(None)
    )
    return set(conn.scalars(found))
