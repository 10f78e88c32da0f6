"""A student leaves: the room is over, or stays open for whoever a person is called for."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest
from sqlalchemy import Connection, Select

from moderation.ids import new_code, new_id
from moderation.records import afterwards, called_adults, own_words, rooms
from moderation.records import tables as t
from moderation.records.afterwards import Answered, Give
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.items import Link, add_items, link_incident
from moderation.records.leaving import Leave, leave, part
from moderation.records.messages import say
from moderation.records.rooms import EndRoom
from moderation.records.store import Store
from moderation.records.student_requests import want
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.records.sample import (
    ONLY_SQLITE,
    SCHOOL,
    add_students,
    new_incident,
    new_item,
    new_room,
    open_room,
    resolve,
    spoken,
)

STAYS, LEAVES = 0, 1


async def called(store: Store, room: str, seat: int | None, by: str) -> None:
    """A person is called in that room for that seat: by an incident, or by a student."""
    if by == "incident":
        new = NewIncident(new_code(), SCHOOL, room, seat, "suicide", 2_000)
        await store.write(raise_incidents, new)
    else:
        asked = dataclasses.replace(new_item(room), kind="help", mid=None, seat=seat)
        await store.write(want, asked)


@pytest.mark.parametrize("by", ["incident", "help"])
@pytest.mark.parametrize("seat", [STAYS, None])
async def test_S10_the_room_stays_open_for_whom_a_person_is_called(
    store: Store, by: str, seat: int | None
) -> None:
    """Or for nobody in particular. Who left sits nowhere; said again, they have left once."""
    room = await open_room(store)
    await called(store, room, seat, by)
    for at in (3_000, 4_000):
        assert await store.write(leave, Leave(room, LEAVES, at)) is True
    found = await store.read(rooms.room, room)
    assert found is not None
    assert (found.ended_at, dict(found.left)) == (None, {LEAVES: "left"})
    (stays, _), (leaves, _) = found.seats
    assert await store.read(rooms.open_room_of, stays) == room
    assert await store.read(rooms.open_room_of, leaves) is None
    assert await store.read(rooms.open_seats, SCHOOL) == [(room, stays)]
    assert await store.read(rooms.left, [room]) == [(room, LEAVES)]
    await store.write(add_students, "cyd")
    assert await store.write(rooms.open_rooms, new_room(leaves, "cyd")) is None


@pytest.mark.parametrize("by", ["incident", "help"])
async def test_S12_a_call_for_the_one_who_leaves_keeps_no_room_open(store: Store, by: str) -> None:
    """They have chosen so; and without any call it ends as ever."""
    for calls in (True, False):
        room = await open_room(store)
        if calls:
            await called(store, room, LEAVES, by)
        assert await store.write(leave, Leave(room, LEAVES, 3_000)) is False
        found = await store.read(rooms.room, room)
        assert found is not None
        assert (found.ended_at, found.ended_why, dict(found.left)) == (
            3_000,
            "left",
            {LEAVES: "left"},
        )


async def test_S10_who_may_have_been_lured_is_found_though_the_other_one_leaves(
    store: Store,
) -> None:
    """By a bar as well; once an adult has written down how it ended, no room is kept for it."""
    for resolved in (False, True):
        room, code = await open_room(store), new_code()
        luring = NewIncident(code, SCHOOL, room, LEAVES, "exploitation", 2_000)
        await store.write(raise_incidents, luring)
        if resolved:
            await store.write(resolve, code)
        assert await store.write(leave, Leave(room, LEAVES, 3_000, "moderator")) is not resolved


async def test_S10_who_may_have_been_lured_is_found_though_something_graver_was_written(
    store: Store,
) -> None:
    """Whoever lures also says that they will die if they are left: the incident is called so."""
    room, code = await open_room(store), new_code()
    luring = NewIncident(code, SCHOOL, room, LEAVES, "exploitation", 2_000)
    item = new_item(room, seat=LEAVES, category="exploitation")
    await store.write(raise_incidents, luring)
    await store.write(add_items, item)
    await store.write(link_incident, Link(item.id, code))
    assert await store.write(raise_incidents, new_incident(room, new_code(), LEAVES)) == code
    assert await store.write(leave, Leave(room, LEAVES, 3_000)) is True


@pytest.mark.parametrize("attention", [Attention.NONE, Attention.QUEUE, Attention.PAGE])
async def test_S10_who_may_have_been_lured_is_found_though_it_says_something_graver_itself(
    store: Store, attention: Attention
) -> None:
    """One message may do both, and is called by the graver; what disturbs nobody is no lure."""
    graver = Finding(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER, "phrases", "one")
    lure = Finding(Category.EXPLOITATION, attention, Delivery.DELIVER, "phrases", "two")
    room, mid = await open_room(store), new_id()
    row = spoken(
        room,
        seat=LEAVES,
        item=new_item(room, mid, seat=LEAVES, category="suicide"),
        incident=new_incident(room, new_code(), LEAVES),
    )
    found = msgspec.json.encode((graver, lure)).decode()
    await store.write(say, msgspec.structs.replace(row, mid=mid, findings=found))
    stays = await store.write(leave, Leave(room, LEAVES, 3_000))
    assert stays is (attention is not Attention.NONE)


@ONLY_SQLITE
@pytest.mark.parametrize("query", [called_adults._LURED, own_words._OPEN_CASE])
async def test_of_all_messages_only_those_of_the_room_are_read(
    store: Store, query: Select[tuple[object, ...]]
) -> None:
    """Whoever leaves is committed by the one writer, for whom everybody else waits."""

    def plan(conn: Connection) -> list[str]:
        compiled = query.compile(dialect=conn.dialect, compile_kwargs={"render_postcompile": True})
        values = tuple("" for _ in compiled.positiontup or ())
        return [
            row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
        ]

    read = [step for step in await store.read(plan) if " messages " in step]
    assert read
    assert [step for step in read if "INTEGER PRIMARY KEY" not in step] == []


async def test_a_call_that_is_finished_keeps_no_room_open(store: Store) -> None:
    """What counts is what stands at the moment of leaving."""
    room = await open_room(store)
    await called(store, room, STAYS, "help")
    done = t.items.update().values(done_at=2_500)
    await store.write(lambda conn, _: [conn.execute(done) and None], None)
    assert await store.write(leave, Leave(room, LEAVES, 3_000)) is False


async def test_a_room_ends_when_its_last_student_leaves(store: Store) -> None:
    """However much somebody is called; and it is not kept open by one who has left before."""
    room = await open_room(store)
    for seat in (STAYS, LEAVES):
        await called(store, room, seat, "incident")
    assert await store.write(leave, Leave(room, LEAVES, 3_000)) is True
    assert await store.write(leave, Leave(room, STAYS, 4_000)) is False
    found = await store.read(rooms.room, room)
    assert found is not None
    assert (found.ended_at, dict(found.left)) == (4_000, {LEAVES: "left", STAYS: "left"})
    assert await store.write(leave, Leave(room, LEAVES, 5_000)) is False


async def test_who_must_go_leaves_in_the_same_way(store: Store) -> None:
    """By a bar or a card that is out; whoever is left with staff alone may stay."""
    room = await open_room(store)
    await called(store, room, STAYS, "incident")
    found = await store.read(rooms.room, room)
    assert found is not None
    (stays, _), (leaves, _) = found.seats

    async def parts(student: str) -> tuple[str, bool] | None:
        return await store.write(
            lambda conn, rows: [part(conn, row, 3_000) for row in rows], student
        )

    assert await parts(leaves) == (room, True)
    assert await parts(stays) is None
    gone = await store.read(rooms.room, room)
    assert gone is not None
    assert (gone.ended_at, dict(gone.left)) == (None, {LEAVES: "moderator"})


async def test_who_left_may_say_how_it_was_and_has_a_receipt(store: Store) -> None:
    """For them it is over; who is still there is asked once it is for them as well."""
    room = await open_room(store)
    await called(store, room, STAYS, "incident")
    await store.write(leave, Leave(room, LEAVES, 3_000))
    found = await store.read(rooms.room, room)
    assert found is not None
    (stays, _), (leaves, _) = found.seats
    for student, may in ((leaves, True), (stays, False)):
        row = Answered(room, student, SCHOOL, 4_000, "same", None)
        assert await store.write(afterwards.answer, row) is may
        assert await store.write(afterwards.give, Give(room, student, student.encode())) is may
    await store.write(rooms.end_rooms, EndRoom(room, 5_000, "left"))
    row = Answered(room, stays, SCHOOL, 6_000, "same", None)
    assert await store.write(afterwards.answer, row) is True


async def test_an_unknown_room_is_left_by_nobody(store: Store) -> None:
    """Nothing happens."""
    assert await store.write(leave, Leave(new_id(), LEAVES, 3_000)) is False
