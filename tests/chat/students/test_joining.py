"""From the wish for a topic to a seat in a room."""

from __future__ import annotations

import asyncio

import pytest

from moderation.records import rooms
from moderation.records.rooms import Standing
from moderation.records.store import StoreUnavailable
from tests.chat.shells import START, Late
from tests.chat.students.entrance import ANN, BO, ROOM, Entrance, Wire

NOWHERE = Standing(None, None, frozenset())


async def test_two_who_join_are_handed_on_as_a_pair(entrance: Entrance) -> None:
    """Joining twice is one wish, and the blocked of the records are avoided."""
    one, other = await entrance.hello(ANN), await entrance.hello(BO)
    await one.says("join", topic="mood")
    await one.says("join", topic="family")
    await other.says("join", topic="family")
    assert len(entrance.pairs) == 1
    block = rooms.Block(ANN[:22], BO[:22], 1)
    await entrance.place.store.write(rooms.block, block)
    await one.says("join", topic="mood")
    await other.says("join", topic="mood")
    assert len(entrance.pairs) == 1


async def test_in_a_room_nobody_joins_another(entrance: Entrance) -> None:
    """The room comes first."""
    one, _ = await entrance.seated()
    await one.says("join", topic="mood")
    assert one.codes == ["already_in_room"]


async def test_a_wish_that_a_match_overtakes_is_forgotten(entrance: Entrance) -> None:
    """Whoever is seated while their wish is read is not put into the lobby as well."""
    one = await entrance.hello(ANN)

    async def seated_meanwhile(_student: str) -> Standing:
        live = await entrance.place.rooms.open([ANN[:22], BO[:22]], "mood")
        await one.session.enter(live, 0)
        return NOWHERE

    entrance.register.standing = seated_meanwhile  # type: ignore[method-assign]
    await one.says("join", topic="mood")
    assert one.codes == ["already_in_room"]
    assert len(entrance.needs.lobby) == 0


async def away(_student: str) -> None:
    """The records cannot say where anybody sits."""
    raise StoreUnavailable


async def joins_slowly(entrance: Entrance, wire: Wire) -> asyncio.Event:
    """Whoever it is asks to be matched, and the records answer once that is set."""
    asked, answer, quick = asyncio.Event(), asyncio.Event(), entrance.register.standing

    async def slow(student: str) -> Standing:
        asked.set()
        await answer.wait()
        return await quick(student)

    entrance.register.standing = slow  # type: ignore[method-assign]
    wire.session.frame_received(b'{"t": "join", "topic": "mood"}')
    await asked.wait()
    entrance.register.standing = quick  # type: ignore[method-assign]
    return answer


async def test_S13_a_page_that_was_told_it_waits_does_whatever_an_older_one_had_begun(
    entrance: Entrance,
) -> None:
    """The wish of a page that is gone, come late out of the records, ends no newer one."""
    old = await entrance.hello(ANN)
    answer = await joins_slowly(entrance, old)
    old.session.disconnected()
    new = await entrance.hello(ANN)
    assert (await new.says("join", topic="mood"))[-1]["t"] == "waiting"
    answer.set()
    await old.session._turns._last  # type: ignore[misc]
    await (await entrance.hello(BO)).says("join", topic="mood")
    assert len(entrance.pairs) == 1


async def test_S13_a_page_that_goes_while_its_wish_is_read_keeps_its_place(
    entrance: Entrance,
) -> None:
    """It waits as soon as it is back, and nobody is matched with it before."""
    one = await entrance.hello(ANN)
    answer = await joins_slowly(entrance, one)
    one.session.disconnected()
    answer.set()
    await one.session._turns._last  # type: ignore[misc]
    await (await entrance.hello(BO)).says("join", topic="mood")
    assert entrance.pairs == []
    await entrance.hello(ANN)
    assert len(entrance.pairs) == 1


async def test_S13_a_page_that_replaces_one_that_waits_waits_on(entrance: Entrance) -> None:
    """It is told so, and when it goes too nobody is matched with a page that is not there."""
    old = await entrance.hello(ANN)
    await old.says("join", topic="mood")
    new = await entrance.hello(ANN)
    assert new.seen[-1]["t"] == "waiting"
    old.session.disconnected()
    new.session.disconnected()
    await new.session._turns._last  # type: ignore[misc]
    await (await entrance.hello(BO)).says("join", topic="mood")
    assert entrance.pairs == []


