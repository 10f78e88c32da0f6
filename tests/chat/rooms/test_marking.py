"""What would be hidden is marked before it is said, and what goes without asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.frames import to_student
from moderation.ids import new_id
from tests.chat.shells import Page, a_place, count

ME = "tell me apart"


async def test_S11_nothing_is_kept_before_the_writer_has_seen_what_would_be_hidden(
    tmp_path: Path,
) -> None:
    """Only they are answered, with the places; no row is written and the peer hears nothing."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        cid = await place.said(live, 0, ME, ask=True)
        assert one.seen == [to_student.Marked(cid, ((0, 4),))]
        assert other.seen == []
        assert await count(place.store, "messages") == 0


async def test_S11_said_again_it_goes_without_those_words(tmp_path: Path) -> None:
    """The peer has the hidden form alone, by the decision that was marked: it is judged once."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        cid = await place.said(live, 0, ME, ask=True)
        await place.said(live, 0, ME, cid, ask=True)
        await place.said(live, 0, ME, cid)
        assert place.judge.asked == [(0, ME)]
        ack = one.seen[-1]
        assert isinstance(ack, to_student.Ack)
        assert (ack.state, ack.text, ack.seq) == ("redacted", "[hidden] me apart", 1)
        (message,) = other.seen
        assert isinstance(message, to_student.Message)
        assert message.text == "[hidden] me apart"
        assert live.room.seats[0].marked == {}


async def test_S11_other_words_under_a_marked_name_are_judged(tmp_path: Path) -> None:
    """What was marked answers for its own words and for nothing else."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        cid = await place.said(live, 0, ME, ask=True)
        await place.said(live, 0, "hold this", cid)
        ack = one.seen[-1]
        assert isinstance(ack, to_student.Ack)
        assert ack.state == "held"
        assert other.seen == []


@pytest.mark.parametrize("text", ["hello", "mask this", "hold this", "help me", "look at this"])
async def test_S11_nothing_else_waits_for_its_writer(tmp_path: Path, text: str) -> None:
    """A cry for help, and whatever a person is to look at, is never stopped for a question."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        cid = await place.said(live, 0, text, ask=True)
        ack = one.seen[0]
        assert isinstance(ack, to_student.Ack)
        assert ack.cid == cid


async def test_S11_who_is_alone_with_staff_is_asked_nothing(tmp_path: Path) -> None:
    """There is no peer from whom a name would be hidden."""
    async with a_place(tmp_path) as place:
        alone = await place.alone()
        page = Page()
        await place.rooms.enter(alone, 0, page)
        await place.said(alone, 0, ME, new_id(), ask=True)
        assert isinstance(page.seen[-1], to_student.Ack)


async def test_S11_what_is_never_said_is_forgotten(tmp_path: Path) -> None:
    """A page can ask as often as it likes without filling memory."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        for number in range(40):
            place.clock.now += 10
            await place.said(live, 0, f"{ME} {number}", new_id(), ask=True)
        assert len(live.room.seats[0].marked) == 8
