"""A room that others change too: what is not known is asked of the records."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from chat.frames import shared, to_student
from chat.frames.from_student import Say
from chat.live.neighbours import AnyEvent, Changed, Passing, Said
from chat.rooms import moderated
from chat.rooms.guests import Guests
from chat.rooms.open_room import OpenRoom
from moderation.records import rooms, transcript
from moderation.records import tables as t
from moderation.records.messages import Settle, hold_again, settle
from moderation.records.store import StoreUnavailable
from tests.chat.shells import Late, Page, Place, a_place

FIRST, SECOND = "1" * 22, "2" * 22


async def a_room_behind(place: Place) -> tuple[OpenRoom, Page, Page]:
    """A room in which another node has kept two messages that this one has not heard of."""
    live, one, other = await place.pair()
    elsewhere = place.again()
    copy = await elsewhere.find(live.room.id)
    assert copy is not None
    for cid, text in ((FIRST, "one"), (SECOND, "two")):
        elsewhere.say(copy, 0, Say(cid, text))
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


async def test_S6_K3_what_is_released_while_the_lines_are_read_is_not_held_again(
    tmp_path: Path,
) -> None:
    """An answer older than what a room knows is not taken over: nothing waits behind a ghost."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        place.rooms.watched(by_somebody=False)
        await place.said(live, 0, "one", FIRST)
        late = Late(place.store, transcript.held)
        refreshed = asyncio.ensure_future(place.rooms.elsewhere.refresh(live))
        await late.begun.wait()
        place.rooms.watched(by_somebody=True)
        await place.committed()
        late.come()
        await refreshed
        assert live.room.seats[0].line == {}
        del one.seen[:], other.seen[:]
        await place.said(live, 0, "two", SECOND)
        (ack,), (said,) = one.take(), other.take()
        assert isinstance(ack, to_student.Ack)
        assert isinstance(said, to_student.Message)
        assert (ack.state, said.text) == ("released", "two")


async def test_however_many_wait_they_are_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nodes ask about rooms again and again; only what is held no more is asked for by itself."""
    async with a_place(tmp_path) as place:
        live, *_ = await place.pair()
        for n in range(20):
            await place.said(live, 0, "hold this" if n == 0 else "and this")
        mid = next(iter(live.room.seats[0].line))
        asked, read = list[object](), place.store.read

        async def count(query: Any, *args: Any) -> Any:
            asked.append(query)
            return await read(query, *args)

        monkeypatch.setattr(place.store, "read", count)
        await place.rooms.elsewhere.refresh(live)
        assert asked.count(transcript.by_mid) == 0
        await place.store.write(settle, Settle(mid, live.room.id, "withheld"))
        await place.rooms.elsewhere.refresh(live)
        assert asked.count(transcript.by_mid) == 1
        assert mid not in live.room.seats[0].line


async def test_who_is_muted_while_that_is_read_stays_muted(tmp_path: Path) -> None:
    """An older answer does not give back what a moderator has just taken."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        late = Late(place.store, rooms.muted)
        refreshed = asyncio.ensure_future(place.rooms.elsewhere.refresh(live))
        await late.begun.wait()
        until = place.clock() + 60
        seat = t.seats.update().where(t.seats.c.room == live.room.id, t.seats.c.seat == 1)
        row = seat.values(muted_until=int(until * 1000))
        await place.store.write(lambda conn, rows: [conn.execute(row) and None for _ in rows], 0)
        moderated.muted(place.rooms, live.room.id, 1, until)
        late.come()
        await refreshed
        assert live.room.seats[1].muted_until == until


async def stop(place: Place, live: OpenRoom, until: float) -> None:
    """A moderator at another node, at which that room is not open, stops the first student."""
    seat = t.seats.update().where(t.seats.c.room == live.room.id, t.seats.c.seat == 0)
    row = seat.values(muted_until=int(until * 1000))
    await place.store.write(lambda conn, rows: [conn.execute(row) and None for _ in rows], 0)
    await place.rooms.elsewhere.refresh(live)


async def test_who_is_muted_at_another_node_hears_it_and_when_it_is_over(tmp_path: Path) -> None:
    """Once each, and nobody hears of the other one."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        for until, code in ((place.clock() + 60, "muted"), (0, "unmuted")):
            await stop(place, live, until)
            await place.rooms.elsewhere.refresh(live)
            assert one.take() == [to_student.Notice(code)]  # type: ignore[arg-type]
        assert other.take() == []


async def test_who_is_muted_by_a_node_that_has_only_their_peer_hears_it_once(
    tmp_path: Path,
) -> None:
    """Their own node looks into the records, and tells them."""
    async with a_place(tmp_path) as place:
        live, _, other = await place.pair()
        told: list[AnyEvent] = []
        place.rooms.elsewhere.neighbours = Neighbours(told)
        place.rooms.elsewhere.opened(live)
        live.pages[0] = None
        moderated.muted(place.rooms, live.room.id, 0, place.clock() + 60)
        assert told == [Changed(live.room.id)]
        assert other.take() == []


class Neighbours:
    """Other nodes, which are told and tell nothing."""

    def __init__(self, told: list[AnyEvent] | None = None) -> None:
        self.told = told if told is not None else []

    def tell(self, event: AnyEvent) -> None:
        """They know."""
        self.told.append(event)


@pytest.mark.parametrize("over", [False, True])
async def test_K3_what_others_tell_while_a_room_is_loaded_is_not_missed(
    tmp_path: Path, *, over: bool
) -> None:
    """Said, or ended, between two reads of it: the room is as the records are once it is open."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        elsewhere = place.again()
        elsewhere.elsewhere.neighbours = Neighbours()
        late = Late(place.store, transcript.recent)
        loaded = asyncio.ensure_future(elsewhere.find(live.room.id))
        await late.begun.wait()
        await place.said(live, 0, "one", FIRST)
        if over:
            place.rooms.leave(live, 0)
            await place.committed()
        late.come()
        found = await loaded
        assert (found and found.room.head) == (None if over else 1)
        assert len(elsewhere) == (not over)


