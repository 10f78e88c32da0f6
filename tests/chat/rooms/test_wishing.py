"""What a student answers about how they would like to be met."""

from __future__ import annotations

from pathlib import Path

from chat.frames import shared, to_student
from tests.chat.shells import Page, a_place


async def test_S10_a_page_that_comes_back_shows_what_was_answered(tmp_path: Path) -> None:
    """Only the student about whom an adult was called is told, and what they answered alone."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "help me")
        answered = await place.rooms.wish(live, 0, shared.Wishes("chat", "told"))
        assert answered == shared.Wishes("chat", "told")
        one, other = Page(), Page()
        await place.rooms.enter(live, 0, one)
        await place.rooms.enter(live, 1, other)
        assert one.seen[-2:] == [
            to_student.Notice("adult_coming", standing=True),
            shared.Wishes("chat", "told"),
        ]
        assert not any(isinstance(frame, shared.Wishes) for frame in other.seen)


async def test_S10_a_peer_has_nothing_to_answer(tmp_path: Path) -> None:
    """Whoever no incident is about is refused alike, before and after one about their peer."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        before = await place.rooms.wish(live, 1, shared.Wishes("chat"))
        await place.said(live, 0, "help me")
        one.take()
        assert await place.rooms.wish(live, 1, shared.Wishes("chat")) == before
        assert isinstance(before, shared.Error)
        assert before.code == "not_found"
        assert one.seen == []
