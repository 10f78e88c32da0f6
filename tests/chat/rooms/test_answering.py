"""Students hear that an adult has answered."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from chat.frames import to_student
from chat.rooms.answering import Answering
from chat.rooms.open_room import OpenRoom
from moderation.incidents.incidents import Incidents
from moderation.records import tables as t
from moderation.records.called_adults import answers
from moderation.records.incidents import NewIncident, raise_incidents
from tests.chat.rooms.test_elsewhere import Neighbours
from tests.chat.rooms.test_joining import Adult, an_adult
from tests.chat.shells import Late, Page, Place, a_place
from tests.moderation.night import record
from tests.moderation.records.sample import SCHOOL


async def _disclosed(place: Place) -> tuple[Answering, Incidents, Adult, str, tuple[Page, Page]]:
    """One of two students has said something; their adult has not answered yet."""
    live, *pages = await place.pair()
    await place.said(live, 0, "help me")
    for page in pages:
        page.take()
    adult = await an_adult(place)
    incidents = Incidents(place.records)
    answering = Answering(place.rooms, place.records)
    incidents.on_change(answering.incident_changed)
    (code,) = await place.store.read(lambda conn: list(conn.scalars(select(t.incidents.c.code))))
    return answering, incidents, adult, code, (pages[0], pages[1])


async def test_S10_students_hear_that_an_adult_has_answered(tmp_path: Path) -> None:
    """At once and only once, not when somebody merely looks at the case."""
    async with a_place(tmp_path) as place:
        answering, incidents, adult, code, (one, other) = await _disclosed(place)
        await incidents.case(code, adult)
        await answering.quiet()
        assert (one.take(), other.take()) == ([], [])
        await incidents.acknowledge(code, adult)
        await answering.quiet()
        assert one.take() == [to_student.Notice("adult_answered")]
        assert other.take() == [to_student.Notice("peer_adult_answered")]
        await incidents.note(code, adult, "on my way")
        await answering.quiet()
        assert (one.take(), other.take()) == ([], [])


async def test_S10_students_hear_that_whoever_answered_has_it_no_more(tmp_path: Path) -> None:
    """They may know the student, and step aside: an adult is being called again, to both."""
    async with a_place(tmp_path) as place:
        answering, incidents, adult, code, (one, other) = await _disclosed(place)
        await incidents.acknowledge(code, adult)
        await answering.quiet()
        one.take(), other.take()
        await incidents.recuse(code, adult)
        await answering.quiet()
        assert one.take() == [to_student.Notice("adult_coming")]
        assert other.take() == [to_student.Notice("peer_adult_coming")]


async def test_S10_a_page_that_comes_back_hears_who_has_answered(tmp_path: Path) -> None:
    """After a reload, and after a restart of the server."""
    async with a_place(tmp_path) as place:
        answering, incidents, adult, code, _ = await _disclosed(place)
        await incidents.acknowledge(code, adult)
        await answering.quiet()
        (room,) = place.rooms._open
        for rooms in (place.rooms, place.again()):
            live = await rooms.find(room)
            assert live is not None
            one, other = Page(), Page()
            await rooms.enter(live, 0, one)
            await rooms.enter(live, 1, other)
            assert to_student.Notice("adult_answered", standing=True) in one.seen
            assert other.seen[-1] == to_student.Notice("peer_adult_answered", standing=True)
            await rooms.quiet()


async def test_S10_a_room_at_another_node_is_told_there(tmp_path: Path) -> None:
    """Where it is not open nobody is told and nothing is loaded; its own node looks for itself."""
    async with a_place(tmp_path) as place:
        here, incidents, adult, code, (one, other) = await _disclosed(place)
        incidents._listeners.clear()
        rooms = place.again()
        there = Answering(rooms, place.records)
        incidents.on_change(there.incident_changed)
        await incidents.acknowledge(code, adult)
        await there.quiet()
        assert (len(rooms), one.take(), other.take()) == (0, [], [])
        here.incident_changed(code)
        await here.quiet()
        assert one.take() == [to_student.Notice("adult_answered")]
        assert other.take() == [to_student.Notice("peer_adult_answered")]


async def test_S10_of_two_in_danger_each_hears_of_their_own_adult(tmp_path: Path) -> None:
    """One tap answers one of them; the other waits on, also after a restart."""
    async with a_place(tmp_path) as place:
        answering, incidents, adult, code, (one, other) = await _disclosed(place)
        (live,) = place.rooms.all_open()
        await place.said(live, 1, "help me too")
        one.take(), other.take()
        await incidents.acknowledge(code, adult)
        await answering.quiet()
        assert one.take() == [to_student.Notice("adult_answered")]
        assert other.take() == []
        loaded = await place.again().find(live.room.id)
        assert loaded is not None
        assert loaded.room.calls.told == ["adult_answered", "adult_coming"]


async def test_S9_whoever_asked_for_a_person_hears_of_an_adult_of_their_own(tmp_path: Path) -> None:
    """Not of the one who answered their peer's call; also after a restart."""
    async with a_place(tmp_path) as place:
        answering, incidents, adult, code, (_, other) = await _disclosed(place)
        (live,) = place.rooms.all_open()
        await place.rooms.requests.ask_person(live, 1, "help")
        place.rooms.perform(live, live.room.calls.asked(1))
        await incidents.acknowledge(code, adult)
        await answering.quiet()
        assert other.take() == [to_student.Notice("help_asked")]
        about = live.room.id, 1, "unattended", int(place.clock() * 1000)
        await place.store.write(raise_incidents, NewIncident("K7F-2M4Q", SCHOOL, *about))
        await incidents.acknowledge("K7F-2M4Q", adult)
        await answering.quiet()
        assert other.take() == [to_student.Notice("adult_answered")]
        loaded = await place.again().find(live.room.id)
        assert loaded is not None
        assert loaded.room.calls.told == ["adult_answered", "adult_answered"]


