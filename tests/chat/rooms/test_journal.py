"""What a room asks for is committed first and sent afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chat.frames import shared, to_student
from chat.frames.from_student import Say
from chat.rooms import moderated
from chat.rooms.open_room import OpenRoom
from chat.settings import Chat
from moderation.records import items, transcript
from moderation.records.store import StoreUnavailable
from tests.chat.shells import Page, Place, Stumble, a_place, count

FIRST, SECOND, THIRD, FOURTH = (letter * 22 for letter in "abcd")


async def test_nothing_is_sent_before_its_commit(tmp_path: Path) -> None:
    """A message is neither acked nor delivered until the store has answered."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        place.rooms.say(live, 0, Say("c" * 22, "hello"))
        assert one.seen == other.seen == []
        await place.committed()
        (ack,) = one.take()
        assert isinstance(ack, to_student.Ack)
        assert (ack.state, ack.seq) == ("released", 1)
        assert other.take() == [to_student.Message(1, ack.mid, "peer", "hello")]


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
        assert [type(frame) for frame in one.take()] == [to_student.Ack, to_student.Notice]
        assert [type(frame) for frame in other.take()] == [to_student.Message, to_student.Notice]
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
        assert one.seen[-1] == to_student.Notice("no_adult")
        assert other.seen[-1] == to_student.Notice("peer_no_adult")
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


async def test_M1_F10_what_may_be_kept_is_looked_for_in_the_queue(tmp_path: Path) -> None:
    """Where the answer was lost, moderators are told all the same."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        lost = Stumble(place.store, kept=True)
        place.rooms.say(live, 0, Say("c" * 22, "hold this"))
        await lost.begun.wait()
        lost.fail()
        await place.committed()
        found = await place.store.read(items.open_items, place.needs.school)
        assert place.items == [row.id for row in found]
        lost = Stumble(place.store, kept=True)
        lost.fail()
        with pytest.raises(StoreUnavailable):
            await place.rooms.requests.ask_person(live, 0, "help")
        found = await place.store.read(items.open_items, place.needs.school)
        assert sorted(place.items) == sorted(row.id for row in found)


async def test_S6_F10_what_was_taken_back_and_never_answered_holds_nothing_up(
    tmp_path: Path,
) -> None:
    """The page asks again until it is answered: then it is over, and what waited goes on."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        cid = await place.said(live, 0, "hold this")
        await place.said(live, 0, "and this")
        one.take()
        lost = Stumble(place.store, kept=True)
        lost.fail()
        for expected in ([], ["taken_back", "released"]):
            place.rooms.take_back(live, 0, cid)
            await lost.begun.wait()
            await place.committed()
            await place.committed()
            states = [frame.state for frame in one.take() if isinstance(frame, to_student.Status)]
            assert states == expected
        assert [frame.text for frame in other.take()] == ["and this"]  # type: ignore[attr-defined]
        (row,) = await place.store.read(items.open_items, place.needs.school)
        assert not row.held


async def test_a_store_that_keeps_nothing_acks_nothing(tmp_path: Path) -> None:
    """When the commit fails the writer is told, nobody else hears anything."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await place.store.close()
        place.rooms.say(live, 0, Say("c" * 22, "hello"))
        await place.rooms.quiet()
        await one.heard.wait()
        (refused,) = one.take()
        assert isinstance(refused, shared.Error)
        assert (refused.code, refused.cid) == ("unavailable", "c" * 22)
        assert other.seen == []


def told(page: Page) -> list[tuple[str, str | None]]:
    """What a page was answered, and about which of its messages."""
    frames = page.take()
    return [(getattr(frame, "code", "kept"), getattr(frame, "cid", None)) for frame in frames]


async def one_not_kept(place: Place, live: OpenRoom) -> None:
    """Seat 0 has said three things; the first was not kept, and the two behind it came later."""
    stumble = Stumble(place.store)
    place.rooms.say(live, 0, Say(FIRST, "one"))
    await stumble.begun.wait()
    place.rooms.say(live, 0, Say(SECOND, "two"))
    place.rooms.say(live, 0, Say(THIRD, "three"))
    stumble.fail()
    await place.committed()


async def test_K4_what_is_said_behind_a_message_that_is_not_kept_is_not_kept_before_it(
    tmp_path: Path,
) -> None:
    """All three are refused although two could have been kept, and go on in order said again."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await one_not_kept(place, live)
        no = "unavailable"
        assert told(one) == [(no, FIRST), (no, SECOND), (no, THIRD)]
        await place.said(live, 0, "said before it heard", FOURTH)
        assert told(one) == [(no, FOURTH)]
        assert other.seen == []
        for cid, text in ((FIRST, "one"), (SECOND, "two"), (THIRD, "three"), (FOURTH, "said")):
            place.rooms.say(live, 0, Say(cid, text))
        await place.committed()
        assert [frame.text for frame in other.take()] == ["one", "two", "three", "said"]  # type: ignore[attr-defined]


