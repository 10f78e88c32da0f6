"""A room that others change too: what is not known is asked of the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chat.frames import shared, to_student
from chat.rooms.open_room import OpenRoom
from moderation.records import transcript
from moderation.records.store import StoreUnavailable
from tests.chat.shells import Page, Place, a_place

FIRST, SECOND = "1" * 22, "2" * 22


async def a_room_behind(place: Place) -> tuple[OpenRoom, Page, Page]:
    """A room in which another node has kept two messages that this one has not heard of."""
    live, one, other = await place.pair()
    elsewhere = place.again()
    copy = await elsewhere.find(live.room.id)
    assert copy is not None
    for cid, text in ((FIRST, "one"), (SECOND, "two")):
        elsewhere.say(copy, 0, cid, text)
        await place.committed()
    return live, one, other


def lines_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was shown cannot be read; everything else can."""
    read = place.store.read

    async def refuse(query: Any, *args: Any, **kwargs: Any) -> Any:
        if query is transcript.shown_after:
            raise StoreUnavailable
        return await read(query, *args, **kwargs)

    monkeypatch.setattr(place.store, "read", refuse)


async def test_level_shows_everything_up_to_a_place(tmp_path: Path) -> None:
    """What another node kept is shown here in its order."""
    async with a_place(tmp_path) as place:
        live, _, other = await a_room_behind(place)
        await place.rooms.elsewhere.level(live, 2)
        assert [frame.text for frame in other.take()] == ["one", "two"]  # type: ignore[attr-defined]
        assert live.room.head == 2


async def test_who_asks_for_a_place_hears_that_it_could_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catching up in passing is only put off."""
    async with a_place(tmp_path) as place:
        live, _, other = await a_room_behind(place)
        with monkeypatch.context() as patch:
            lines_away(place, patch)
            with pytest.raises(StoreUnavailable):
                await place.rooms.elsewhere.level(live, 2)
            place.rooms.elsewhere.catch_up(live)
            await place.rooms.quiet()
            assert (live.room.head, other.take()) == (0, [])
        place.rooms.elsewhere.catch_up(live)
        await place.rooms.quiet()
        assert live.room.head == 2


async def test_nothing_is_acknowledged_beyond_what_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said again while the lines cannot be read, a message is refused; later it has its place."""
    async with a_place(tmp_path) as place:
        live, one, _ = await a_room_behind(place)
        with monkeypatch.context() as patch:
            lines_away(place, patch)
            await place.said(live, 0, "two", SECOND)
        (refused,) = one.take()
        assert isinstance(refused, shared.Error)
        assert refused.code == "unavailable"
        await place.said(live, 0, "two", SECOND)
        acks = [frame for frame in one.take() if isinstance(frame, to_student.Ack)]
        assert acks[-1].seq == 2
