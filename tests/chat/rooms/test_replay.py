"""What a page that comes back is given."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chat.frames import from_student, to_student
from chat.rooms import moderated, replay
from chat.rooms.open_room import OpenRoom
from moderation.records import transcript
from moderation.records.messages import Settle, settle
from tests.chat.shells import Late, Page, Place, a_place


def resume(live: OpenRoom, seq: int, epoch: str | None = None) -> from_student.Resume:
    return from_student.Resume(live.room.id, epoch or live.room.epoch, seq)


async def come_back(
    place: Place, live: OpenRoom, seat: int, at: from_student.Resume | None
) -> Page:
    page = Page()
    await place.rooms.enter(live, seat, page, at)
    return page


def seqs(page: Page) -> list[int]:
    return [frame.seq for frame in page.seen if isinstance(frame, to_student.Message)]


async def test_a_new_page_gets_everything(tmp_path: Path) -> None:
    """The room first, then every message in order, own ones under their cid, then the place."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        cid = await place.said(live, 0, "one")
        await place.said(live, 1, "mask two")
        page = await come_back(place, live, 0, None)
        room, first, second, done = page.seen
        assert isinstance(room, to_student.Matched)
        assert room.seq == 2
        assert isinstance(first, to_student.Message)
        assert (first.who, first.cid, first.text) == ("me", cid, "one")
        assert isinstance(second, to_student.Message)
        assert (second.who, second.cid, second.text) == ("peer", None, "**** two")
        assert second.state == "masked"
        assert done == to_student.Resumed(2)


async def test_S8_a_page_that_was_there_gets_only_the_rest(tmp_path: Path) -> None:
    """Nothing up to the page's place is sent again."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        for text in ("one", "two", "three"):
            await place.said(live, 0, text)
        assert seqs(await come_back(place, live, 1, resume(live, 1))) == [2, 3]
        assert seqs(await come_back(place, live, 1, resume(live, 3))) == []


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("first", [False, True])
async def test_S6_what_is_released_while_a_page_comes_back_is_shown_with_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, first: bool, heard: bool
) -> None:
    """Before or after it was read what waits, and whether or not the room has heard of it yet."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        cid = await place.said(live, 0, "hold this")
        (mid,) = live.room.seats[0].line
        read = place.store.read

        async def release() -> None:
            row = Settle(mid, live.room.id, "released")
            seq = await place.store.write(settle, row)
            if heard:
                moderated.decided(place.rooms, row, seq)

        async def meanwhile(query: Any, *args: Any) -> Any:
            if query is transcript.own and first:
                await release()
            answer = await read(query, *args)
            if query is transcript.own and not first:
                await release()
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(place.store, "read", meanwhile)
            page = await come_back(place, live, 0, None)
        shown = to_student.Message(1, mid, "me", "hold this", cid, "released")
        assert page.seen[1:3] == [shown, to_student.Resumed(1)]
        told = [to_student.Status(cid, mid, "released", 1)] if heard else []
        assert page.seen[3:] == told


async def test_another_history_is_a_reset(tmp_path: Path) -> None:
    """A page of another epoch is told so, and given everything."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "one")
        page = await come_back(place, live, 1, resume(live, 1, "0" * 16))
        assert page.seen[1] == to_student.Reset(live.room.id, live.room.epoch, 0, "epoch")
        assert seqs(page) == [1]


async def test_a_place_in_another_room_is_no_place(tmp_path: Path) -> None:
    """A page that was in another room is given everything of this one."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "one")
        page = await come_back(place, live, 1, from_student.Resume("r" * 22, live.room.epoch, 7))
        assert seqs(page) == [1]


async def test_a_page_ahead_of_its_room_must_start_again(tmp_path: Path) -> None:
    """It is refused, and what is said afterwards is not kept back for it."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        page = await come_back(place, live, 1, resume(live, 5))
        assert page.refused == ["seq_ahead"]
        await place.said(live, 0, "one")
        assert live._later == [None, None]


async def test_S8_a_page_that_was_shown_more_than_its_room_knows_keeps_its_place(
    tmp_path: Path,
) -> None:
    """A message was released and the answer to that lost: the room learns of it, and the peer."""
    async with a_place(tmp_path) as place:
        live, _, other = await place.pair()
        await place.said(live, 0, "hold this")
        (mid,) = live.room.seats[0].line
        await place.store.write(settle, Settle(mid, live.room.id, "released"))
        page = await come_back(place, live, 0, None)
        assert seqs(page) == [1]
        await place.rooms.quiet()
        back = await come_back(place, live, 0, resume(live, 1))
        assert back.refused == []
        assert seqs(other) == [1]


async def test_a_long_absence_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the latest messages are given back, after a reset that names where they begin."""
    monkeypatch.setattr(replay, "LIMIT", 2)
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        for n in range(5):
            await place.said(live, 0, f"message {n}")
        page = await come_back(place, live, 1, None)
        assert page.seen[1] == to_student.Reset(live.room.id, live.room.epoch, 3, "too_far")
        assert seqs(page) == [4, 5]


async def test_more_than_one_read_is_needed_and_none_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """History longer than one read comes whole and in order."""
    monkeypatch.setattr(replay, "_AT_ONCE", 2)
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        for n in range(5):
            await place.said(live, 0, f"message {n}")
        assert seqs(await come_back(place, live, 1, None)) == [1, 2, 3, 4, 5]


async def test_S6_own_messages_that_nobody_sees_come_with_their_state(tmp_path: Path) -> None:
    """Held and taken-back messages are told to their writer after the history, and to no other."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        taken = await place.said(live, 0, "hold one")
        place.rooms.take_back(live, 0, taken)
        await place.committed()
        held = await place.said(live, 0, "hold two")
        page = await come_back(place, live, 0, None)
        told = [frame for frame in page.seen if isinstance(frame, to_student.Status)]
        assert [(s.cid, s.state, s.text) for s in told] == [
            (taken, "taken_back", "hold one"),
            (held, "held", "hold two"),
        ]
        assert "hold" not in str((await come_back(place, live, 1, None)).seen)
        assert one.refused == ["replaced"]


async def test_S7_a_page_that_comes_back_knows_how_long_it_waits_already(tmp_path: Path) -> None:
    """What is held is told with its age; what is settled has none."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        taken = await place.said(live, 0, "hold one")
        place.rooms.take_back(live, 0, taken)
        await place.said(live, 0, "hold two")
        place.clock.now += 90
        page = await come_back(place, live, 0, None)
        told = [frame.waited for frame in page.seen if isinstance(frame, to_student.Status)]
        assert told == [None, 90]


async def test_a_history_that_cannot_be_read_starts_again(tmp_path: Path) -> None:
    """A page whose replay fails is told to reconnect, and is not left mute."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.store.close()
        page = await come_back(place, live, 1, None)
        assert page.refused == ["slow_reader"]
        assert live._later == [None, None]


async def test_S9_nothing_stands_any_more_in_a_room_that_ended_while_it_was_read(
    tmp_path: Path,
) -> None:
    """The last a page hears is that it is over: nobody is on the way to a chat that is not."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        place.rooms.perform(live, live.room.calls.asked(0))
        late = Late(place.store, transcript.own)
        came = asyncio.ensure_future(place.rooms.enter(live, 0, one))
        await late.begun.wait()
        place.rooms.leave(live, 1)
        await place.committed()
        late.come()
        await came
        assert one.take()[-1] == to_student.PeerLeft()
