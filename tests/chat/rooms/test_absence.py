"""Seats whose page stays away, and what keeps their room."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.frames import shared, to_student
from chat.frames.from_student import Say
from chat.rooms.guests import Guests
from chat.rooms.open_room import OpenRoom
from chat.settings import Chat
from moderation.records import tables as t
from moderation.records.called_adults import concerned
from tests.chat.shells import Late, Page, Place, Stumble, a_place

AWAY = Chat(away_seconds=60)


async def later(place: Place, seconds: float = 61) -> None:
    """So many seconds later the clock of the rooms ticks, and all that follows is done."""
    place.clock.now += seconds
    place.rooms.tick()
    await place.rooms.quiet()
    await place.committed()


async def is_open(place: Place, live: OpenRoom) -> bool:
    return await place.rooms.find(live.room.id) is not None


async def test_a_room_nobody_comes_back_to_ends(tmp_path: Path) -> None:
    """After the time set, a seat without a page ends the room, not before."""
    async with a_place(tmp_path, chat=AWAY) as place:
        live, one, other = await place.pair()
        place.rooms.lost(live, 0, one)
        await later(place, 60)
        assert live.room.over is None
        await later(place, 1)
        assert other.take()[-1] == to_student.PeerLeft()
        assert not await is_open(place, live)
        student = live.room.seats[0].student
        assert await place.rooms.why_over(live.room.id, student) == "away"
        assert await place.rooms.why_over(live.room.id, "eve") is None


async def test_S9_who_called_for_a_person_finds_the_room_however_long_the_phone_slept(
    tmp_path: Path,
) -> None:
    """Until somebody has finished the call; a node that did not hear the call knows it too."""
    async with a_place(tmp_path, chat=AWAY) as place:
        live = await place.alone()
        await place.rooms.requests.ask_person(live, 0, "help")
        for _ in range(20):
            await later(place)
        assert await is_open(place, live)
        done = t.items.update().values(done_at=1)
        await place.store.write(lambda conn, _: [conn.execute(done) and None], "")
        await later(place)
        assert not await is_open(place, live)


@pytest.mark.parametrize("away", [0, 1])
async def test_S10_an_adult_who_is_called_finds_the_student_though_one_of_two_stays_away(
    tmp_path: Path, away: int
) -> None:
    """Whose phone sleeps cuts nobody off from the adult: not themselves, and not the other."""
    async with a_place(tmp_path, chat=AWAY) as place:
        live, *pages = await place.pair()
        await place.said(live, 0, "help me")
        place.rooms.lost(live, away, pages[away])
        await later(place)
        await later(place)
        assert await is_open(place, live)


async def test_P9_a_room_with_an_adult_in_it_does_not_end_because_a_page_is_away(
    tmp_path: Path,
) -> None:
    """Once they have gone, the student has as long as ever to come back."""
    async with a_place(tmp_path, chat=AWAY) as place:
        live, one, _ = await place.pair()
        guests = Guests(place.rooms, place.store, place.clock)
        guests.came(live.room.id, "pat", "adult")
        place.rooms.lost(live, 0, one)
        await later(place)
        guests.went(live.room.id, "pat", "adult")
        await later(place, 60)
        assert await is_open(place, live)
        await later(place, 1)
        assert not await is_open(place, live)


async def test_who_comes_back_while_it_is_looked_up_is_not_away(tmp_path: Path) -> None:
    """An answer that comes late ends nothing."""
    async with a_place(tmp_path, chat=AWAY) as place:
        live, one, _ = await place.pair()
        place.rooms.lost(live, 0, one)
        late = Late(place.store, concerned)
        place.clock.now += 61
        place.rooms.tick()
        await late.begun.wait()
        await place.rooms.enter(live, 0, Page())
        late.come()
        await later(place, 0)
        assert await is_open(place, live)


async def test_S10_whoever_cries_while_it_is_looked_up_keeps_the_room(tmp_path: Path) -> None:
    """That nobody was called is not true any more: the adult finds them there."""
    async with a_place(tmp_path, chat=AWAY) as place:
        live, one, other = await place.pair()
        place.rooms.lost(live, 0, one)
        late = Late(place.store, concerned)
        place.clock.now += 61
        place.rooms.tick()
        await late.begun.wait()
        place.rooms.say(live, 1, Say("c" * 22, "help me"))
        late.come()
        await later(place, 0)
        assert await is_open(place, live)
        other.take()
        await place.said(live, 1, "are you there")
        assert [type(frame) for frame in other.take()] == [to_student.Ack]


async def test_F8_a_room_is_not_ended_while_the_records_cannot_say_who_is_called(
    tmp_path: Path,
) -> None:
    """A second later it is asked again."""
    async with a_place(tmp_path, chat=AWAY) as place:
        live, one, _ = await place.pair()
        place.rooms.lost(live, 0, one)
        place.store._open = False
        await later_unkept(place)
        place.store._open = True
        assert live.room.over is None
        await later(place, 1)
        assert not await is_open(place, live)


async def test_F8_who_comes_back_as_they_are_given_up_hears_of_no_failure(tmp_path: Path) -> None:
    """The end of their room could not be kept: they have lost nothing, and it goes on."""
    async with a_place(tmp_path, chat=AWAY) as place:
        live, one, _ = await place.pair()
        place.rooms.lost(live, 0, one)
        stumble, page = Stumble(place.store), Page()
        place.clock.now += 61
        place.rooms.tick()
        await stumble.begun.wait()
        await place.rooms.enter(live, 0, page)
        stumble.fail()
        await place.committed()
        assert [frame for frame in page.seen if isinstance(frame, shared.Error)] == []
        assert await is_open(place, live)


async def later_unkept(place: Place) -> None:
    """The clock ticks, and nothing can be read."""
    place.clock.now += 61
    place.rooms.tick()
    await place.rooms.quiet()