async def test_K4_a_page_that_moves_before_it_hears_keeps_its_order(tmp_path: Path) -> None:
    """What it left at one node is not kept there before what it says first at the next."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        stumble = Stumble(place.store)
        place.rooms.say(live, 0, Say(FIRST, "one"))
        await stumble.begun.wait()
        place.rooms.say(live, 0, Say(SECOND, "two"))
        place.rooms.lost(live, 0, one)
        node = place.again()
        moved = await node.find(live.room.id)
        assert moved is not None
        await node.enter(moved, 0, Page())
        node.say(moved, 0, Say(FIRST, "one"))
        node.say(moved, 0, Say(SECOND, "two"))
        stumble.fail()
        await place.committed()
        await node.quiet()
        rows = await place.store.read(transcript.shown_after, live.room.id, 0, 9)
        assert [row.cid for row in rows] == [FIRST, SECOND]


async def test_K4_who_goes_on_behind_a_missing_message_must_come_back(tmp_path: Path) -> None:
    """Saying again only what stood behind it ends the connection; on the next one it is kept."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await one_not_kept(place, live)
        await place.said(live, 0, "two", SECOND)
        assert one.refused == ["out_of_turn"]
        assert other.seen == []
        await place.rooms.enter(live, 0, Page())
        await place.said(live, 0, "two", SECOND)
        assert [frame.text for frame in other.take()] == ["two"]  # type: ignore[attr-defined]


async def test_S10_a_cry_for_help_does_not_wait_for_a_missing_message(tmp_path: Path) -> None:
    """It is kept although something before it was not, and what it stands before still waits."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await one_not_kept(place, live)
        one.take()
        cry = await place.said(live, 0, "help me")
        assert told(one)[0] == ("kept", cry)
        assert [type(frame) for frame in other.take()] == [to_student.Message, to_student.Notice]
        assert await count(place.store, "incidents") == 1
        await place.said(live, 0, "and then", FOURTH)
        assert told(one) == [("unavailable", FOURTH)]


async def test_K4_who_is_too_quick_is_not_heard_out_of_order(tmp_path: Path) -> None:
    """What comes behind a message that came too soon is refused, though it comes in time."""
    async with a_place(tmp_path, chat=Chat(messages_per_10_seconds=1)) as place:
        live, one, other = await place.pair()
        await place.said(live, 0, "hello")
        place.clock.now += 9.9
        await place.said(live, 0, "one", FIRST)
        place.clock.now += 0.2
        await place.said(live, 0, "two", SECOND)
        assert told(one)[1:] == [("rate_limited", FIRST), ("unavailable", SECOND)]
        place.clock.now += 10
        await place.said(live, 0, "one", FIRST)
        place.clock.now += 10
        await place.said(live, 0, "two", SECOND)
        assert [frame.text for frame in other.take()] == ["hello", "one", "two"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["hush now", "tell them"])
async def test_nothing_waits_for_what_its_writer_has_back(tmp_path: Path, text: str) -> None:
    """A message that came too soon and is then refused for good, or marked, is in nobody's way."""
    async with a_place(tmp_path, chat=Chat(messages_per_10_seconds=1)) as place:
        live, one, _ = await place.pair()
        await place.said(live, 0, "hello")
        await place.said(live, 0, text, FIRST, ask=True)
        place.clock.now += 10
        if text == "hush now":
            moderated.muted(place.rooms, live.room.id, 0, place.clock.now + 1)
        await place.said(live, 0, text, FIRST, ask=True)
        place.clock.now += 10
        await place.said(live, 0, "and on", SECOND)
        assert told(one)[-1] == ("kept", SECOND)


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
        place.rooms.leave(live, 0)
        await one.heard.wait()
        (refused,) = one.take()
        assert isinstance(refused, shared.Error)
        assert refused.code == "unavailable"
        assert other.seen == []
        assert live.room.over is None


async def test_the_end_is_told_once_it_is_kept(tmp_path: Path) -> None:
    """Leaving tells both, lets both pages go, and forgets the room."""
    async with a_place(tmp_path, chat=Chat()) as place:
        live, one, other = await place.pair()
        place.rooms.leave(live, 0)
        await place.committed()
        assert (one.take(), other.take()) == ([to_student.Ended("left")], [to_student.PeerLeft()])
        assert one.lefts == other.lefts == 1
        assert len(place.rooms) == 0
