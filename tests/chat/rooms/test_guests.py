"""Staff in a students' room: what they say arrives as theirs, and both students see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.frames import to_student
from chat.rooms.guests import Guests
from chat.rooms.speech import Speech
from moderation.ids import new_id
from moderation.records import tables as t
from tests.chat.shells import Page, Place, a_place

MO = "m" * 22


def guests(place: Place) -> Guests:
    return Guests(place.rooms, place.store, place.clock)


async def acts(place: Place) -> list[str]:
    found = await place.store.read(lambda conn: conn.execute(t.audit.select()).all())
    return [row.act for row in found]


async def test_M12_P9_staff_speak_to_both_under_what_they_are(tmp_path: Path) -> None:
    """Both pages get the same place, and who says so; it comes again in the history."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await place.said(live, 0, "hello")
        one.take()
        other.take()
        speech = Speech(live.room.id, new_id(), MO, "adult", "I am here now.")
        assert await guests(place).speak(speech) is None
        for page in (one, other):
            (message,) = page.take()
            assert isinstance(message, to_student.Message)
            assert (message.seq, message.who, message.text) == (2, "adult", "I am here now.")
        again = Page()
        await place.rooms.enter(live, 0, again)
        said = [frame.who for frame in again.seen if isinstance(frame, to_student.Message)]
        assert said == ["me", "adult"]
        assert await acts(place) == ["speak"]


async def test_words_to_one_student_reach_nobody_else(tmp_path: Path) -> None:
    """They take no place in the room, and only their student is given them again."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        speech = Speech(live.room.id, new_id(), MO, "moderator", "Are you all right?", 0)
        assert await guests(place).speak(speech) is None
        assert [type(frame) for frame in one.take()] == [to_student.Told]
        assert other.take() == []
        await place.said(live, 1, "next")
        assert live.room.head == 1
        for seat, told in ((0, ["Are you all right?"]), (1, [])):
            page = Page()
            await place.rooms.enter(live, seat, page)
            assert [f.text for f in page.seen if isinstance(f, to_student.Told)] == told


async def test_the_same_words_twice_are_said_once(tmp_path: Path) -> None:
    """A page that was not answered may send them again under the same id."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        speech = Speech(live.room.id, new_id(), MO, "moderator", "Be kind, please.")
        assert await guests(place).speak(speech) is None
        assert await guests(place).speak(speech) is None
        assert len(one.take()) == 1


@pytest.mark.parametrize(
    ("text", "to", "code"),
    [("", None, "empty"), ("x\x00", None, "bad_text"), ("hello", 1, "not_found")],
)
async def test_what_cannot_be_said_is_refused(
    tmp_path: Path, text: str, to: int | None, code: str
) -> None:
    """Nothing is kept of it; a room of one seat has no other."""
    async with a_place(tmp_path) as place:
        live = await place.alone()
        speech = Speech(live.room.id, new_id(), MO, "moderator", text, to)
        assert await guests(place).speak(speech) == code
        assert await acts(place) == []


async def test_nobody_speaks_in_a_room_that_is_over(tmp_path: Path) -> None:
    """Not after its end, and not in one there never was."""
    async with a_place(tmp_path) as place:
        live, *_ = await place.pair()
        place.rooms.leave(live, 0)
        await place.committed()
        for room in (live.room.id, "n" * 22):
            speech = Speech(room, new_id(), MO, "moderator", "hello")
            assert await guests(place).speak(speech) == "ended"
            assert await guests(place).come(room, MO, "moderator") == "ended"


async def test_P9_students_see_who_is_there_from_the_first_to_the_last(tmp_path: Path) -> None:
    """Two adults are one notice; a page that comes back hears of them; both visits are audited."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        here = guests(place)
        for staff in (MO, "o" * 22, MO):
            assert await here.come(live.room.id, staff, "adult") is None
        assert one.take() == [to_student.Notice("adult_here")]
        page = Page()
        await place.rooms.enter(live, 0, page)
        assert page.take()[-1] == to_student.Notice("adult_here", standing=True)
        await here.go(live.room.id, MO, "adult")
        assert page.take() == []
        await here.go(live.room.id, "o" * 22, "adult")
        await here.go(live.room.id, MO, "adult")
        assert page.take() == [to_student.Notice("adult_gone")]
        assert await acts(place) == ["come", "come", "come", "go", "go"]


async def test_words_of_staff_are_no_part_of_what_is_judged(tmp_path: Path) -> None:
    """A room loaded from the records judges again what students said, and nothing else."""
    async with a_place(tmp_path) as place:
        live, *_ = await place.pair()
        await place.said(live, 1, "hello")
        speech = Speech(live.room.id, new_id(), MO, "moderator", "help is coming")
        await guests(place).speak(speech)
        del place.judge.asked[:]
        again = place.again()
        loaded = await again.find(live.room.id)
        assert loaded is not None
        assert loaded.room.head == 2
        assert place.judge.asked == [(1, "hello")]
