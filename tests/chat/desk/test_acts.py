"""What a moderator's acts do to a message, to students and to the item."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from chat.desk.acts import LONGEST_MUTE, flaw, hide
from chat.frames import from_staff, shared, to_student
from chat.live.neighbours import Passing
from moderation.ids import new_id
from moderation.records import items
from tests.chat.desk.moderators import Shift, audited, held_by, told
from tests.chat.rooms.test_elsewhere import Neighbours
from tests.chat.shells import Page, Stumble

ITEM = "i" * 22
DAY = 24 * 60


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
    live, one, other, mo, held = await held_by(shift)
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
    _, one, other, mo, held = await held_by(shift)
    await mo.says("act", item=held, act="note", text="All right?", cid=new_id(), to=to)
    assert mo.names() == ["done", "opened", "item"]
    (past,) = mo.seen[1]["past"]
    assert (past["who"], past["act"], past["text"]) == ("Mo", "note", "All right?")
    for page, count in zip((one, other), hears, strict=True):
        said = page.take()
        assert [frame.who for frame in said if hasattr(frame, "who")] == ["moderator"] * count
    assert await audited(shift) == ["on_shift", "look", "speak", "note"]


async def test_M12_a_note_that_is_said_again_is_one_note(shift: Shift) -> None:
    """Its answer was lost: it stands once in the room, on the card and in the log."""
    _, one, _, mo, held = await held_by(shift)
    said = {"item": held, "act": "note", "text": "All right?", "cid": new_id(), "to": "both"}
    for _ in range(2):
        await mo.says("act", **said)
        assert mo.names() == ["done", "opened", "item"]
    assert [past["text"] for past in mo.seen[1]["past"]] == ["All right?"]
    assert len(one.take()) == 1
    assert await audited(shift) == ["on_shift", "look", "speak", "note"]


async def test_M7_nobody_speaks_about_what_is_not_theirs(shift: Shift) -> None:
    """An item that was not claimed gives no voice in its room."""
    _, one, _, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("act", item=held, act="note", text="hello", cid=new_id())
    assert mo.names() == ["changed"]
    assert one.take() == []


async def test_a_colleague_is_asked_in_words(shift: Shift) -> None:
    """The item is everybody's again, with who asks on its line and the question on its card."""
    *_, mo, held = await held_by(shift)
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


@pytest.mark.parametrize("act", ["withhold", "done", "false_alarm"])
async def test_M6_a_decision_can_be_taken_back_for_ten_seconds(shift: Shift, act: str) -> None:
    """The item is its moderator's again, and a withheld message is being checked again."""
    live, one, other, mo, held = await held_by(shift)
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


@pytest.mark.parametrize("here", [True, False])
async def test_S9_M6_a_call_that_is_taken_up_again_is_told(shift: Shift, *, here: bool) -> None:
    """The student heard that it was over; so they do whose page another node serves."""
    live, one, _ = await shift.place.pair()
    place, others = shift.place, Neighbours()
    place.rooms.elsewhere.neighbours = others
    await place.rooms.requests.ask_person(live, 0, "help")
    place.rooms.perform(live, live.room.calls.asked(0))
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=place.items[-1])
    await mo.says("act", item=place.items[-1], act="done")
    await shift.answering.quiet()
    assert one.take()[-1] == to_student.Notice("call_over")
    if not here:
        place.rooms.leave_to_others(live)
    await mo.says("undo", item=place.items[-1])
    again = to_student.Notice("help_asked")
    assert one.take() == ([again] if here else [])
    passed = Passing(live.room.id, 0, shared.encode(again))
    assert (passed in others.told) is not here


