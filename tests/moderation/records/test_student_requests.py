"""Calls and reports that are made again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from moderation.records import rooms
from moderation.records.incidents import raise_incidents
from moderation.records.items import Claim, Finish, Link, claim, finish, link_incident, open_items
from moderation.records.leaving import Leave, leave
from moderation.records.messages import RoomEnded
from moderation.records.store import Store
from moderation.records.student_requests import want
from tests.moderation.records.sample import (
    SCHOOL,
    add_staff,
    add_students,
    new_incident,
    new_item,
    new_room,
    open_room,
)

HELP = {"kind": "help", "category": "help", "seat": 0}


async def test_a_thousand_calls_of_one_seat_wait_as_one(store: Store) -> None:
    """Many at once are one item, which waits since the first and is told to each."""
    room = await open_room(store)
    rows = [new_item(room, since=n, escalate_at=60 + n, **HELP) for n in range(1000)]
    answers = await asyncio.gather(*(store.write(want, row) for row in rows))
    (waiting,) = await store.read(open_items, SCHOOL)
    assert set(answers) == {waiting.id}
    assert (waiting.since, waiting.escalate_at) == (0, 60)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_two_nodes_that_hear_of_it_at_once_make_one_item(
    store: Store, store_url: str
) -> None:
    """A page that comes back at another node while its first call is being written is not two."""
    other = await Store.open(store_url)
    room = await open_room(store)
    nodes = [store, other] * 20
    answers = await asyncio.gather(*(each.write(want, new_item(room, **HELP)) for each in nodes))
    await other.close()
    assert len(set(answers)) == 1
    assert len(await store.read(open_items, SCHOOL)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"seat": 1},
        {"kind": "report", "category": "report_unsafe"},
        {"kind": "report", "category": "report_unkind"},
    ],
)
async def test_what_is_something_else_waits_by_itself(
    store: Store, other: dict[str, object]
) -> None:
    """The peer's call is another one, and nothing that a report says is lost."""
    room = await open_room(store)
    for row in (new_item(room, **HELP), new_item(room, **{**HELP, **other})):  # type: ignore[arg-type]
        assert await store.write(want, row) == row.id
    elsewhere = new_item(await open_room(store), **HELP)
    assert await store.write(want, elsewhere) == elsewhere.id
    nowhere = [new_item(None, **HELP), new_item(None, **HELP)]
    assert [await store.write(want, row) for row in nowhere] == [row.id for row in nowhere]
    assert len(await store.read(open_items, SCHOOL)) == 5


async def left_alone(store: Store, student: str) -> str:
    """A room that a student has to themselves, and any earlier one is over; answers its id."""
    before = await store.read(rooms.open_room_of, student)
    if before is not None:
        await store.write(rooms.end_rooms, rooms.EndRoom(before, 1, "left"))
    row = replace(new_room(student, "nobody"), seats=((student, "Otter"),))
    await store.write(rooms.open_rooms, row)
    return row.id


async def test_S9_a_call_made_again_from_a_new_room_waits_there(store: Store) -> None:
    """Forty calls of one student who leaves each time are one, as old as the first."""
    for student in ("ann", "bob"):
        await store.write(add_students, student)
    first = new_item(await left_alone(store, "ann"), since=1, escalate_at=61, **HELP)
    assert await store.write(want, first) == first.id
    for n in range(40):
        room = await left_alone(store, "ann")
        row = new_item(room, since=2 + n, escalate_at=62 + n, **HELP)
        assert await store.write(want, row) == first.id
    (waiting,) = await store.read(open_items, SCHOOL)
    assert (waiting.room, waiting.since, waiting.escalate_at) == (room, 1, 61)
    bobs = new_item(await left_alone(store, "bob"), **HELP)
    assert await store.write(want, bobs) == bobs.id


async def test_S9_a_call_from_a_room_with_a_peer_stays_with_what_was_said_there(
    store: Store,
) -> None:
    """Whoever called there, left, and calls from a room of their own waits by both."""
    room = await open_room(store)
    found = await store.read(rooms.room, room)
    assert found is not None
    (student, _), _ = found.seats
    first = new_item(room, **HELP)
    await store.write(want, first)
    second = new_item(await left_alone(store, student), **HELP)
    assert await store.write(want, second) == second.id
    assert len(await store.read(open_items, SCHOOL)) == 2


async def test_whoever_asks_again_after_somebody_looked_is_heard_again(store: Store) -> None:
    """A claimed or finished item, and one that became an incident, take in nothing new."""
    room, ann = await open_room(store), await add_staff(store, "ann", "moderator")

    async def asks() -> str:
        return await store.write(want, new_item(room, **HELP))

    first = await asks()
    await store.write(claim, Claim(first, ann, 9))
    second = await asks()
    assert second != first
    assert await asks() == second
    await store.write(claim, Claim(second, ann, 10))
    await store.write(finish, Finish(second, ann, 11, "done", None))
    third = await asks()
    assert third not in {first, second}
    code = await store.write(raise_incidents, new_incident(room, "ABC-2345"))
    await store.write(link_incident, Link(third, code))
    assert await asks() not in {first, second, third}


@pytest.mark.parametrize("left", [False, True])
async def test_S9_a_call_from_where_its_student_sits_no_more_is_refused(
    store: Store, *, left: bool
) -> None:
    """Nobody could come to them there; what they report about it is heard all the same."""
    room = await open_room(store)
    if left:
        await store.write(raise_incidents, new_incident(room, "ABC-2345", seat=1))
        await store.write(leave, Leave(room, 0, 3_000))
    else:
        await store.write(rooms.end_rooms, rooms.EndRoom(room, 3_000, "left"))
    with pytest.raises(RoomEnded):
        await store.write(want, new_item(room, **HELP))
    report = new_item(room, kind="report", category="report_unkind")
    assert await store.write(want, report) == report.id
    if left:
        peers = new_item(room, **{**HELP, "seat": 1})  # type: ignore[arg-type]
        assert await store.write(want, peers) == peers.id
