"""What a moderator sees of an item."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from chat.desk.card import AFTER, BEFORE, card_of, item_of
from chat.frames import shared, to_staff
from moderation.records import items
from moderation.records import tables as t
from moderation.records.items import StoredItem
from moderation.records.vault import UNREADABLE
from tests.chat.shells import Place, a_place


async def only_item(place: Place) -> StoredItem:
    (found,) = await place.store.read(items.open_items, place.needs.school)
    return found


async def card(place: Place, row: StoredItem) -> to_staff.Opened:
    return await card_of(row, place.store, place.vault, lambda staff: f"name of {staff}")


async def test_M5_a_card_has_the_words_the_reasons_and_what_was_said_around(tmp_path: Path) -> None:
    """Text under handles, the finding with its rule and span, the version that judged."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 1, "hello")
        await place.said(live, 0, "hold ＴＨＩＳ")
        opened = await card(place, await only_item(place))
        handles = [seat.handle for seat in live.room.seats]
        assert [(line.who, line.text) for line in opened.lines] == [
            (handles[1], "hello"),
            (handles[0], "hold ＴＨＩＳ"),
        ]
        (why,) = opened.lines[1].why
        assert why == to_staff.Why("bullying", "first_word", "script", 0, 4)
        assert (opened.version, opened.reading) == ("script", "hold this")
        assert opened.mid == opened.lines[1].mid


async def test_M5_no_student_is_on_a_card(tmp_path: Path) -> None:
    """Nothing in the frame names who sits in the room."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "hold this")
        row = await only_item(place)
        told = shared.encode(await card(place, row)) + shared.encode(
            to_staff.ItemChanged(item_of(row, str))
        )
        for seat in live.room.seats:
            assert seat.student.encode() not in told


async def test_M5_what_says_who_somebody_is_stays_hidden_around(tmp_path: Path) -> None:
    """A moderator reads what the peer read, and that it was noticed; no span points into it."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 1, "tell me: robin")
        await place.said(live, 0, "look at that")
        opened = await card(place, await only_item(place))
        assert [line.text for line in opened.lines] == ["[hidden] me: robin", "look at that"]
        (why,) = opened.lines[0].why
        assert (why.category, why.start, why.end) == ("identity", 0, 0)


async def test_only_so_much_around_is_shown(tmp_path: Path) -> None:
    """A card is a window, not the whole conversation."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        for n in range(BEFORE + 5):
            place.clock.now += 10
            await place.said(live, n % 2, f"before {n}")
        await place.said(live, 0, "look here")
        for n in range(BEFORE + 5):
            place.clock.now += 10
            await place.said(live, n % 2, f"after {n}")
        opened = await card(place, await only_item(place))
        texts = [line.text for line in opened.lines]
        assert len(texts) == BEFORE + AFTER
        assert texts.index("look here") == BEFORE - 1


async def test_an_item_without_a_message_shows_the_end_of_its_room(tmp_path: Path) -> None:
    """For a report or a call there is no message to point at."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "hello")
        await place.rooms.requests.ask_person(live, 1, "report")
        opened = await card(place, await only_item(place))
        assert [line.text for line in opened.lines] == ["hello"]
        assert (opened.mid, opened.reading, opened.version) == (None, "", "")


async def test_an_item_without_a_room_is_only_itself(tmp_path: Path) -> None:
    """Nothing is made up around it."""
    async with a_place(tmp_path) as place:
        await place.rooms.requests.ask_person(None, None, "help")
        opened = await card(place, await only_item(place))
        assert opened.lines == ()
        assert opened.item.kind == "help"


async def test_a_line_of_the_queue_says_who_has_it(tmp_path: Path) -> None:
    """Claimed items carry a colleague's name, page-class ones their incident."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "help me")
        row = await only_item(place)
        assert item_of(row, str).claimed_by is None
        claimed = item_of(dataclasses.replace(row, claimed_by="mo"), lambda staff: staff.upper())
        assert claimed.claimed_by == "MO"
        assert (claimed.attention, claimed.incident) == ("page", row.incident)


async def test_F29_a_damaged_message_closes_no_card(tmp_path: Path) -> None:
    """In its place, or around it, stands that it cannot be opened; the item can be dealt with."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 1, "hello")
        await place.said(live, 0, "hold this")
        damage = t.messages.update().values(sealed=bytes(40))
        await place.store.write(lambda conn, rows: [conn.execute(damage) and None for _ in rows], 0)
        opened = await card(place, await only_item(place))
        assert [line.text for line in opened.lines] == [UNREADABLE, UNREADABLE]