async def test_F8_M6_what_was_taken_back_is_in_the_queue_though_the_answer_was_lost(
    shift: Shift,
) -> None:
    """It is its moderator's again: they see that, and the message is being checked again."""
    _, one, _, mo, held = await held_by(shift)
    await mo.says("act", item=held, act="withhold", reason="x")
    one.take()
    lost = Stumble(shift.place.store, kept=True)
    undoing = asyncio.ensure_future(mo.says("undo", item=held))
    await lost.begun.wait()
    lost.fail()
    await undoing
    assert mo.names() == ["unavailable", "item"]
    shift.place.rooms.tick()
    await shift.place.rooms.quiet()
    assert [frame.state for frame in one.take()] == ["held"]  # type: ignore[attr-defined]


async def test_M6_after_ten_seconds_it_stands(shift: Shift) -> None:
    """Also for somebody else's decision, and for what cannot be taken back at all."""
    *_, mo, held = await held_by(shift)
    jo = await shift.moderator("jo")
    await mo.says("act", item=held, act="withhold", reason="x")
    await jo.says("undo", item=held)
    assert jo.names() == ["too_late"]
    shift.place.clock.now += 13
    await mo.says("undo", item=held)
    assert mo.names() == ["too_late"]


async def test_M6_what_nobody_waits_for_any_more_is_not_checked_again(shift: Shift) -> None:
    """Its writer has left; that the chat goes on for the other student changes nothing of it."""
    live, _, other, mo, held = await held_by(shift)
    await mo.says("act", item=held, act="withhold", reason="x")
    await shift.place.said(live, 1, "help me")
    shift.place.rooms.leave(live, 0)
    await shift.place.committed()
    assert other.take()[-1] == to_student.Notice("peer_gone")
    await mo.says("undo", item=held)
    assert mo.names() == ["too_late"]


async def test_M3_a_note_is_kept_while_it_is_written(shift: Shift) -> None:
    """The same note again is the same note; whoever claims next reads it; no one else writes it."""
    *_, mo, held = await held_by(shift)
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
    await shift.place.rooms.requests.ask_person(live, 0, "help")
    mo = await shift.moderator("mo")
    item = shift.place.items[-1]
    await mo.says("claim", item=item)
    span = [0, 1]
    await mo.says("act", item=item, act=act, reason="x", spans=[span])
    assert mo.names()[0] == "changed"
    found = await shift.place.store.read(items.item, item)
    assert found is not None
    assert found.done_at is None


async def test_M6_what_is_undone_is_not_told_to_be_gone_afterwards(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The news that it was withheld is still being read as its moderator wants it back."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=held)
    del mo.seen[:]
    read, reading, go_on = shift.place.store.read, asyncio.Event(), asyncio.Event()

    async def slowly(query: Any, *given: Any, **named: Any) -> Any:
        found = await read(query, *given, **named)
        if query is items.item and found.done_at is not None:
            reading.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(shift.place.store, "read", slowly)
    withhold = {"t": "act", "item": held, "act": "withhold", "reason": "x"}
    for frame in (withhold, {"t": "undo", "item": held}):
        mo.session.frame_received(json.dumps(frame).encode())
        await reading.wait()
    assert mo.session._turns._last is not None
    await asyncio.wait([mo.session._turns._last], timeout=0.2)  # it may be quick, or have to wait
    go_on.set()
    await mo.session._turns._last
    await told(shift.desk)
    assert mo.names().index("gone") < mo.names().index("opened")


@pytest.mark.parametrize("act", ["done", "false_alarm"])
async def test_S9_whose_call_is_finished_hears_that_nobody_comes(shift: Shift, act: str) -> None:
    """They may call again; while a moderator only looks at it they hear nothing."""
    live, one, other = await shift.place.pair()
    await shift.place.rooms.requests.ask_person(live, 0, "help")
    shift.place.rooms.perform(live, live.room.calls.asked(0))
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=shift.place.items[-1])
    shift.answering.look(live.room.id)
    await shift.answering.quiet()
    assert one.take() == [to_student.Notice("help_asked")]
    await mo.says("act", item=shift.place.items[-1], act=act)
    await shift.answering.quiet()
    assert (one.take(), other.take()) == ([to_student.Notice("call_over")], [])
