"""The rooms of a node: opened, found again, and ended."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chat.frames import shared, to_student
from chat.rooms.guests import Guests
from chat.rooms.rooms import HEARTBEAT
from chat.settings import Chat
from moderation.records import rooms
from tests.chat.shells import Page, a_place

STAFF = "s" * 22


async def test_a_room_is_committed_before_anybody_enters(tmp_path: Path) -> None:
    """When `open` returns, the records know the room and who sits in it."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        stored = await place.store.read(rooms.room, live.room.id)
        assert stored is not None
        assert [student for student, _ in stored.seats] == [s.student for s in live.room.seats]
        assert live.room.seats[0].handle != live.room.seats[1].handle


async def test_a_student_finds_their_own_room(tmp_path: Path) -> None:
    """Each of the two has the same room; anybody else has none."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        for seat in live.room.seats:
            assert await place.rooms.of_student(seat.student) is live
        assert await place.rooms.of_student("eve") is None


async def test_F24_rooms_nobody_watches_are_paused_also_after_a_restart(tmp_path: Path) -> None:
    """What was said meanwhile is shown when somebody watches again, and a new page is told."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        place.rooms.watched(by_somebody=False)
        await place.said(live, 0, "hello")
        again = place.again()
        again.watched(by_somebody=False)
        back = await again.find(live.room.id)
        assert back is not None
        one, other = Page(), Page()
        await again.enter(back, 0, one)
        await again.enter(back, 1, other)
        assert one.seen[-1] == other.seen[-1] == to_student.Notice("paused", standing=True)
        other.take()
        again.watched(by_somebody=True)
        await place.committed()
        told, message = other.take()
        assert told == to_student.Notice("unpaused")
        assert isinstance(message, to_student.Message)
        assert (message.text, message.seq) == ("hello", 1)


async def test_F24_staff_in_a_room_watch_it(tmp_path: Path) -> None:
    """What a student answers to an adult reaches the room; once the adult goes, it is paused."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        guests = Guests(place.rooms, place.store, place.clock)
        place.rooms.watched(by_somebody=False)
        await guests.come(live.room.id, STAFF, "adult")
        assert one.take()[-1] == to_student.Notice("unpaused")
        await place.said(live, 0, "at home")
        assert [frame.state for frame in one.take() if isinstance(frame, to_student.Ack)] == [
            "released"
        ]
        await guests.go(live.room.id, STAFF, "adult")
        assert one.take()[-1] == to_student.Notice("paused")


async def test_a_new_page_replaces_the_old(tmp_path: Path) -> None:
    """Whoever sat there before is refused; leaving then changes nothing for the new page."""
    async with a_place(tmp_path) as place:
        live, old, other = await place.pair()
        new = Page()
        await place.rooms.enter(live, 0, new)
        assert old.refused == ["replaced"]
        place.rooms.lost(live, 0, old)
        assert live.absent[0] is None
        await place.said(live, 1, "hello")
        assert isinstance(new.seen[-1], to_student.Message)
        assert isinstance(other.seen[-1], to_student.Ack)


async def test_speaking_too_fast_is_refused_with_a_time(tmp_path: Path) -> None:
    """Beyond the allowance nothing is judged, and the page is told when to try again."""
    async with a_place(tmp_path, chat=Chat(messages_per_10_seconds=2)) as place:
        live, one, _ = await place.pair()
        for n in range(3):
            await place.said(live, 0, "hello", cid=f"{n:022}")
        refused = one.seen[-1]
        assert isinstance(refused, shared.Error)
        assert (refused.code, refused.cid, refused.retry_after) == ("rate_limited", f"{2:022}", 5.0)
        assert len(place.judge.asked) == 2
        place.clock.now += 5.0
        await place.said(live, 0, "hello", cid=f"{2:022}")
        assert isinstance(one.seen[-1], to_student.Ack)


async def test_S8_a_repeated_message_costs_no_allowance(tmp_path: Path) -> None:
    """Sending again what was acked is answered from memory, however often."""
    async with a_place(tmp_path, chat=Chat(messages_per_10_seconds=1)) as place:
        live, one, _ = await place.pair()
        for _ in range(4):
            await place.said(live, 0, "hello", cid="c" * 22)
        assert len({shared.encode(frame) for frame in one.seen}) == 1
        assert len(one.seen) == 4


async def test_S9_that_nobody_can_be_reached_is_told_while_it_is_true(tmp_path: Path) -> None:
    """A page that was loaded again reads it again; once somebody can be, both hear that."""
    there: list[str] = []
    async with a_place(tmp_path, reachable=lambda: bool(there)) as place:
        live, _, other = await place.pair()
        await place.said(live, 0, "help me")
        back = Page()
        await place.rooms.enter(live, 0, back)
        assert back.seen[-1] == to_student.Notice("no_adult", standing=True)
        place.rooms.tick()
        assert back.seen[-1] == to_student.Notice("no_adult", standing=True)
        there.append("ola")
        place.rooms.tick()
        assert back.seen[-1] == to_student.Notice("adult_coming")
        assert other.seen[-1] == to_student.Notice("peer_adult_coming")


async def test_S9_a_promise_that_cannot_be_kept_any_more_is_not_told_again(tmp_path: Path) -> None:
    """Who was promised somebody, and later heard that nobody can be, reads that on a new page."""
    there = ["ola"]
    async with a_place(tmp_path, reachable=lambda: bool(there)) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "help me")
        there.clear()
        await place.said(live, 0, "help me")
        back = Page()
        await place.rooms.enter(live, 0, back)
        standing = [frame for frame in back.seen if isinstance(frame, to_student.Notice)]
        assert standing == [to_student.Notice("no_adult", standing=True)]


async def test_pages_hear_a_sign_of_life(tmp_path: Path) -> None:
    """Every so often each page is told how far the room has come."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await place.said(live, 0, "hello")
        place.rooms.tick()
        one.take()
        other.take()
        place.clock.now += HEARTBEAT
        place.rooms.tick()
        place.rooms.tick()
        assert one.take() == other.take() == [to_student.Resumed(1)]


async def test_a_room_is_loaded_once_however_many_ask(tmp_path: Path) -> None:
    """Two students who come back at the same moment sit in the same room."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        again = place.again()
        found = await asyncio.gather(*(again.of_student(s.student) for s in live.room.seats))
        assert found[0] is not None
        assert found[0] is found[1]


async def test_a_room_read_while_it_is_opened_is_not_two_rooms(tmp_path: Path) -> None:
    """Whoever asks for a room in the moment of its commit gets the one that was opened."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        assert await place.rooms._load(live.room.id) is live
