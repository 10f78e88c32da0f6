"""Adults on call in the room of an incident they have."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from chat.frames import to_student
from chat.live.neighbours import AnyEvent, Gone, There
from chat.rooms.guests import Guests
from chat.rooms.joining import AWAY, Joining, View
from moderation.ids import new_id
from moderation.incidents.gravity import QUIET_MS
from moderation.incidents.incidents import Incidents
from moderation.records import incidents as raising
from moderation.records import tables as t
from moderation.records.cases import AFTER, LAST
from moderation.records.incidents import THERE_MS, NewIncident
from moderation.records.store import StoreUnavailable
from tests.chat.shells import Page, Place, Stumble, a_place
from tests.moderation.records.sample import SCHOOL

CODE = "ABC-2345"


@dataclass
class Adult:
    """Somebody of the staff."""

    id: str
    school: str
    role: str = "counsellor"


@dataclass
class Words:
    """Something to say."""

    text: str
    alone: bool = False
    cid: str = "c" * 22


async def an_adult(place: Place) -> Adult:
    """Somebody who may have an incident."""
    adult = Adult(new_id(), SCHOOL)
    row = {"id": adult.id, "school": SCHOOL, "login": "ola", "name": "Ola", "role": "counsellor"}

    def add(conn: Connection, _rows: object) -> list[None]:
        conn.execute(t.staff.insert(), {**row, "password": "-"})
        return [None]

    await place.store.write(add, None)
    return adult


async def _incident(place: Place, holder: str | None) -> tuple[Joining, Adult]:
    """An incident of seat 0 of an open room, which an adult has (or nobody)."""
    live, *_ = await place.pair()
    adult = await an_adult(place)
    at = int(place.clock() * 1000)
    new = NewIncident(CODE, SCHOOL, live.room.id, 0, "suicide", at)
    await place.store.write(raising.raise_incidents, new)
    incidents = Incidents(place.records)
    if holder:
        await incidents.acknowledge(CODE, adult)
    guests = Guests(place.rooms, place.store, place.clock)
    return Joining(guests, incidents, place.clock), adult


async def test_P9_only_the_adult_who_has_it_comes_in(tmp_path: Path) -> None:
    """Before it is taken, and for anybody else, the room stays closed; nothing can be read."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, None)
        assert await joining.come(CODE, adult) == "forbidden"
        await joining._incidents.acknowledge(CODE, adult)
        stranger = Adult(new_id(), SCHOOL)
        for who in (stranger, Adult(adult.id, "another")):
            assert await joining.come(CODE, who) == "forbidden"
            assert await joining.view(CODE, who) == "not_in_room"
        assert await joining.view(CODE, adult) == "not_in_room"
        assert await joining.say(CODE, adult, Words("hello")) == "not_in_room"
        assert await joining.come(CODE, adult) is None
        assert isinstance(await joining.view(CODE, adult), View)


async def test_P9_words_reach_both_or_the_one_student(tmp_path: Path) -> None:
    """As the school's adult, to both students, or to the one whose words raised the incident."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        (live,) = place.rooms._open.values()
        pages = Page(), Page()
        for seat, page in enumerate(pages):
            await place.rooms.enter(live, seat, page)
        await joining.come(CODE, adult)
        for page in pages:
            page.take()
        assert await joining.say(CODE, adult, Words("for both")) is None
        for page in pages:
            (heard,) = page.take()
            assert isinstance(heard, to_student.Message)
            assert (heard.who, heard.text) == ("adult", "for both")
        assert await joining.say(CODE, adult, Words("for one", alone=True, cid="d" * 22)) is None
        assert [type(frame) for frame in pages[0].take()] == [to_student.Told]
        assert pages[1].take() == []
        view = await joining.view(CODE, adult)
        assert isinstance(view, View)
        assert [str(line.text) for line in view.said] == ["for both", "for one"]


async def test_P8_P9_what_is_said_now_is_read_however_long_the_chat(tmp_path: Path) -> None:
    """The newest words are there, as is how it began; what is left out between is counted."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        (live,) = place.rooms._open.values()
        await joining.come(CODE, adult)
        for number in range(AFTER + LAST + 3):
            place.clock.now += 2
            await place.said(live, number % 2, f"line {number}")
        await place.said(live, 0, "help me now")
        view = await joining.view(CODE, adult)
        assert isinstance(view, View)
        texts = [str(line.text) for line in view.said]
        assert (texts[0], texts[-1], len(texts)) == ("line 0", "help me now", AFTER + LAST)
        assert [line.left_out for line in view.said if line.left_out] == [4]
        assert view.said[AFTER].left_out == 4


