"""Students who are muted or barred."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from chat.frames import shared, to_student
from chat.rooms.open_room import OpenRoom
from moderation.people.sessions import StaffMember
from moderation.records import bars, rooms
from moderation.records import tables as t
from tests.chat.desk.moderators import Moderator, Shift, held_by
from tests.chat.shells import Page, Stumble
from tests.moderation.records.sample import SCHOOL, add_staff, add_students


async def test_who_is_muted_says_nothing_but_a_cry_for_help(shift: Shift) -> None:
    """Refused with the time left, also after a restart; unmuting is told."""
    live, one, other, mo, held = await held_by(shift)
    await mo.says("act", item=held, act="mute", reason="x", minutes=5)
    assert mo.names() == ["done", "opened", "item"]
    assert mo.seen[1]["muted"] == [int((shift.place.clock.now + 300) * 1000), None]
    assert one.take() == [to_student.Notice("muted")]
    shift.place.clock.now += 60
    await shift.place.said(live, 0, "but why")
    (refused,) = one.take()
    assert isinstance(refused, shared.Error)
    assert (refused.code, refused.retry_after) == ("muted", 240.0)
    await shift.place.said(live, 0, "help me")
    assert [frame.state for frame in one.take() if isinstance(frame, to_student.Ack)] == [
        "released"
    ]
    assert other.take() != []
    loaded = await shift.place.again().find(live.room.id)
    assert loaded is not None
    muted, coming = (
        to_student.Notice(code, standing=True) for code in ("muted", "peer_adult_coming")
    )
    assert muted in loaded.standing(0, shift.place.clock.now)
    assert loaded.standing(1, shift.place.clock.now) == [coming]
    await mo.says("act", item=held, act="unmute")
    assert one.take() == [to_student.Notice("unmuted")]
    await shift.place.said(live, 0, "again")
    assert isinstance(one.take()[0], to_student.Ack)


async def seated_anew(shift: Shift, live: OpenRoom, *peers: str) -> tuple[OpenRoom, list[Page]]:
    """The student whose message was held has left that room and sits in another."""
    shift.place.rooms.leave(live, 0)
    await shift.place.committed()
    students = [live.room.seats[0].student, *peers]
    for student in peers:
        await shift.place.store.write(add_students, student)
    new, pages = await shift.place.rooms.open(students, "mood"), [Page() for _ in students]
    for seat, page in enumerate(pages):
        await shift.place.rooms.enter(new, seat, page)
        page.take()
    return new, pages


async def test_K10_who_is_barred_is_out_of_the_room_they_sit_in_by_now(shift: Shift) -> None:
    """Not only of the one it is about: whoever is their peer there hears nothing more."""
    live, *_, mo, held = await held_by(shift)
    new, (barred, peer) = await seated_anew(shift, live, "p" * 22)
    await mo.says("act", item=held, act="bar", reason="threats", minutes=60)
    assert mo.names() == ["done", "gone"]
    assert (barred.lefts, peer.lefts) == (1, 1)
    assert [type(frame) for frame in peer.take()] == [to_student.Ended]
    stored = await shift.place.store.read(rooms.room, new.room.id)
    assert stored is not None
    assert stored.ended_why == "moderator"


async def test_S9_who_is_barred_keeps_the_room_where_they_asked_for_a_person(shift: Shift) -> None:
    """There is no peer to be kept from in it."""
    live, *_, mo, held = await held_by(shift)
    new, (page,) = await seated_anew(shift, live)
    await mo.says("act", item=held, act="bar", reason="threats", minutes=60)
    assert mo.names() == ["done", "gone"]
    assert shift.place.rooms.here(new.room.id) is new
    assert page.take() == []


async def test_who_is_barred_is_out_and_stays_out(shift: Shift) -> None:
    """The room ends, the house hears who and until when, and only that pseudonym is barred."""
    live, one, _, mo, held = await held_by(shift)
    await mo.says("act", item=held, act="bar", reason="threats", minutes=60)
    assert mo.names() == ["done", "gone"]
    until = int((shift.place.clock.now + 3600) * 1000)
    assert shift.barred == [(live.room.seats[0].student, until)]
    assert one.take() == [to_student.Ended("moderator")]
    found = await shift.place.store.read(lambda conn: conn.execute(t.students.select()).all())
    assert {row.id: row.barred_until for row in found} == {
        live.room.seats[0].student: until,
        live.room.seats[1].student: None,
    }


@pytest.mark.parametrize("by_now", [False, True])
async def test_S10_a_bar_cuts_nobody_off_from_the_adult_who_is_called_for_them(
    shift: Shift, *, by_now: bool
) -> None:
    """Whether it is about that room, or about an earlier one of whoever is barred."""
    live, one, other, mo, held = await held_by(shift)
    pages, cries = [one, other], 1
    if by_now:
        live, pages = await seated_anew(shift, live, "p" * 22)
    await shift.place.said(live, cries, "help me")
    for page in pages:
        page.take()
    await mo.says("act", item=held, act="bar", reason="threats", minutes=60)
    assert mo.names() == ["done", "gone"]
    barred, cried = pages
    assert (barred.lefts, cried.lefts) == (1, 0)
    assert barred.take() == [to_student.Ended("moderator")]
    assert cried.take() == [to_student.Notice("peer_gone")]
    assert shift.place.rooms.here(live.room.id) is live


@pytest.mark.parametrize(
    ("role", "minutes"), [("moderator", None), ("counsellor", None), ("safeguarding_lead", 60)]
)
async def test_nobody_ends_a_bar_sooner_that_was_longer_than_they_may(
    shift: Shift, role: str, minutes: int | None
) -> None:
    """A lead's month outlasts a moderator's hour; a lead shortens it, and so can lift it."""
    live, *_, held = await shift.held()
    student = live.room.seats[0].student
    month = int((shift.place.clock.now + 30 * 86_400) * 1000)
    await shift.place.store.write(barred_before, Before(student, month))
    who = await add_staff(shift.place.store, "bo", role)
    bo = shift.page(StaffMember(who, SCHOOL, "bo", "Bo", role))
    await bo.says("watch")
    await bo.says("claim", item=held)
    await bo.says("act", item=held, act="bar", reason="threats", minutes=60)
    until = int((shift.place.clock.now + minutes * 60) * 1000) if minutes else month
    assert shift.barred == [(student, until)]
    assert await shift.place.store.read(bars.until, student) == until


@dataclass(frozen=True)
class Before:
    """A bar that stands already."""

    student: str
    until: int


def barred_before(conn: Connection, rows: Sequence[Before]) -> list[None]:
    for row in rows:
        bars.bar(conn, row.student, row.until)
    return [None] * len(rows)


async def decided_in_doubt(shift: Shift, mo: Moderator, held: str, **act: object) -> None:
    """A decision is kept, and its answer is lost; then the clock of the rooms ticks."""
    lost = Stumble(shift.place.store, kept=True)
    deciding = asyncio.ensure_future(mo.says("act", item=held, reason="x", **act))
    await lost.begun.wait()
    lost.fail()
    assert "unavailable" in [frame.get("code") for frame in await deciding]
    shift.place.rooms.tick()
    await shift.place.rooms.quiet()


async def test_F8_who_was_muted_is_though_the_answer_was_lost(shift: Shift) -> None:
    """A server that has no neighbours looks into the records too."""
    live, one, _, mo, held = await held_by(shift)
    await decided_in_doubt(shift, mo, held, act="mute", minutes=5)
    assert one.take() == [to_student.Notice("muted")]
    await shift.place.said(live, 0, "but why")
    assert [frame.code for frame in one.take()] == ["muted"]  # type: ignore[attr-defined]


async def test_F8_a_room_that_was_closed_is_though_the_answer_was_lost(shift: Shift) -> None:
    """Nobody goes on in a room that is over, and both hear it."""
    live, one, other, mo, held = await held_by(shift)
    await decided_in_doubt(shift, mo, held, act="bar", minutes=60)
    assert (one.lefts, other.lefts) == (1, 1)
    assert shift.place.rooms.here(live.room.id) is None


async def test_F8_what_was_released_is_shown_though_the_answer_was_lost(shift: Shift) -> None:
    """And its writer hears that it was."""
    _, one, other, mo, held = await held_by(shift)
    await decided_in_doubt(shift, mo, held, act="release")
    assert [type(frame) for frame in one.take()] == [to_student.Status]
    assert [type(frame) for frame in other.take()] == [to_student.Message]