async def test_S10_who_sits_at_another_node_reads_the_words_before_what_they_called_for(
    tmp_path: Path,
) -> None:
    """As at one node: that an adult is being called says nothing to whoever has not read why."""
    async with a_place(tmp_path) as place:
        live, _, other = await place.pair()
        others = place.rooms.elsewhere.neighbours = Neighbours()
        live.elsewhere = place.rooms.elsewhere.pass_on
        place.rooms.lost(live, 1, other)
        await place.said(live, 0, "help me")
        assert [type(event) for event in others.told] == [Said, Passing]


async def test_S10_whose_page_moves_is_still_told_of_whom_they_wait_for(tmp_path: Path) -> None:
    """The node it comes to had the room open, and was told of no call for that seat."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        elsewhere = place.again()
        elsewhere.elsewhere.neighbours = Neighbours()
        there, peer = await elsewhere.find(live.room.id), Page()
        assert there is not None
        await elsewhere.enter(there, 1, peer)
        there.room.calls.heard(1, "peer_adult_coming")
        await place.said(live, 0, "help me")
        assert await elsewhere.of_student(live.room.seats[0].student) is there
        page = Page()
        await elsewhere.enter(there, 0, page)
        assert to_student.Notice("adult_coming", standing=True) in page.seen
        assert there.room.calls.told == ["adult_coming", "peer_adult_coming"]
        assert not [frame for frame in peer.take() if isinstance(frame, to_student.Notice)]


async def test_S10_whose_page_moves_is_not_told_of_an_adult_who_is_there(tmp_path: Path) -> None:
    """Who was called and has come is in the room, and no longer on the way."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        elsewhere = place.again()
        elsewhere.elsewhere.neighbours = Neighbours()
        await place.said(live, 0, "help me")
        there = await elsewhere.find(live.room.id)
        assert there is not None
        Guests(elsewhere, place.store, place.clock).came(live.room.id, "ola", "adult")
        await elsewhere.of_student(live.room.seats[0].student)
        assert there.room.calls.told == [None, None]


async def test_F24_a_room_that_could_not_be_brought_in_step_is_paused_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is open here by then, and nobody watches it."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        elsewhere = place.again()
        elsewhere.elsewhere.neighbours = Neighbours()
        elsewhere.watched(by_somebody=False)
        with monkeypatch.context() as patch:
            lines_away(place, patch)
            with pytest.raises(StoreUnavailable):
                await elsewhere.find(live.room.id)
        (there,) = elsewhere.all_open()
        assert there.room.paused


async def test_M8_a_moderator_releases_what_another_node_held(tmp_path: Path) -> None:
    """The peer's page is here and its writer's there: it is shown in the moment of the decision."""
    async with a_place(tmp_path) as place:
        live, _, other = await place.pair()
        elsewhere = place.again()
        copy = await elsewhere.find(live.room.id)
        assert copy is not None
        elsewhere.say(copy, 0, Say(FIRST, "hold this"))
        await place.committed()
        (mid,) = copy.room.seats[0].line
        row = Settle(mid, live.room.id, "released")
        moderated.decided(place.rooms, row, await place.store.write(settle, row))
        await place.committed()
        assert [frame.text for frame in other.take()] == ["hold this"]  # type: ignore[attr-defined]


async def test_M6_what_is_held_again_at_another_node_is_told_to_its_writer(tmp_path: Path) -> None:
    """A moderator takes back to have withheld it, where its room is not open: it is checked."""
    async with a_place(tmp_path) as place:
        live, one, other = await place.pair()
        await place.said(live, 0, "hold this", FIRST)
        (mid,) = live.room.seats[0].line
        row = Settle(mid, live.room.id, "withheld")
        moderated.decided(place.rooms, row, await place.store.write(settle, row))
        one.take()
        await place.store.write(_held_again, (live.room.id, mid))
        for _ in range(2):
            await place.rooms.elsewhere.refresh(live)
        assert one.take() == [to_student.Status(FIRST, mid, "held")]
        assert other.take() == []


def _held_again(conn: Connection, rows: Sequence[tuple[str, str]]) -> list[bool]:
    return [hold_again(conn, room, mid) for room, mid in rows]