async def test_P9_who_says_nothing_any_more_has_gone(tmp_path: Path) -> None:
    """A page that looks again and again stays; one that is silent for long goes by itself."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        (live,) = place.rooms._open.values()
        await joining.come(CODE, adult)
        for _ in range(3):
            place.clock.now += AWAY - 1
            await joining.view(CODE, adult)
            await joining.tick()
            assert live.present() == ["adult"]
        place.clock.now += AWAY + 1
        await joining.tick()
        assert live.present() == []
        assert await joining.view(CODE, adult) == "not_in_room"


async def test_P9_who_has_gone_is_seen_to_go_though_the_records_were_away(tmp_path: Path) -> None:
    """A going that could not be kept is tried again, so that no student trusts an empty chair."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        (live,) = place.rooms._open.values()
        page = live.pages[0]
        assert isinstance(page, Page)
        await joining.come(CODE, adult)
        page.take()
        away = Stumble(place.store)
        going = asyncio.ensure_future(joining.go(CODE, adult.id))
        await away.begun.wait()
        away.fail()
        with pytest.raises(StoreUnavailable):
            await going
        assert (page.take(), live.present()) == ([], ["adult"])
        place.clock.now += AWAY + 1
        await joining.tick()
        assert page.take() == [to_student.Notice("adult_gone")]


@dataclass
class Line:
    """Tells one other node what an adult's page has said, as long as it is well."""

    other: Joining
    well: bool = True

    def tell(self, event: AnyEvent) -> None:
        if self.well and isinstance(event, There | Gone):
            self.other.heard(event)


def _two_nodes(place: Place, here: Joining) -> tuple[Joining, Line, Line]:
    """Another node on the same records, and the lines between the two."""
    rooms = place.again()
    guests = Guests(rooms, place.store, place.clock)
    there = Joining(guests, Incidents(place.records), place.clock)
    out, back = Line(there), Line(here)
    here.neighbours, there.neighbours = out, back  # type: ignore[assignment]
    return there, out, back


async def test_P9_nobody_has_gone_whose_page_asks_another_node(tmp_path: Path) -> None:
    """It is answered there without coming in again; once it asks no node, students hear it once."""
    async with a_place(tmp_path) as place:
        here, adult = await _incident(place, "ola")
        there, *_ = _two_nodes(place, here)
        (live,) = place.rooms._open.values()
        page = live.pages[0]
        assert isinstance(page, Page)
        assert await here.come(CODE, adult) is None
        for _ in range(3):
            place.clock.now += AWAY - 1
            assert isinstance(await there.view(CODE, adult), View)
            await here.tick()
        assert page.take() == [to_student.Notice("adult_here")]
        for _ in range(2):
            place.clock.now += AWAY + 1
            await there.tick()
            await here.tick()
        assert page.take() == [to_student.Notice("adult_gone")]
        assert await here.view(CODE, adult) == "not_in_room"


async def test_P9_F7_while_nodes_cannot_hear_each_other_nobody_is_said_to_have_gone(
    tmp_path: Path,
) -> None:
    """The page may be at another; once they can again, it has its whole time to say so."""
    async with a_place(tmp_path) as place:
        here, adult = await _incident(place, "ola")
        there, *lines = _two_nodes(place, here)
        (live,) = place.rooms._open.values()
        await here.come(CODE, adult)
        for line in lines:
            line.well = False
        for _ in range(3):
            place.clock.now += AWAY + 1
            await there.view(CODE, adult)
            await here.tick()
        assert live.present() == ["adult"]
        for line in lines:
            line.well = True
        place.clock.now += AWAY
        await here.tick()
        assert live.present() == ["adult"]
        place.clock.now += 1
        await here.tick()
        assert live.present() == []


async def test_P9_students_who_come_to_another_node_see_who_is_there(tmp_path: Path) -> None:
    """Also where the room was not open when she came in; and who goes there, goes everywhere."""
    async with a_place(tmp_path) as place:
        here, adult = await _incident(place, "ola")
        there, *_ = _two_nodes(place, here)
        (live,) = place.rooms._open.values()
        await here.come(CODE, adult)
        copy = await there._guests._rooms.find(live.room.id)
        assert copy is not None
        assert copy.present() == []
        await here.view(CODE, adult)
        assert copy.present() == ["adult"]
        await there.go(CODE, adult.id)
        assert (live.present(), copy.present()) == ([], [])


