"""Rooms of which only verdicts are left: who sat where, what was found, what moderators did.

Used by `purge.py` inside its transaction. A room goes once its key is destroyed, no incident is
about it and nothing in it waits; counts of it stay (`tallies.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from moderation.records import desk_tables as d
from moderation.records import locks, log, tallies
from moderation.records import tables as t
from moderation.records.taken_away import take_away

MOST = 25
"""Rooms that are purged at once: a tenth of a second over SQLite, for which messages wait."""

_r, _i = t.rooms.c, t.items.c
_before: BindParameter[int] = bindparam("before")
_NEEDED = select(t.incidents.c.room).where(t.incidents.c.room.is_not(None))
WAITS = _i.done_at.is_(None) & (_i.kind != "review")
"""Of what there would be nothing left to look at."""
_BUSY = select(_i.room).where(_i.room.is_not(None), WAITS | _i.incident.is_not(None))
# SQLite would give the number of a newest message that was deleted to the next one.
_NEWEST = select(t.messages.c.room).order_by(t.messages.c.n.desc()).limit(1).scalar_subquery()
_DUE = select(_r.id).where(
    _r.ended_at < _before,
    _r.wrapped_key.is_(None),
    _r.id.not_in(_NEEDED),
    _r.id.not_in(_BUSY),
    _r.id != func.coalesce(_NEWEST, ""),
)
_OF_ROOMS = select(_i.id).where(_i.room.in_(bindparam("ids", expanding=True)))
_OF_NO_ROOM = (
    select(_i.id).where(_i.room.is_(None), _i.incident.is_(None), _i.done_at < _before).limit(MOST)
)
_FORGET_SAID = t.messages.delete().where(log.in_room())


def purge_rooms(conn: Connection, school: str, before: int) -> int:
    """Remove rooms that ended before that, with all that is about them; answers how many."""
    asked = {"before": before}
    found = list(conn.scalars(_DUE.order_by(_r.ended_at, _r.id).limit(MOST), asked))
    locks.rooms(conn, found)
    rooms = list(conn.scalars(_DUE.where(_r.id.in_(found)), asked)) if found else []
    items = [*conn.scalars(_OF_ROOMS, {"ids": rooms}), *conn.scalars(_OF_NO_ROOM, asked)]
    tallies.of_rooms(conn, school, rooms)
    purge_items(conn, school, items)
    for room in rooms:
        conn.execute(_FORGET_SAID, {"in_room": room})
    if not locks.several_writers(conn):
        take_away(conn, t.places.c.room, rooms)
    for column in (d.room_recusals.c.room, t.seats.c.room, t.rooms.c.id):
        take_away(conn, column, rooms)
    return len(rooms)


def purge_items(conn: Connection, school: str, items: Sequence[str]) -> None:
    """Remove items with all that is about them."""
    tallies.of_items(conn, school, items)
    take_away(conn, d.reviews.c.item, items)
    conn.execute(d.reviews.update().where(d.reviews.c.of_item.in_(items)).values(of_item=None))
    for column in (d.exposures.c.item, d.item_acts.c.item, t.items.c.id):
        take_away(conn, column, items)
