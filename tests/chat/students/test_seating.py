"""What becomes of a pair, whatever happens while its room is opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from chat.live.neighbours import AnyEvent, Matched
from chat.rooms.rooms import Rooms
from chat.students.matching import Ticket
from chat.students.page import StudentPage
from chat.students.seating import Seating
from moderation.records import bars
from moderation.records.store import NotKept, StoreUnavailable
from tests.chat.shells import START
from tests.chat.students.entrance import ANN, BO, Entrance, Wire

CHOOSE_AGAIN = ["error", "topics"]


class Told:
    """The other nodes: what they are told."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []

    def tell(self, event: AnyEvent) -> None:
        self.events.append(event)


def failing(error: Exception) -> Callable[..., Any]:
    """Something of the rooms that answers with an error."""

    async def fail(*_: object) -> None:
        raise error

    return fail


async def come(entrance: Entrance) -> tuple[Wire, Wire]:
    """Ann and Bo, whose pages have heard everything there was to hear."""
    one, other = await entrance.hello(ANN), await entrance.hello(BO)
    del one.seen[:]
    del other.seen[:]
    return one, other


async def seat(entrance: Entrance) -> None:
    """Ann and Bo were matched."""
    ann, bo = (Ticket(who[:22], "elm", "all", "mood", 1.0) for who in (ANN, BO))
    await Seating(lambda: entrance.needs)._seat((ann, bo))


def names(wire: Wire) -> list[str]:
    return [frame["t"] for frame in wire.seen]


async def test_both_pages_get_their_seats(entrance: Entrance) -> None:
    """Each in the same room, with the other as its peer."""
    one, other = await come(entrance)
    await seat(entrance)
    (live,) = entrance.place.rooms.all_open()
    assert live.pages == [one.session, other.session]
    assert names(one) == names(other) == ["matched", "resumed"]


async def test_a_room_that_was_opened_just_now_asks_nothing_of_the_records(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was said in it: both are seated even while the records cannot be read."""
    one, other = await come(entrance)
    for how in ("read", "look"):
        monkeypatch.setattr(entrance.place.store, how, failing(StoreUnavailable()))
    await seat(entrance)
    assert names(one) == names(other) == ["matched", "resumed"]


async def test_whose_page_is_elsewhere_is_told_there(entrance: Entrance) -> None:
    """The other nodes hear that somebody was matched; also when a room was there before."""
    await entrance.hello(ANN)
    told = entrance.place.rooms.elsewhere.neighbours = Told()
    for _ in range(2):
        await seat(entrance)
    assert told.events == [Matched(BO[:22]), Matched(BO[:22])]


@pytest.mark.parametrize("error", [StoreUnavailable(), NotKept("IntegrityError"), ValueError()])
async def test_no_room_no_matter_why_both_choose_again(
    entrance: Entrance, error: Exception
) -> None:
    """Nobody stays on the waiting screen; what is no answer of the records is logged."""
    one, other = await come(entrance)
    entrance.place.rooms.open = failing(error)  # type: ignore[method-assign]
    with capture_logs() as logs:
        await seat(entrance)
    assert names(one) == names(other) == CHOOSE_AGAIN
    assert one.codes == ["unavailable"]
    expected = [] if isinstance(error, StoreUnavailable) else [type(error).__name__]
    assert [line["error"] for line in logs] == expected


async def test_who_sits_already_stays_and_the_other_waits_on(entrance: Entrance) -> None:
    """Somebody matched twice has one room; whoever was matched with them keeps their place."""
    one, other = await come(entrance)
    live = await entrance.place.rooms.open([ANN[:22]], "mood")
    for _ in range(2):
        await seat(entrance)
    assert live.pages == [one.session]
    assert names(one) == ["matched", "resumed"]
    assert set(names(other)) == {"waiting"}
    assert BO[:22] in entrance.needs.lobby


async def test_K10_of_two_of_whom_one_is_barred_the_other_waits_on(entrance: Entrance) -> None:
    """Whoever matched them had not heard of it: the records have, and open no room."""
    one, other = await come(entrance)
    until = int((START + 60) * 1000)

    def bar(conn: Connection, rows: Sequence[str]) -> list[None]:
        return [bars.bar(conn, row, until) for row in rows]

    await entrance.place.store.write(bar, ANN[:22])
    entrance.register.bars[ANN[:22]] = until
    await seat(entrance)
    assert len(entrance.place.rooms) == 0
    assert one.codes == ["barred"]
    assert names(other) == ["waiting"]
    assert list(entrance.needs.lobby._waiters) == [BO[:22]]


@pytest.fixture(params=[0, 1])
def away(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The records can be asked where so many students sit, and then no more."""
    left, of_student = request.param, Rooms.of_student
    asked: list[str] = []

    async def then_away(rooms: Rooms, student: str) -> object:
        asked.append(student)
        if len(asked) > left + 2:  # both have said hello
            raise StoreUnavailable
        return await of_student(rooms, student)

    monkeypatch.setattr(Rooms, "of_student", then_away)
    return left


async def test_nobody_is_lost_while_places_are_looked_for(entrance: Entrance, away: int) -> None:
    """Who was found a place has it; who was not chooses again."""
    one, other = await come(entrance)
    await entrance.place.rooms.open([BO[:22]], "mood")
    await seat(entrance)
    assert names(one) == (["waiting"] if away else CHOOSE_AGAIN)
    assert names(other) == CHOOSE_AGAIN


async def test_a_page_that_stumbles_keeps_nobody_else_from_their_seat(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The peer is seated, and neither is asked to choose again beside an open room."""
    one, other = await come(entrance)
    enter, entered = StudentPage.enter, asyncio.Event()

    async def stumble(page: StudentPage, *where: Any, new: bool = False) -> None:
        await enter(page, *where, new=new)
        if page is one.session:
            raise ValueError
        entered.set()

    monkeypatch.setattr(StudentPage, "enter", stumble)
    await seat(entrance)
    async with asyncio.timeout(10):
        await entered.wait()
    assert names(one) == names(other) == ["matched", "resumed"]
