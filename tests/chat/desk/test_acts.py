"""What a moderator's acts do to a message, to students and to the item."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chat.desk.acts import LONGEST_MUTE, flaw, hide
from chat.frames import from_staff, shared, to_student
from chat.rooms.open_room import OpenRoom
from moderation.ids import new_id
from moderation.records import decisions, items, rooms
from moderation.records import tables as t
from moderation.roles import Role
from tests.chat.desk.moderators import Moderator, Shift, told
from tests.chat.shells import Page
from tests.moderation.records.sample import add_students

ITEM = "i" * 22
DAY = 24 * 60


async def claimed(shift: Shift, login: str = "mo") -> tuple[OpenRoom, Page, Page, Moderator, str]:
    """A held message that a moderator has claimed."""
    live, one, other, held = await shift.held()
    moderator = await shift.moderator(login)
    await moderator.says("watch")
    await moderator.says("claim", item=held)
    return live, one, other, moderator, held


async def acts(shift: Shift) -> list[str]:
    found = await shift.place.store.read(lambda conn: conn.execute(t.audit.select()).all())
    return [row.act for row in found]


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        ([(0, 4)], "[hidden] this now"),
        ([(5, 9), (0, 4)], "[hidden] [hidden] now"),
        ([(0, 6), (3, 9)], "[hidden] now"),
        ([(10, 99)], "hold this [hidden]"),
        ([(4, 4), (50, 60)], "hold this now"),
    ],
)
def test_hiding_leaves_nothing_of_what_is_hidden(spans: list[tuple[int, int]], shown: str) -> None:
    """Overlapping parts are one, what lies past the end hides nothing."""
    assert hide("hold this now", tuple(from_staff.Span(*span) for span in spans)) == shown


@pytest.mark.parametrize(
    ("act", "path"),
    [
        ({"act": "hide", "reason": "x", "spans": ()}, "spans"),
        ({"act": "mute", "reason": "x", "minutes": LONGEST_MUTE + 1}, "minutes"),
        ({"act": "mute", "reason": "x", "minutes": 5, "to": "both"}, "to"),
        ({"act": "mute", "minutes": 5}, "reason"),
        ({"act": "bar", "reason": "x", "minutes": DAY + 1}, "minutes"),
        ({"act": "bar", "reason": "x"}, "minutes"),
        ({"act": "note", "text": "hi"}, "cid"),
        ({"act": "warn", "text": " ", "cid": ITEM}, "text"),
        ({"act": "ask"}, "text"),
        ({"act": "release"}, None),
        ({"act": "false_alarm"}, None),
        ({"act": "bar", "reason": "x", "minutes": DAY}, None),
    ],
)
def test_M6_an_act_says_what_it_needs_to(act: dict[str, Any], path: str | None) -> None:
    """What takes something away needs a reason, what lasts a length within the role's limit."""
    assert flaw(from_staff.Act(ITEM, **act), "moderator") == path


def test_M6_who_may_bar_for_how_long_depends_on_the_role() -> None:
    """A counsellor a week, an unknown role not at all."""
    week = from_staff.Act(ITEM, "bar", "why", minutes=7 * DAY)
    assert flaw(week, "counsellor") is None
    assert flaw(week, "moderator") == "minutes"
    assert flaw(from_staff.Act(ITEM, "bar", "why", minutes=1), "auditor") == "minutes"


async def test_M6_of_a_message_a_part_can_be_hidden(shift: Shift) -> None:
    """The peer gets the rest, the writer sees what became of it; the words stay for staff alone."""
    live, one, other, mo, held = await claimed(shift)
    span = [5, 9]
    await mo.says("act", item=held, act="hide", reason="a name", spans=[span])
    assert mo.names() == ["done", "gone"]
    (message,) = other.take()
    assert isinstance(message, to_student.Message)
    assert (message.text, message.state) == ("hold [hidden]", "redacted")
    (status,) = one.take()
    assert isinstance(status, to_student.Status)
    assert (status.state, status.text) == ("redacted", "hold [hidden]")
    again = Page()
    await shift.place.rooms.enter(live, 1, again)
    assert "hold [hidden]" in {getattr(frame, "text", "") for frame in again.seen}
    assert "hold this" not in {getattr(frame, "text", "") for frame in again.seen}