async def test_P9_who_hands_it_over_is_out(tmp_path: Path) -> None:
    """Once the incident is somebody else's, its chat can neither be read nor written."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        await joining.come(CODE, adult)
        await joining._incidents.recuse(CODE, adult)
        assert await joining.view(CODE, adult) == "not_in_room"
        assert await joining.say(CODE, adult, Words("hello")) == "not_in_room"


async def test_P12_who_is_in_the_room_is_not_called_at_once(tmp_path: Path) -> None:
    """What comes after a long quiet reaches them there; once they have gone, it calls them."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        (live,) = place.rooms._open.values()
        await joining.come(CODE, adult)
        states = []
        for _ in range(2):
            place.clock.now += QUIET_MS / 1000
            await place.said(live, 0, "help me")
            states += await place.store.read(lambda conn: conn.scalars(select(_STATE)).all())
            await joining.go(CODE, adult.id)
        assert states == ["acknowledged", "open"]


@pytest.mark.parametrize("shown", [True, False])
async def test_P12_what_a_page_gone_dark_did_not_show_calls_its_adult_soon(
    tmp_path: Path, *, shown: bool
) -> None:
    """However late it asked: only a page that says back what it was sent has shown it."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        (live,) = place.rooms._open.values()
        await joining._incidents.with_student(CODE, adult)
        lasts = await _due(place, CODE)
        await joining.come(CODE, adult)
        place.clock.now += QUIET_MS / 1000
        soon = int(place.clock() * 1000) + THERE_MS
        await place.said(live, 0, "help me")
        assert await _due(place, CODE) == soon
        place.clock.now += 12
        view = await joining.view(CODE, adult)
        assert isinstance(view, View)
        assert await _due(place, CODE) == soon
        if shown:
            await joining.view(CODE, adult, view.anew_at)
        assert await _due(place, CODE) == (lasts if shown else soon)
        place.clock.now += AWAY + 1
        await joining.tick()
        assert live.present() == []


async def test_P12_who_reads_on_one_page_has_read_of_both_incidents_of_the_room(
    tmp_path: Path,
) -> None:
    """What the other student said is in the same conversation."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        (live,) = place.rooms._open.values()
        at = int(place.clock() * 1000)
        other = NewIncident("XYZ-2345", SCHOOL, live.room.id, 1, "suicide", at)
        await place.store.write(raising.raise_incidents, other)
        await joining._incidents.acknowledge("XYZ-2345", adult)
        await joining._incidents.with_student("XYZ-2345", adult)
        lasts = await _due(place, "XYZ-2345")
        await joining.come(CODE, adult)
        place.clock.now += QUIET_MS / 1000
        await place.said(live, 1, "help me")
        assert await _due(place, "XYZ-2345") == int(place.clock() * 1000) + THERE_MS
        view = await joining.view(CODE, adult)
        assert isinstance(view, View)
        await joining.view(CODE, adult, view.anew_at)
        assert await _due(place, "XYZ-2345") == lasts


async def test_P12_what_is_said_after_a_page_was_answered_is_not_read_by_what_it_says_back(
    tmp_path: Path,
) -> None:
    """Neither by the moment of what it showed before, nor by one that nobody told it."""
    async with a_place(tmp_path) as place:
        joining, adult = await _incident(place, "ola")
        (live,) = place.rooms._open.values()
        await joining._incidents.with_student(CODE, adult)
        await joining.come(CODE, adult)
        first = await joining.view(CODE, adult, 9 * 10**14)
        assert isinstance(first, View)
        place.clock.now += QUIET_MS / 1000
        soon = int(place.clock() * 1000) + THERE_MS
        await place.said(live, 0, "help me")
        for _ in range(3):
            await joining.view(CODE, adult, first.anew_at)
        assert await _due(place, CODE) == soon


async def _due(place: Place, code: str) -> int:
    query = select(t.incidents.c.due_at).where(t.incidents.c.code == code)
    found = await place.store.read(lambda conn: conn.scalar(query))
    assert found is not None
    return int(found)


_STATE = t.incidents.c.state
