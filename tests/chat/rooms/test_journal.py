"""What a room asks for is committed first and sent afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chat import wire
from chat.settings import Chat
from moderation.records import items, rooms, transcript
from tests.chat.shells import a_place, count


async def test_nothing_is_sent_before_its_commit(tmp_path: Path) -> None:
    """A message is neither acked nor delivered until the store has answered."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        place.rooms.say(live, 0, "c" * 22, "hello")
        assert one.seen == other.seen == []
        await place.committed()
        (ack,) = one.take()
        assert isinstance(ack, wire.Ack)
        assert (ack.state, ack.seq) == ("released", 1)
        assert other.take() == [wire.Message(1, ack.mid, "peer", "hello")]


async def test_words_lie_sealed_in_the_records(tmp_path: Path) -> None:
    """The bytes on disk open only with the room's key, and only for their own message."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "mask the fox")
        (row,) = await place.store.read(transcript.recent, live.room.id, 9)
        assert b"fox" not in row.sealed
        assert live.key.open(row.sealed, row.mid) == "mask the fox"
        assert row.sealed_shown is not None
        assert live.key.open(row.sealed_shown, row.mid) == "**** the fox"


async def test_times_said_never_repeat(tmp_path: Path) -> None:
    """Even with a clock that stands still, messages have an order."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        for _ in range(5):
            await place.said(live, 0, "hello")
        rows = await place.store.read(transcript.recent, live.room.id, 9)
        assert len({row.said_at for row in rows}) == 5
        assert [row.said_at for row in rows] == sorted(row.said_at for row in rows)


async def test_S10_a_disclosure_brings_item_incident_and_notices(tmp_path: Path) -> None:
    """Both are in the same commit as the message, and the rest of the house is told after it."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await place.said(live, 0, "help me")
        assert [type(frame) for frame in one.take()] == [wire.Ack, wire.Notice]
        assert [type(frame) for frame in other.take()] == [wire.Message, wire.Notice]
        (item,) = await place.store.read(items.open_items, place.needs.school)
        assert item.incident is not None
        assert item.escalate_at is None
        assert place.items == [item.id]
        assert len(place.incidents) == 1
        assert await count(place.store, "incidents") == 1


async def test_S9_no_adult_is_promised_when_none_can_be_reached(tmp_path: Path) -> None:
    """The incident stands all the same; the notice tells the truth."""
    async with a_place(tmp_path, reachable=lambda: False) as place:
        live, one, other = await place.pair()
        await place.said(live, 0, "help me")
        assert one.seen[-1] == wire.Notice("no_adult")
        assert len(other.seen) == 1
        assert await count(place.store, "incidents") == 1


async def test_a_held_message_waits_in_the_queue(tmp_path: Path) -> None:
    """It is acked as held, has no place, and is an item that escalates if nobody looks."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await place.said(live, 0, "hold this")
        (ack,) = one.take()
        assert (ack.state, ack.seq) == ("held", None)  # type: ignore[attr-defined]
        assert other.seen == []
        (item,) = await place.store.read(items.open_items, place.needs.school)
        assert item.held
        assert item.escalate_at == int((place.clock() + 60) * 1000)


@pytest.mark.parametrize("text", ["hello", "mask hello", "hold hello"])
async def test_S8_a_cid_older_than_memory_gets_its_stored_answer(tmp_path: Path, text: str) -> None:
    """After a restart the same words under the same cid are acked as before, and kept once."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        cid = await place.said(live, 0, text)
        (first,) = one.take()
        again = place.again()
        back = await again.find(live.room.id)
        assert back is not None
        await again.enter(back, 0, one)
        one.take()
        again.say(back, 0, cid, text)
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
        again = place.again()
        back = await again.find(live.room.id)
        assert back is not None
        await again.enter(back, 0, one)
        one.take()
        again.say(back, 0, cid, "other words")
        await place.committed()
        await again.quiet()
        (refused,) = one.take()
        assert isinstance(refused, wire.Error)
        assert (refused.code, refused.cid) == ("cid_conflict", cid)


async def test_a_store_that_keeps_nothing_acks_nothing(tmp_path: Path) -> None:
    """When the commit fails the writer is told, nobody else hears anything."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await place.store.close()
        place.rooms.say(live, 0, "c" * 22, "hello")
        await place.rooms.quiet()
        await one.heard.wait()
        (refused,) = one.take()
        assert isinstance(refused, wire.Error)
        assert (refused.code, refused.cid) == ("unavailable", "c" * 22)
        assert other.seen == []


async def test_what_is_held_without_an_alarm_is_in_the_queue_too(tmp_path: Path) -> None:
    """Nobody is disturbed, but only a person can release it: so it is an item."""
    async with a_place(tmp_path) as place:
        live, _, other = await place.pair()
        await place.said(live, 0, "hush now")
        (item,) = await place.store.read(items.open_items, place.needs.school)
        assert item.held
        assert other.seen == []


async def test_a_release_that_is_not_kept_shows_nothing(tmp_path: Path) -> None:
    """When the end of a held message cannot be committed it stays held, and nobody hears of it."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        cid = await place.said(live, 0, "hold this")
        await place.said(live, 0, "and this waits")
        one.take()
        await place.store.close()
        place.rooms.take_back(live, 0, cid)
        await asyncio.sleep(0)
        await place.rooms.quiet()
        assert one.seen == other.seen == []
        assert [waiting.settling for waiting in live.room.seats[0].line.values()] == [False, False]


async def test_an_end_that_is_not_kept_is_told_to_who_wanted_it(tmp_path: Path) -> None:
    """When leaving cannot be committed the room goes on, and the leaver knows."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await place.store.close()
        place.rooms.end(live, "left", 0)
        await one.heard.wait()
        (refused,) = one.take()
        assert isinstance(refused, wire.Error)
        assert refused.code == "unavailable"
        assert other.seen == []
        assert live.room.over is None


async def test_the_end_is_told_once_it_is_kept(tmp_path: Path) -> None:
    """Leaving tells both, lets both pages go, and forgets the room."""
    async with a_place(tmp_path, chat=Chat()) as place:
        live, one, other = await place.pair()
        place.rooms.end(live, "left", 0)
        await place.committed()
        assert (one.take(), other.take()) == ([wire.Ended("left")], [wire.PeerLeft()])
        assert one.lefts == other.lefts == 1
        assert len(place.rooms) == 0