@pytest.mark.parametrize(
    ("to", "hears"), [("student", (1, 0)), ("other", (0, 1)), ("both", (1, 1))]
)
async def test_M12_a_note_goes_to_whom_it_is_for(
    shift: Shift, to: str, hears: tuple[int, int]
) -> None:
    """Under "Moderator"; the item stays, and the card tells what was said."""
    _, one, other, mo, held = await claimed(shift)
    await mo.says("act", item=held, act="note", text="All right?", cid=new_id(), to=to)
    assert mo.names() == ["done", "opened", "item"]
    (past,) = mo.seen[1]["past"]
    assert (past["who"], past["act"], past["text"]) == ("Mo", "note", "All right?")
    for page, count in zip((one, other), hears, strict=True):
        said = page.take()
        assert [frame.who for frame in said if hasattr(frame, "who")] == ["moderator"] * count
    assert await acts(shift) == ["on_shift", "look", "speak", "note"]


async def test_M7_nobody_speaks_about_what_is_not_theirs(shift: Shift) -> None:
    """An item that was not claimed gives no voice in its room."""
    _, one, _, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("act", item=held, act="note", text="hello", cid=new_id())
    assert mo.names() == ["changed"]
    assert one.take() == []


async def test_who_is_muted_says_nothing_but_a_cry_for_help(shift: Shift) -> None:
    """Refused with the time left, also after a restart; unmuting is told."""
    live, one, other, mo, held = await claimed(shift)
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
    shift.place.rooms.end(live, "left", 0)
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
    live, *_, mo, held = await claimed(shift)
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
    live, *_, mo, held = await claimed(shift)
    new, (page,) = await seated_anew(shift, live)
    await mo.says("act", item=held, act="bar", reason="threats", minutes=60)
    assert mo.names() == ["done", "gone"]
    assert shift.place.rooms.here(new.room.id) is new
    assert page.take() == []


async def test_who_is_barred_is_out_and_stays_out(shift: Shift) -> None:
    """The room ends, the house hears who and until when, and only that pseudonym is barred."""
    live, one, _, mo, held = await claimed(shift)
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


async def test_a_colleague_is_asked_in_words(shift: Shift) -> None:
    """The item is everybody's again, with who asks on its line and the question on its card."""
    *_, mo, held = await claimed(shift)
    jo = await shift.moderator("jo")
    await jo.says("watch")
    await mo.says("act", item=held, act="ask", text="is this a song?")
    assert mo.names() == ["done", "item"]
    assert jo.seen[-1]["item"]["asked_by"] == "Mo"
    assert jo.seen[-1]["item"]["claimed_by"] is None
    await jo.says("claim", item=held)
    assert [(past["who"], past["text"]) for past in jo.seen[0]["past"]] == [
        ("Mo", "is this a song?")
    ]


async def test_M17_who_may_know_a_student_sees_nothing_more_of_them(shift: Shift) -> None:
    """One frame: all items of the room are gone for this moderator, for good, and nobody else."""
    live, *_, mo, held = await claimed(shift)
    jo = await shift.moderator("jo")
    await jo.says("watch")
    await mo.says("put_back", item=held, know=True)
    assert [frame["t"] for frame in mo.seen] == ["done", "gone"]
    assert jo.seen[-1]["item"]["claimed_by"] is None
    await shift.place.said(live, 1, "hold me too")
    mo.seen.clear()
    jo.seen.clear()
    shift.desk.changed(shift.place.items[-1])
    await told(shift.desk)
    assert (len(mo.seen), len(jo.seen)) == (0, 1)
    await mo.says("claim", item=held)
    assert mo.names() == ["not_found"]
    again = shift.page(mo.session.staff)
    queue, _ = await again.says("watch")
    assert queue["items"] == []
    assert "recuse" in await acts(shift)


async def test_M17_every_page_asks_whether_its_moderator_stepped_aside(shift: Shift) -> None:
    """One that never watched, or that another node has: nothing of the room opens in it."""
    live, _, _, mo, held = await claimed(shift)
    await mo.says("act", item=held, act="done")
    await shift.place.said(live, 0, "hold me too")
    await mo.says("claim", item=shift.place.items[-1])
    row = decisions.Recuse(shift.place.items[-1], mo.session.staff.id, 1)
    await shift.place.store.write(decisions.recuse, row)  # at another node
    for page in (mo, shift.page(replace(mo.session.staff, role=Role.COUNSELLOR))):
        await page.says("claim", item=row.item)
        assert page.names() == ["not_found"]
        await page.says("undo", item=held)
        assert page.names() == ["too_late"]
        await page.says("ask_rooms")
        assert page.seen[0]["rooms"] == []
    await page.says("look_in", room=live.room.id)
    assert page.names() == ["ended"]
    del mo.seen[:]
    shift.desk.heard(row.item)
    await told(shift.desk)
    assert mo.seen == []