async def test_S13_a_page_that_comes_back_and_is_seated_is_not_put_back_into_the_lobby(
    entrance: Entrance,
) -> None:
    """Its wish was granted while its bar was read: it stays where it sits, and waits no more."""
    old = await entrance.hello(ANN)
    await old.says("join", topic="mood")
    new = entrance.connect()

    async def seated_meanwhile(_student: str) -> Standing:
        entrance.needs.lobby.seated(ANN[:22])
        live = await entrance.place.rooms.open([ANN[:22], BO[:22]], "mood")
        await new.session.enter(live, 0)
        return NOWHERE

    entrance.register.standing = seated_meanwhile  # type: ignore[method-assign]
    await new.says("hello", token=ANN)
    assert new.seen[-1]["t"] == "resumed"
    assert len(entrance.needs.lobby) == 0


async def test_S13_a_page_that_could_not_come_back_does_not_wait_for_ever(
    entrance: Entrance,
) -> None:
    """It replaced one that waits, the records were away, and it went: nobody is matched with it."""
    old = await entrance.hello(ANN)
    await old.says("join", topic="mood")
    new = entrance.connect()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(entrance.place.rooms, "of_student", away)
        await new.says("hello", token=ANN)
    old.session.disconnected()
    new.session.disconnected()
    await old.session._turns._last  # type: ignore[misc]
    await (await entrance.hello(BO)).says("join", topic="mood")
    assert entrance.pairs == []


async def test_S13_who_stops_waiting_as_a_match_comes_leaves_its_room(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody chooses a topic while a peer sits with them in a room they believe they left."""
    one, other = await entrance.hello(ANN), await entrance.hello(BO)
    await one.says("join", topic="mood")
    withdraw = entrance.needs.lobby.withdraw

    async def seated_meanwhile(student: str) -> None:
        monkeypatch.undo()
        await withdraw(student)
        live = await entrance.place.rooms.open([ANN[:22], BO[:22]], "mood")
        for seat, wire in enumerate((one, other)):
            await wire.session.enter(live, seat)

    monkeypatch.setattr(entrance.needs.lobby, "withdraw", seated_meanwhile)
    await one.says("leave")
    await entrance.place.committed()
    assert (one.seen[-1]["t"], other.seen[-1]["t"]) == ("ended", "peer_left")
    assert "topics" not in [frame["t"] for frame in one.seen]


async def test_S13_a_page_seated_while_it_asks_after_its_old_room_is_not_told_to_choose(
    entrance: Entrance,
) -> None:
    """Told both, it would take the room it was just given for one that is over."""
    one, _ = await entrance.seated()
    (matched,) = [frame for frame in one.seen if frame["t"] == "matched"]
    await one.says("leave")
    await entrance.place.committed()
    one.session.disconnected()
    late = Late(entrance.place.store, rooms.room)
    back = entrance.connect()
    resume = {"room": matched["room"], "epoch": matched["epoch"], "seq": 0}
    came = asyncio.ensure_future(back.says("hello", token=ANN, resume=resume))
    await late.begun.wait()
    await back.session.enter(await entrance.place.rooms.open([ANN[:22], BO[:22]], "mood"), 0)
    late.come()
    await came
    assert [frame["t"] for frame in back.seen] == ["matched", "resumed"]


async def test_whoever_is_seated_waits_no_more(entrance: Entrance) -> None:
    """A second wish, said before the room of the first was open, ends with the seat."""
    one, other = await entrance.hello(ANN), await entrance.hello(BO)
    live = await entrance.place.rooms.open([ANN[:22]], "mood")
    await one.says("join", topic="mood")
    await one.session.enter(live, 0)
    await other.says("join", topic="mood")
    assert entrance.pairs == []


async def test_whoever_takes_another_seat_leaves_the_first_room(entrance: Entrance) -> None:
    """What is said there is not shown here, and that room ends when they stay away."""
    one, other = await entrance.seated()
    (old,) = entrance.place.rooms.all_open()
    await entrance.place.store.write(rooms.end_rooms, rooms.EndRoom(old.room.id, 1, "left"))
    new = await entrance.place.rooms.open([ANN[:22]], "help")
    await one.session.enter(new, 0)
    del one.seen[:]
    await other.says("say", cid=ROOM, text="hello")
    await entrance.place.committed()
    assert one.seen == []
    assert old.absent == [START, None]


async def test_a_page_that_is_gone_takes_no_seat(entrance: Entrance) -> None:
    """A connection lost while its room was opened leaves a seat that is empty, not a ghost."""
    one = await entrance.hello(ANN)
    live = await entrance.place.rooms.open([ANN[:22]], "help")
    one.session.disconnected()
    await one.session.enter(live, 0)
    assert (live.pages, live.absent) == ([None], [START])