async def test_S10_nobody_is_left_to_tell_in_a_room_that_is_over(tmp_path: Path) -> None:
    """The adult has it all the same."""
    async with a_place(tmp_path) as place:
        answering, incidents, adult, code, pages = await _disclosed(place)
        (live,) = place.rooms.all_open()
        place.rooms.leave(live, 0)
        await place.committed()
        for page in pages:
            page.take()
        await incidents.acknowledge(code, adult)
        await answering.quiet()
        assert [page.take() for page in pages] == [[], []]


async def test_S9_a_call_finished_while_another_is_made_takes_nothing_from_that_one(
    tmp_path: Path,
) -> None:
    """What is known of the first is older than the second, which waits."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        answering = Answering(place.rooms, place.records)
        await call(place, live)
        await finish(place)
        late = Late(place.store, answers)
        answering.call_finished(live.room.id)
        await late.begun.wait()
        await call(place, live)
        one.take()
        late.come()
        await answering.quiet()
        assert one.take() == []
        await finish(place)
        answering.call_finished(live.room.id)
        await answering.quiet()
        assert one.take() == [to_student.Notice("call_over")]


async def test_S10_whose_adult_ends_the_case_without_coming_can_call_again(tmp_path: Path) -> None:
    """They met somewhere else, or nothing was wrong: nobody is on the way any more."""
    async with a_place(tmp_path) as place:
        answering, incidents, adult, code, (one, other) = await _disclosed(place)
        (live,) = place.rooms.all_open()
        for act in (incidents.acknowledge, incidents.with_student):
            await act(code, adult)
            await answering.quiet()
        one.take(), other.take()
        await incidents.resolve(code, adult, "spoken_to", record())
        await answering.quiet()
        assert (one.take(), other.take()) == ([to_student.Notice("call_over")], [])
        assert live.room.calls.told == [None, None]


async def test_S10_whose_page_was_away_hears_at_one_of_several_nodes_that_the_call_is_over(
    tmp_path: Path,
) -> None:
    """The records have no such call any more; that its student was not told, the node knows."""
    async with a_place(tmp_path) as place:
        live, one, _ = await place.pair()
        place.rooms.elsewhere.neighbours = Neighbours()
        answering = Answering(place.rooms, place.records)
        await call(place, live)
        place.rooms.lost(live, 0, one)
        await finish(place)
        answering.call_finished(live.room.id)
        await answering.quiet()
        assert await place.rooms.of_student(live.room.seats[0].student) is live
        page = Page()
        await place.rooms.enter(live, 0, page)
        assert to_student.Notice("call_over", standing=True) in page.seen


async def test_S10_who_called_in_vain_hears_of_whoever_answers_after_a_restart_too(
    tmp_path: Path,
) -> None:
    """Nobody could be reached before it nor after; yet everybody is called, and somebody has it."""
    async with a_place(tmp_path, reachable=lambda: False) as place:
        live, *_ = await place.pair()
        await place.said(live, 0, "help me")
        adult, rooms = await an_adult(place), place.again()
        loaded, page = await rooms.find(live.room.id), Page()
        assert loaded is not None
        await rooms.enter(loaded, 0, page)
        page.take()
        incidents, answering = Incidents(place.records), Answering(rooms, place.records)
        incidents.on_change(answering.incident_changed)
        (code,) = await place.store.read(
            lambda conn: list(conn.scalars(select(t.incidents.c.code)))
        )
        await incidents.acknowledge(code, adult)
        await answering.quiet()
        assert page.take() == [to_student.Notice("adult_answered")]
        rooms.elsewhere.neighbours = Neighbours()
        await rooms.of_student(loaded.room.seats[0].student)
        again, page = await place.again().find(live.room.id), Page()
        assert again is not None
        assert [each.room.calls.told[0] for each in (loaded, again)] == ["adult_answered"] * 2
        await rooms.quiet()


async def call(place: Place, live: OpenRoom) -> None:
    """The first student asks for a person."""
    await place.rooms.requests.ask_person(live, 0, "help")
    place.rooms.perform(live, live.room.calls.asked(0))


async def finish(place: Place) -> None:
    """A moderator is done with every call."""
    row = t.items.update().values(done_at=1)
    await place.store.write(lambda conn, rows: [conn.execute(row) and None for _ in rows], 0)
