"""One student leaves while a person is called for the other: who stays is found by the adult."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import update

from chat.frames import shared, to_student
from chat.rooms import ending
from chat.rooms.guests import Guests
from chat.rooms.open_room import OpenRoom
from chat.rooms.speech import Speech
from chat.settings import Chat
from moderation.records import rooms, transcript
from moderation.records import tables as t
from tests.chat.rooms.test_absence import is_open, later
from tests.chat.shells import Late, Page, Place, Stumble, a_place

GONE = to_student.Notice("peer_gone")
STAYS, LEAVES = 0, 1


async def left_alone(place: Place) -> tuple[OpenRoom, Page, Page]:
    """Whoever cries for help is left by the other one; both pages have heard all of it."""
    live, stays, leaves = await place.pair()
    await place.said(live, STAYS, "help me")
    place.rooms.leave(live, LEAVES)
    await place.committed()
    return live, stays, leaves


async def test_S10_whoever_cries_is_still_in_the_chat_when_the_other_one_leaves(
    tmp_path: Path,
) -> None:
    """Who leaves is out of it at once, and may be matched elsewhere."""
    async with a_place(tmp_path) as place:
        live, stays, leaves = await left_alone(place)
        assert (stays.take()[-1], leaves.take()[-1]) == (GONE, to_student.Ended("left"))
        assert (stays.lefts, leaves.lefts) == (0, 1)
        student = live.room.seats[LEAVES].student
        assert await place.rooms.of_student(student) is None
        assert await place.rooms.why_over(live.room.id, student) == "left"
        assert await place.rooms.why_over(live.room.id, live.room.seats[STAYS].student) is None
        await place.said(live, STAYS, "are you there")
        assert [type(frame) for frame in stays.take()] == [to_student.Ack]
        assert leaves.take() == []


async def test_P9_the_adult_comes_and_talks_with_whoever_stays(tmp_path: Path) -> None:
    """Words for the one who left alone are refused: nobody would read them."""
    async with a_place(tmp_path) as place:
        live, stays, leaves = await left_alone(place)
        for page in (stays, leaves):
            page.take()
        guests = Guests(place.rooms, place.store, place.clock)
        assert await guests.come(live.room.id, "pat", "adult") is None
        words = Speech(live.room.id, "c" * 22, "pat", "adult", "I am here")
        assert await guests.speak(words) is None
        here, said = stays.take()
        assert here == to_student.Notice("adult_here")
        assert isinstance(said, to_student.Message)
        assert (said.who, said.text) == ("adult", "I am here")
        alone = Speech(live.room.id, "d" * 22, "pat", "adult", "and you?", LEAVES)
        assert await guests.speak(alone) == "ended"
        assert leaves.take() == []


async def test_S8_after_a_restart_the_one_who_left_has_still_left(tmp_path: Path) -> None:
    """A page that comes back reads it; what was held of who left waits for nobody any more."""
    async with a_place(tmp_path) as place:
        live, *_ = await place.pair()
        await place.said(live, STAYS, "help me")
        await place.said(live, LEAVES, "hold this")
        place.rooms.leave(live, LEAVES)
        await place.committed()
        again = place.again()
        loaded = await again.find(live.room.id)
        assert loaded is not None
        assert loaded.room.here() == [STAYS]
        assert not loaded.room.seats[LEAVES].line
        page = Page()
        await again.enter(loaded, STAYS, page)
        assert to_student.Notice("peer_gone", standing=True) in page.seen
        assert to_student.Notice("adult_coming", standing=True) in page.seen
        assert await again.of_student(loaded.room.seats[LEAVES].student) is None


async def test_S12_who_leaves_their_own_call_behind_ends_the_room(tmp_path: Path) -> None:
    """They have chosen so, and the other one reads that they left, as ever."""
    async with a_place(tmp_path) as place:
        live, stays, leaves = await place.pair()
        await place.said(live, LEAVES, "help me")
        place.rooms.leave(live, LEAVES)
        await place.committed()
        assert stays.take()[-1] == to_student.PeerLeft()
        assert leaves.take()[-1] == to_student.Ended("left")
        assert not await is_open(place, live)


async def test_who_stays_may_leave_as_well_and_then_it_is_over(tmp_path: Path) -> None:
    """Nobody is told of them any more."""
    async with a_place(tmp_path) as place:
        live, stays, leaves = await left_alone(place)
        leaves.take()
        place.rooms.leave(live, STAYS)
        await place.committed()
        assert stays.take()[-1] == to_student.Ended("left")
        assert leaves.take() == []
        assert not await is_open(place, live)


async def test_no_room_stays_open_for_ever(tmp_path: Path) -> None:
    """Once the call is finished, a page that stays away ends it; who left is not missed before."""
    async with a_place(tmp_path, chat=Chat(away_seconds=60)) as place:
        live, stays, _ = await left_alone(place)
        place.rooms.lost(live, STAYS, stays)
        for _ in range(3):
            await later(place)
        assert await is_open(place, live)
        over = t.incidents.update().values(state="resolved")
        await place.store.write(lambda conn, _: [conn.execute(over) and None], "")
        await place.rooms.enter(live, STAYS, stays)
        await later(place, 3_600)
        assert await is_open(place, live)
        place.rooms.lost(live, STAYS, stays)
        await later(place)
        assert not await is_open(place, live)


@pytest.mark.parametrize("kept", [False, True])
async def test_F10_who_left_is_out_once_it_is_known_though_the_answer_was_lost(
    tmp_path: Path, *, kept: bool
) -> None:
    """What was kept is found in the records; what was not may be tried again."""
    async with a_place(tmp_path) as place:
        live, stays, leaves = await place.pair()
        await place.said(live, STAYS, "help me")
        stumble = Stumble(place.store, kept=kept)
        place.rooms.leave(live, LEAVES)
        await stumble.begun.wait()
        stumble.fail()
        await place.committed()
        assert isinstance(leaves.take()[-1], shared.Error)
        place.rooms.tick()
        await place.rooms.quiet()
        assert (live.room.here() == [STAYS]) is kept
        assert (GONE in stays.take()) is kept
        assert leaves.lefts == int(kept)


async def test_what_another_node_let_go_is_let_go_here(tmp_path: Path) -> None:
    """The page that had to go hears why, as the records have it."""
    async with a_place(tmp_path) as place:
        live, stays, leaves = await place.pair()
        whose = (t.seats.c.room == live.room.id) & (t.seats.c.seat == LEAVES)
        gone = update(t.seats).where(whose).values(left_at=1, left_why="moderator")
        await place.store.write(lambda conn, _: [conn.execute(gone) and None], "")
        await place.rooms.elsewhere.refresh(live)
        assert leaves.take() == [to_student.Ended("moderator")]
        assert stays.take() == [GONE]
        await place.rooms.elsewhere.refresh(live)
        assert stays.take() == []
        assert await place.store.read(rooms.left, [live.room.id]) == [(live.room.id, LEAVES)]


@pytest.mark.parametrize("called", [False, True])
async def test_S12_who_leaves_in_the_moment_the_room_is_ended_hears_that_it_is_over(
    tmp_path: Path, *, called: bool
) -> None:
    """Whether it ends, for the other page stays away, or goes on, for somebody is called there."""
    async with a_place(tmp_path) as place:
        live, stays, leaves = await place.pair()
        if called:
            await place.said(live, STAYS, "help me")
        place.rooms.lost(live, STAYS, stays)
        place.rooms.leave(live, LEAVES)
        place.rooms.perform(live, ending.end(live.room, "away", STAYS))
        await place.committed()
        place.rooms.tick()
        await place.rooms.quiet()
        last = leaves.take()[-1]
        assert isinstance(last, to_student.Ended | to_student.PeerLeft)
        assert leaves.lefts == 1
        assert await is_open(place, live) is called


async def test_a_page_that_comes_back_as_its_student_leaves_hears_that_it_is_over(
    tmp_path: Path,
) -> None:
    """While what was said is read for it; and nothing of the room comes to it later."""
    async with a_place(tmp_path) as place:
        live, *_ = await place.pair()
        await place.said(live, STAYS, "help me")
        late, page = Late(place.store, transcript.own), Page()
        coming = asyncio.ensure_future(place.rooms.enter(live, LEAVES, page))
        await late.begun.wait()
        place.rooms.leave(live, LEAVES)
        await place.committed()
        assert (page.seen[-1], page.lefts) == (to_student.Ended("left"), 1)
        late.come()
        await coming
        page.take()
        await place.said(live, STAYS, "are you there")
        assert page.take() == []
