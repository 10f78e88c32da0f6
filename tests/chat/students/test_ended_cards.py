"""Pages whose card works no more are closed, and a chat that ended with it ends here."""

from __future__ import annotations

from chat.errors import refusal
from chat.students import ended_cards
from moderation.records import leaving, rooms
from moderation.records.leaving import Leave
from moderation.records.rooms import EndRoom
from tests.chat.students.entrance import ANN, BO, Entrance

OUT = refusal("signed_out").close


async def test_a_page_of_an_ended_session_is_closed_and_no_other(entrance: Entrance) -> None:
    """With the code of whoever is signed out; a page of a newer session stays."""
    one, other = await entrance.hello(ANN), await entrance.hello(BO)
    entrance.register.ended = [(ANN.encode(), ANN[:22]), (b"before", BO[:22])]
    await ended_cards.look(entrance.needs)
    assert (one.closed, one.codes, other.closed) == (OUT, ["signed_out"], None)


async def test_whoever_waits_with_an_ended_card_meets_nobody(entrance: Entrance) -> None:
    """Its place in the lobby is not kept for a page that comes back."""
    one = await entrance.hello(ANN)
    await one.says("join", topic="mood")
    entrance.register.ended = [(ANN.encode(), ANN[:22])]
    await ended_cards.look(entrance.needs)
    await one.session._turns._last  # type: ignore[misc]
    other = await entrance.hello(BO)
    await other.says("join", topic="mood")
    assert len(entrance.needs.lobby) == 1
    assert entrance.pairs == []


async def test_the_peer_of_an_ended_card_hears_that_they_left(entrance: Entrance) -> None:
    """Also where that page is gone already; what the records have not ended goes on."""
    one, other = await entrance.seated()
    live = entrance.place.rooms.all_open()[0]
    entrance.register.ended = [(b"gone", ANN[:22])]
    await ended_cards.look(entrance.needs)
    assert entrance.place.rooms.all_open() == [live]
    del other.seen[:]
    await entrance.place.store.write(rooms.end_rooms, EndRoom(live.room.id, 1, "left"))
    await ended_cards.look(entrance.needs)
    assert [frame["t"] for frame in other.seen] == ["peer_left"]
    assert (one.closed, other.closed) == (None, None)
    assert entrance.place.rooms.all_open() == []


async def test_S10_an_ended_card_cuts_its_peer_off_from_nobody(entrance: Entrance) -> None:
    """For whom a person is called, the chat stays open here as well."""
    _, other = await entrance.seated()
    live = entrance.place.rooms.all_open()[0]
    await entrance.place.rooms.requests.ask_person(live, 1, "help")
    await entrance.place.store.write(leaving.leave, Leave(live.room.id, 0, 1))
    del other.seen[:]
    entrance.register.ended = [(b"gone", ANN[:22])]
    await ended_cards.look(entrance.needs)
    assert [frame.get("code") for frame in other.seen] == ["peer_gone"]
    assert entrance.place.rooms.all_open() == [live]
