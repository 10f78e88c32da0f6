"""What a moderator did is told in the room it was about."""

from __future__ import annotations

from pathlib import Path

from chat.frames import to_student
from chat.rooms import moderated
from moderation.records.messages import Settle
from tests.chat.shells import a_place


async def test_a_decision_reaches_the_room(tmp_path: Path) -> None:
    """What a moderator's transaction settled is told to both pages at its place."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        cid = await place.said(live, 0, "hold this")
        (mid,) = live.room.seats[0].line
        one.take()
        moderated.decided(place.rooms, Settle(mid, live.room.id, "released"), 1)
        assert one.take() == [to_student.Status(cid, mid, "released", 1)]
        assert other.take() == [to_student.Message(1, mid, "peer", "hold this")]
        moderated.decided(place.rooms, Settle(mid, "r" * 22, "released"), 1)


async def test_M6_what_is_decided_again_meanwhile_is_not_held_again(tmp_path: Path) -> None:
    """A withheld message is taken back, and let through before the room has heard of either."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        await place.said(live, 0, "hello")
        (ack,) = one.take()
        assert isinstance(ack, to_student.Ack)
        await moderated.held_again(place.rooms, live.room.id, ack.mid)
        await moderated.held_again(place.rooms, "r" * 22, ack.mid)
        assert (live.room.seats[0].line, one.take()) == ({}, [])


async def test_a_moderator_closes_a_room(tmp_path: Path) -> None:
    """Both pages hear it, once."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        moderated.closed(place.rooms, live.room.id, "moderator")
        moderated.closed(place.rooms, live.room.id, "moderator")
        assert one.take() == other.take() == [to_student.Ended("moderator")]
        assert one.lefts == 1
