"""Second looks: some decisions, and some messages nobody looked at, judged once more and blindly.

Operations for `Store.write` and queries for `Store.read`; used by the moderators' desk. Whoever
looks again is not told the first answer, and nobody looks at their own again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from moderation.records import desk_tables as d
from moderation.records import items
from moderation.records import tables as t
from moderation.records.items import NewItem

STOPPED = frozenset({"withhold", "hide", "close_room", "bar", "stop"})
"""Answers by which a message does not stand as it was written; all others let it stand."""

AUTOMATIC = "delivered"
"""The first answer of a message that no person looked at."""

_LAST = 2_000
"""How far back in the log a delivered message is drawn from."""


@dataclass(frozen=True, slots=True)
class NewReview:
    """An item for a second look; `first_by` is None for what no person looked at."""

    item: NewItem
    of_item: str | None
    first: str
    first_by: str | None


@dataclass(frozen=True, slots=True)
class Differing:
    """A second look that came out otherwise, in Unix milliseconds and words of the desk."""

    at: int
    category: str | None
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many second looks there were, how many agreed, and the last that did not."""

    looks: int
    agreed: int
    differing: tuple[Differing, ...]


_FIRST_BY = select(d.reviews.c.first_by).where(d.reviews.c.item == bindparam("of"))
_FIRST = select(d.reviews.c.first).where(d.reviews.c.item == bindparam("of"))
_SETTLE = (
    d.reviews.update()
    .where(d.reviews.c.item == bindparam("of"))
    .values(
        second=bindparam("answer"),
        second_by=bindparam("by"),
        second_at=bindparam("at"),
        agreed=bindparam("same"),
    )
)
_DONE = (
    select(d.reviews.c.second_at, t.items.c.category, d.reviews.c.first, d.reviews.c.second)
    .join(t.items, t.items.c.id == d.reviews.c.of_item, isouter=True)
    .where(d.reviews.c.second_at >= bindparam("since"), d.reviews.c.agreed.is_(False))
    .order_by(d.reviews.c.second_at.desc())
    .limit(bindparam("most"))
)
_COUNT = (
    select(d.reviews.c.agreed, func.count())
    .where(d.reviews.c.second_at >= bindparam("since"))
    .group_by(d.reviews.c.agreed)
)
_NEWEST = select(func.coalesce(func.max(t.messages.c.n), 0)).scalar_subquery()
_DELIVERED = (
    select(t.messages.c.mid, t.messages.c.room, t.messages.c.seat)
    .join(t.rooms, t.rooms.c.id == t.messages.c.room)
    .where(
        t.messages.c.n > _NEWEST - _LAST,
        t.messages.c.state == "released",
        t.messages.c.attention == 0,
        t.messages.c.seat < bindparam("students"),
        t.rooms.c.school == bindparam("of"),
        t.rooms.c.wrapped_key.is_not(None),
    )
    .order_by(func.random())
    .limit(1)
)


def add(conn: Connection, rows: Sequence[NewReview]) -> list[None]:
    """Put items for a second look into the queue."""
    for row in rows:
        items.add_items(conn, [row.item])
        values = {"item": row.item.id, "of_item": row.of_item, "first": row.first}
        conn.execute(d.reviews.insert(), {**values, "first_by": row.first_by})
    return [None] * len(rows)


def settle(conn: Connection, item: str, staff: str, at: int, answer: str) -> None:
    """Write down the second answer beside the first; nothing for an item that is no second look."""
    first = conn.scalar(_FIRST, {"of": item})
    if first is not None:
        same = (first in STOPPED) == (answer in STOPPED)
        conn.execute(_SETTLE, {"of": item, "answer": answer, "by": staff, "at": at, "same": same})


def first_by(conn: Connection, item: str) -> str | None:
    """Who gave the first answer to what an item looks at again, or None."""
    return conn.scalar(_FIRST_BY, {"of": item})


def delivered(conn: Connection, school: str, students: int) -> tuple[str, str, int] | None:
    """Some message of late that went on without anybody looking: its mid, room and seat."""
    found = conn.execute(_DELIVERED, {"of": school, "students": students}).first()
    return None if found is None else (found.mid, found.room, found.seat)


def agreement(conn: Connection, since: int, most: int) -> Agreement:
    """How second looks since then came out."""
    counts = {bool(agreed): number for agreed, number in conn.execute(_COUNT, {"since": since})}
    rows = conn.execute(_DONE, {"since": since, "most": most})
    differing = tuple(Differing(*row) for row in rows)
    return Agreement(sum(counts.values()), counts.get(True, 0), differing)
