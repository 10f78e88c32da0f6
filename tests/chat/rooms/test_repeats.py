"""A message that is said again under a `cid` which only the records remember."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.frames import shared, to_student
from chat.frames.from_student import Say
from chat.rooms.open_room import OpenRoom
from chat.rooms.rooms import Rooms
from moderation.records import rooms, transcript
from tests.chat.shells import Late, Page, Place, a_place, count


async def come_back(place: Place, live: OpenRoom, page: Page) -> tuple[Rooms, OpenRoom]:
    """The first student's page, back in its room at a server that was just started."""
    again = place.again()
    back = await again.find(live.room.id)
    assert back is not None
    await again.enter(back, 0, page)
    page.take()
    return again, back


@pytest.mark.parametrize("text", ["hello", "mask hello", "hold hello"])
async def test_S8_a_cid_older_than_memory_gets_its_stored_answer(tmp_path: Path, text: str) -> None:
    """After a restart the same words under the same cid are acked as before, and kept once."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        cid = await place.said(live, 0, text)
        (first,) = one.take()
        again, back = await come_back(place, live, one)
        again.say(back, 0, Say(cid, text))
        await place.store.read(rooms.room, live.room.id)
        await place.committed()
        await again.quiet()
        assert one.take() == [first]
        assert await count(place.store, "messages") == 1


async def test_a_cid_older_than_memory_with_other_words_is_a_conflict(tmp_path: Path) -> None:
    """After a restart a cid still stands for its own words only."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        cid = await place.said(live, 0, "hello")
        again, back = await come_back(place, live, one)
        again.say(back, 0, Say(cid, "other words"))
        await place.committed()
        await again.quiet()
        (refused,) = one.take()
        assert isinstance(refused, shared.Error)
        assert (refused.code, refused.cid) == ("cid_conflict", cid)


async def test_S8_a_stored_answer_that_cannot_be_read_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails, the writer hears that nothing is known yet; the next try is answered."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        cid = await place.said(live, 0, "hello")
        (first,) = one.take()
        again, back = await come_back(place, live, one)
        with monkeypatch.context() as broken:
            broken.setattr(transcript, "by_cid", None)
            again.say(back, 0, Say(cid, "hello"))
            await place.committed()
            await again.quiet()
        (refused,) = one.take()
        assert isinstance(refused, shared.Error)
        assert (refused.code, refused.cid) == ("unavailable", cid)
        again.say(back, 0, Say(cid, "hello"))
        await place.committed()
        await again.quiet()
        assert one.take() == [first]


async def test_S6_what_is_settled_while_its_answer_is_read_does_not_wait_again(
    tmp_path: Path,
) -> None:
    """Said again and taken back in one moment: nothing waits behind what is over."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        cid = await place.said(live, 0, "hold this")
        again, back = await come_back(place, live, one)
        late = Late(place.store, transcript.by_cid)
        again.say(back, 0, Say(cid, "hold this"))
        await late.begun.wait()
        again.take_back(back, 0, cid)
        await place.committed()
        late.come()
        await again.quiet()
        one.take()
        again.say(back, 0, Say("c" * 22, "hello"))
        await place.committed()
        (ack,) = one.take()
        assert isinstance(ack, to_student.Ack)
        assert ack.state == "released"
