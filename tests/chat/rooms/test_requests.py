"""What students ask of people beside what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.records import items, rooms
from tests.chat.shells import a_place
from tests.moderation.records.sample import add_students


async def test_S9_a_call_for_a_person_is_an_item_that_escalates(tmp_path: Path) -> None:
    """With or without a room it is in the queue, and becomes a page if nobody takes it."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.rooms.requests.ask_person(live, 0, "help")
        await place.rooms.requests.ask_person(None, None, "help")
        found = await place.store.read(items.open_items, place.needs.school)
        assert {item.room for item in found} == {live.room.id, None}
        assert {item.escalate_at for item in found} == {int((place.clock() + 60) * 1000)}
        assert sorted(place.items) == sorted(item.id for item in found)


@pytest.mark.parametrize(
    ("text", "held", "seconds"),
    [("hold it", True, 60), ("look at it", False, 300), ("help me", False, None)],
)
async def test_M9_every_item_has_its_own_ceiling(
    tmp_path: Path, text: str, seconds: int | None, *, held: bool
) -> None:
    """A held message escalates soon, one to look at later, one that was paged at once not again."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, text)
        (item,) = await place.store.read(items.open_items, place.needs.school)
        assert item.held is held
        expected = None if seconds is None else int((place.clock() + seconds) * 1000)
        assert item.escalate_at == expected


async def test_S12_students_kept_apart_are_in_the_records(tmp_path: Path) -> None:
    """Both know to avoid the other; a room of one has nobody to avoid."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.rooms.requests.keep_apart(live)
        one, other = (seat.student for seat in live.room.seats)
        assert await place.store.read(rooms.blocked_peers, one) == {other}
        assert await place.store.read(rooms.blocked_peers, other) == {one}
        await place.store.write(add_students, "solo")
        await place.rooms.requests.keep_apart(await place.rooms.open(["solo"], "help"))
        assert await place.store.read(rooms.blocked_peers, "solo") == frozenset()
