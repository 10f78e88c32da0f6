"""A room that is made again from the records is as it was, and promises what still holds."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Update

from chat.frames import shared, to_student
from moderation.ids import new_id
from moderation.records import items, people, transcript
from moderation.records import tables as t
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.people import NewStaff
from moderation.records.vault import UNREADABLE
from moderation.terms import Category
from tests.chat.shells import Page, Place, a_place
from tests.moderation.records.sample import SCHOOL


async def test_S10_the_card_comes_back_after_a_restart(tmp_path: Path) -> None:
    """The server forgot it, the records did not: both students are told again, until it is over."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "help me")
        await place.rooms.wish(live, 0, shared.Wishes("chat"))
        one, other = await _after_a_restart(place, live.room.id)
        assert one.seen[-2:] == [_standing("adult_coming"), shared.Wishes("chat")]
        assert other.seen[-1] == _standing("peer_adult_coming")
        over = t.incidents.update().values(state="resolved")
        await place.store.write(lambda conn, rows: [conn.execute(over) and None for _ in rows], 0)
        one, other = await _after_a_restart(place, live.room.id)
        assert _standing("adult_coming") not in one.seen
        assert _standing("peer_adult_coming") not in other.seen


async def test_S10_an_adult_called_by_others_is_promised_to_nobody(tmp_path: Path) -> None:
    """Neither at once nor after a restart, until a student's own words call one too."""
    async with a_place(tmp_path) as place:
        live, *here = await place.pair()
        about = live.room.id, 0, Category.SUICIDE, int(place.clock.now * 1000)
        raised = NewIncident("K7F-2M4Q", SCHOOL, *about)
        await place.store.write(raise_incidents, raised)
        pages = *here, *await _after_a_restart(place, live.room.id)
        assert not any(
            isinstance(frame, to_student.Notice) for page in pages for frame in page.seen
        )
        await place.said(live, 0, "help me")
        one, other = await _after_a_restart(place, live.room.id)
        assert _standing("adult_coming") in one.seen
        assert other.seen[-1] == _standing("peer_adult_coming")


async def test_S9_whoever_asked_for_a_person_is_told_so_after_a_restart(tmp_path: Path) -> None:
    """Only they are, and not once somebody looks."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.rooms.requests.ask_person(live, 1, "help")
        one, other = await _after_a_restart(place, live.room.id)
        assert other.seen[-1] == _standing("help_asked")
        assert _standing("help_asked") not in one.seen
        mo = NewStaff(new_id(), SCHOOL, "mo", "Mo", "moderator", "hash")
        claim = items.Claim(place.items[-1], await place.store.write(people.add_staff, mo), 1)
        await place.store.write(items.claim, claim)
        _, other = await _after_a_restart(place, live.room.id)
        assert _standing("help_asked") not in other.seen


async def test_S10_no_adult_is_promised_after_a_restart_whom_nobody_reaches(tmp_path: Path) -> None:
    """While nobody can be paged, neither page says that somebody comes, but whom to call."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "help me")
        one, other = await _after_a_restart(place, live.room.id, reachable=lambda: False)
        assert one.seen[-1] == _standing("no_adult")
        assert other.seen[-1] == _standing("peer_no_adult")


def _standing(code: to_student.NoticeCode) -> to_student.Notice:
    return to_student.Notice(code, standing=True)


async def _after_a_restart(place: Place, room: str, **changes: object) -> tuple[Page, Page]:
    """The pages of both students of a room, in a server that was just started."""
    rooms_again = place.again(**changes)
    live = await rooms_again.find(room)
    assert live is not None
    pages = Page(), Page()
    for seat, page in enumerate(pages):
        await rooms_again.enter(live, seat, page)
    return pages


async def test_a_restart_finds_open_rooms_as_they_were(tmp_path: Path) -> None:
    """Head, handles, what is held and what was said to the judge come back from the records."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "one")
        await place.said(live, 0, "hold two")
        await place.said(live, 0, "three")
        place.judge.asked.clear()
        again = place.again()
        await again.load_open()
        back = await again.find(live.room.id)
        assert back is not None
        assert back.room.head == 1
        assert back.room.epoch == live.room.epoch
        assert [s.handle for s in back.room.seats] == [s.handle for s in live.room.seats]
        assert [w.shown for w in back.room.seats[0].line.values()] == ["hold two", "three"]
        assert place.judge.asked == [(0, "one"), (0, "hold two"), (0, "three")]


async def test_a_restart_releases_nothing_that_only_a_person_may(tmp_path: Path) -> None:
    """What was held for its words is still held when its room is opened again."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "hold this")
        again = place.again()
        await again.load_open()
        await place.committed()
        assert await place.store.read(transcript.shown_after, live.room.id, 0, 10) == []


async def test_F29_a_damaged_message_keeps_neither_its_room_nor_the_server_closed(
    tmp_path: Path,
) -> None:
    """Both read that it cannot be read; a room whose key is damaged keeps no other one closed."""
    async with a_place(tmp_path) as place:
        live, _, _ = await place.pair()
        await place.said(live, 0, "one")
        await place.said(live, 0, "hold two")
        await _damage(place, t.messages.update().values(sealed=bytes(40)))
        for page in await _after_a_restart(place, live.room.id):
            assert UNREADABLE in [getattr(frame, "text", None) for frame in page.seen]
        await _damage(place, t.rooms.update().values(wrapped_key=bytes(40)))
        again = place.again()
        whole = await place.pair()
        await again.load_open()
        assert [each.room.id for each in again.all_open()] == [whole[0].room.id]


async def _damage(place: Place, change: Update) -> None:
    await place.store.write(lambda conn, rows: [conn.execute(change) and None for _ in rows], 0)
