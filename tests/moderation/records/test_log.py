from __future__ import annotations

import asyncio

from sqlalchemy import Connection, func, select

from moderation.records import log, rooms
from moderation.records import tables as t
from moderation.records.messages import say
from moderation.records.store import Store
from moderation.records.transcript import shown_after
from tests.moderation.records.sample import ONLY_SQLITE, open_room, spoken


def do_fold(conn: Connection, rows: list[None]) -> list[None]:
    """A fold at a moment of the test's choosing."""
    log.upkeep(conn)
    return list(rows)


def count(conn: Connection) -> tuple[int | None, int | None]:
    """How many places there are, and up to where the log is folded."""
    return (
        conn.scalar(select(func.count()).select_from(t.places)),
        conn.scalar(select(t.folded.c.n)),
    )


def standing_of(conn: Connection, rows: list[str]) -> list[tuple[int, bool] | None]:
    """What the writer remembers of rooms."""
    book = log.book(conn)
    return [(book[row].head, book[row].ended) if row in book else None for row in rows]


@ONLY_SQLITE
async def test_readers_see_the_same_before_and_after_a_fold(store: Store) -> None:
    """A fold gives every message its place, and changes nothing that anybody reads."""
    one, two = await open_room(store), await open_room(store)
    for _ in range(3):
        await asyncio.gather(*(store.write(say, spoken(room)) for room in (one, two)))
    before = [await store.read(shown_after, room, 0, 10) for room in (one, two)]
    assert await store.read(count) == (0, 0)
    await store.write(do_fold, None)
    assert await store.read(count) == (6, 6)
    assert [await store.read(shown_after, room, 0, 10) for room in (one, two)] == before
    await store.write(do_fold, None)
    assert await store.read(count) == (6, 6)


async def test_the_head_of_a_room_is_true_at_every_moment(store: Store) -> None:
    """A reader is told the last number of a room, whether or not it is folded yet."""
    room = await open_room(store)
    for expected in (1, 2):
        await store.write(say, spoken(room))
        found = await store.read(rooms.room, room)
        assert found is not None
        assert found.head == expected
        await store.write(do_fold, None)
        assert await store.read(rooms.room, room) == found


@ONLY_SQLITE
async def test_ended_rooms_are_forgotten_after_a_fold(store: Store) -> None:
    """What is remembered does not grow with rooms that are over."""
    ended, open_ = await open_room(store), await open_room(store)
    await store.write(say, spoken(ended))
    await store.write(rooms.end_rooms, rooms.EndRoom(ended, 1, "left"))
    assert await store.write(standing_of, ended) == (1, True)
    await store.write(do_fold, None)
    assert await store.write(standing_of, ended) is None
    assert await store.write(standing_of, open_) == (0, False)


@ONLY_SQLITE
async def test_reading_a_room_never_scans_the_folded_log(store: Store) -> None:
    """The query for a room's messages finds them by place or in the tail, by number."""

    def explain(conn: Connection) -> list[str]:
        query = select(t.messages.c.mid).where(log.in_room())
        compiled = query.compile(dialect=conn.dialect)
        values = tuple("room" for _ in compiled.positiontup or ())
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        return [str(row[3]) for row in plan]

    scans = [line for line in await store.read(explain) if line.startswith("SCAN messages")]
    assert scans == []