async def test_M17_stepping_aside_gives_back_all_of_the_room(shift: Shift) -> None:
    """A second item of the same room, claimed before, does not stay with who cannot see it."""
    live, *_, mo, held = await claimed(shift)
    jo = await shift.moderator("jo")
    await shift.place.said(live, 1, "hold me too")
    other = shift.place.items[-1]
    await mo.says("claim", item=other)
    await jo.says("watch")
    await mo.says("put_back", item=held, know=True)
    assert sorted(frame["item"] for frame in mo.seen if frame["t"] == "gone") == sorted(
        [held, other]
    )
    told_jo = {frame["item"]["id"]: frame["item"]["claimed_by"] for frame in jo.seen[2:]}
    assert told_jo == {held: None, other: None}
    await jo.says("claim", item=other)
    assert jo.names() == ["opened", "item"]


@pytest.mark.parametrize("act", ["withhold", "done", "false_alarm"])
async def test_M6_a_decision_can_be_taken_back_for_ten_seconds(shift: Shift, act: str) -> None:
    """The item is its moderator's again, and a withheld message is being checked again."""
    live, one, other, mo, held = await claimed(shift)
    await mo.says("act", item=held, act=act, reason="x")
    assert mo.seen[0]["undo_until"] == int((shift.place.clock.now + 10) * 1000)
    one.take()
    shift.place.clock.now += 9
    await mo.says("undo", item=held)
    assert mo.names() == ["done", "opened", "item"]
    assert mo.seen[1]["item"]["claimed_by"] == "Mo"
    states = [frame.state for frame in one.take() if isinstance(frame, to_student.Status)]
    assert states == (["held"] if act == "withhold" else [])
    await mo.says("act", item=held, act="release")
    assert [frame.text for frame in other.take()] == ["hold this"]  # type: ignore[attr-defined]
    await mo.says("undo", item=held)
    assert mo.names() == ["too_late"]
    assert live.room.head == 1


async def test_M6_after_ten_seconds_it_stands(shift: Shift) -> None:
    """Also for somebody else's decision, and for what cannot be taken back at all."""
    *_, mo, held = await claimed(shift)
    jo = await shift.moderator("jo")
    await mo.says("act", item=held, act="withhold", reason="x")
    await jo.says("undo", item=held)
    assert jo.names() == ["too_late"]
    shift.place.clock.now += 13
    await mo.says("undo", item=held)
    assert mo.names() == ["too_late"]


async def test_M3_a_note_is_kept_while_it_is_written(shift: Shift) -> None:
    """The same note again is the same note; whoever claims next reads it; no one else writes it."""
    *_, mo, held = await claimed(shift)
    jo = await shift.moderator("jo")
    note = new_id()
    for text in ("he said", "he said so twice"):
        await mo.says("keep_note", item=held, note=note, text=text)
        assert mo.names() == ["done"]
    await jo.says("keep_note", item=held, note=note, text="mine")
    assert jo.names() == ["changed"]
    await mo.says("put_back", item=held)
    await jo.says("claim", item=held)
    assert [(past["act"], past["text"]) for past in jo.seen[0]["past"]] == [
        ("noted", "he said so twice")
    ]
    await jo.says("keep_note", item=held, note=note, text="mine")
    assert jo.names() == ["changed"]


async def test_M5_the_clocks_of_an_item_are_kept(shift: Shift) -> None:
    """When it came and when somebody first looked; a second look changes neither."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    shift.place.clock.now += 7
    await mo.says("claim", item=held)
    first = mo.seen[0]
    assert first["looked"] - first["item"]["since"] == 7000
    await mo.says("put_back", item=held)
    shift.place.clock.now += 7
    await mo.says("claim", item=held)
    assert mo.seen[0]["looked"] == first["looked"]


@pytest.mark.parametrize("act", ["release", "withhold", "hide"])
async def test_M7_what_holds_no_message_is_not_settled(shift: Shift, act: str) -> None:
    """A call for help has nothing to release: refused, and the item stays."""
    live, *_ = await shift.place.pair()
    await shift.place.rooms.ask_person(live, 0, "help")
    mo = await shift.moderator("mo")
    item = shift.place.items[-1]
    await mo.says("claim", item=item)
    span = [0, 1]
    await mo.says("act", item=item, act=act, reason="x", spans=[span])
    assert mo.names()[0] == "changed"
    found = await shift.place.store.read(items.item, item)
    assert found is not None
    assert found.done_at is None
