from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Select

from moderation.ids import new_id
from moderation.records import bars, rooms
from moderation.records.rooms import (
    AlreadySeated,
    Barred,
    Block,
    EndRoom,
    Standing,
    block,
    blocked_peers,
    end_rooms,
    open_room_of,
    open_rooms,
    room,
    standing,
)
from moderation.records.store import Store
from tests.moderation.records.sample import ONLY_SQLITE, add_students, new_room, open_room


async def test_a_room_is_found_as_it_was_opened(store: Store) -> None:
    """A room keeps its topic, epoch, key and who sits where; an unknown one is None."""
    for student in ("ann", "bob"):
        await store.write(add_students, student)
    row = new_room("ann", "bob")
    await store.write(open_rooms, row)
    found = await store.read(room, row.id)
    assert found is not None
    assert (found.id, found.topic, found.epoch, found.head) == (row.id, "mood", "0" * 16, 0)
    assert found.wrapped_key == b"wrapped"
    assert found.seats == (("ann", "Otter"), ("bob", "Wren"))
    assert await store.read(room, new_id()) is None


async def test_a_room_ends_once(store: Store) -> None:
    """Only the first end counts, and says why; an unknown room cannot end."""
    where = await open_room(store)
    assert await store.write(end_rooms, EndRoom(where, 5_000, "left")) is True
    assert await store.write(end_rooms, EndRoom(where, 6_000, "blocked")) is False
    assert await store.write(end_rooms, EndRoom(new_id(), 6_000, "left")) is False
    found = await store.read(room, where)
    assert found is not None
    assert (found.ended_at, found.ended_why) == (5_000, "left")


async def test_a_student_is_found_in_the_room_that_is_open(store: Store) -> None:
    """Whoever sits in an open room is found there, from either seat, until it ends."""
    for student in ("ann", "bob"):
        await store.write(add_students, student)
    row = new_room("ann", "bob")
    assert await store.read(open_room_of, "ann") is None
    await store.write(open_rooms, row)
    assert await store.read(open_room_of, "ann") == row.id
    assert await store.read(open_room_of, "bob") == row.id
    await store.write(end_rooms, EndRoom(row.id, 5_000, "left"))
    assert await store.read(open_room_of, "ann") is None


async def test_nobody_sits_in_two_rooms_at_once(store: Store) -> None:
    """A second room is refused, in the same commit or later, until the first one ends."""
    for student in ("ann", "bob", "cyd"):
        await store.write(add_students, student)
    first, second = new_room("ann", "bob"), new_room("cyd", "bob")
    wishes = [store.write(open_rooms, row) for row in (first, second)]
    assert [type(answer) for answer in await asyncio.gather(*wishes, return_exceptions=True)] == [
        type(None),
        AlreadySeated,
    ]
    with pytest.raises(AlreadySeated):
        await store.write(open_rooms, second)
    assert await store.read(open_room_of, "bob") == first.id
    assert await store.read(open_room_of, "cyd") is None
    await store.write(end_rooms, EndRoom(first.id, 5_000, "left"))
    await store.write(open_rooms, second)
    assert await store.read(open_room_of, "bob") == second.id


async def test_K10_whoever_is_barred_meets_nobody(store: Store) -> None:
    """No room with a peer is opened until the bar is over; one of their own always."""
    for student in ("ann", "bob"):
        await store.write(add_students, student)

    def bar(conn: Connection, rows: Sequence[str]) -> list[None]:
        return [bars.bar(conn, row, 1_001) for row in rows]

    await store.write(bar, "ann")
    pair = new_room("bob", "ann")
    with pytest.raises(Barred):
        await store.write(open_rooms, pair)
    alone = replace(new_room("ann", "bob"), seats=(("ann", "Otter"),))
    await store.write(open_rooms, alone)
    assert await store.read(open_room_of, "ann") == alone.id
    await store.write(end_rooms, EndRoom(alone.id, 1_000, "left"))
    await store.write(open_rooms, replace(pair, at=1_001))
    assert await store.read(open_room_of, "bob") == pair.id


async def test_of_rooms_opened_together_each_has_its_own_answer(store: Store) -> None:
    """One that may not be opened keeps no other from its commit."""
    for student in ("ann", "bob", "cyd", "dan", "eve"):
        await store.write(add_students, student)

    def bar(conn: Connection, rows: Sequence[str]) -> list[None]:
        return [bars.bar(conn, row, 1_001) for row in rows]

    await store.write(bar, "eve")
    wishes = [new_room("ann", "bob"), new_room("eve", "cyd"), new_room("cyd", "dan")]
    answers = await asyncio.gather(
        *(store.write(open_rooms, row) for row in wishes), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [type(None), Barred, type(None)]
    found = [await store.read(open_room_of, who) for who in ("ann", "bob", "cyd", "dan", "eve")]
    assert found == [wishes[0].id, wishes[0].id, wishes[2].id, wishes[2].id, None]


async def test_where_a_student_stands_is_one_answer(store: Store) -> None:
    """Their open room, until when they are barred and whom they avoid; nothing of a stranger."""
    where = await open_room(store)
    found = await store.read(room, where)
    assert found is not None
    (one, _), (other, _) = found.seats
    assert await store.read(standing, one) == Standing(where, None, frozenset())

    def bar(conn: Connection, rows: Sequence[str]) -> list[None]:
        return [bars.bar(conn, row, 1_001) for row in rows]

    await store.write(bar, one)
    await store.write(block, Block(one, other, 1))
    await store.write(end_rooms, EndRoom(where, 5_000, "left"))
    assert await store.read(standing, one) == Standing(None, 1_001, frozenset({other}))
    assert await store.read(standing, "nobody") == Standing(None, None, frozenset())


async def test_a_block_holds_in_both_directions(store: Store) -> None:
    """A block, said by either and however often, is known to both."""
    await store.write(block, Block("bob", "ann", 1))
    await store.write(block, Block("ann", "bob", 2))
    await store.write(block, Block("bob", "cyd", 3))
    assert await store.read(blocked_peers, "ann") == {"bob"}
    assert await store.read(blocked_peers, "bob") == {"ann", "cyd"}
    assert await store.read(blocked_peers, "dan") == frozenset()


@ONLY_SQLITE
@pytest.mark.parametrize("query", [rooms._BLOCKED, bars._ALL_UNTIL])
async def test_of_all_students_only_those_who_are_meant_are_read(
    store: Store, query: Select[tuple[object, ...]]
) -> None:
    """Asked at every wish to be matched, and by every node again and again."""

    def scans(conn: Connection) -> list[str]:
        compiled = query.compile(dialect=conn.dialect)
        values = tuple("" for _ in compiled.positiontup or ())
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        return [row[3] for row in plan if row[3].startswith("SCAN")]

    assert await store.read(scans) == []
