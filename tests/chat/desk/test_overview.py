"""The rooms open now, and how the team fares."""

from __future__ import annotations

from moderation.people.sessions import StaffMember
from moderation.records import tables as t
from tests.chat.desk.moderators import Shift
from tests.moderation.records.sample import SCHOOL, add_staff


async def test_the_rooms_are_listed_without_words(shift: Shift) -> None:
    """Each with its handles, how much was said and what waits about it."""
    live, *_ = await shift.held()
    quiet, *_ = await shift.place.pair()
    mo = await shift.moderator("mo")
    (found,) = await mo.says("ask_rooms")
    lines = {line["id"]: line for line in found["rooms"]}
    assert lines[live.room.id]["risk"] == "waiting"
    assert lines[live.room.id]["handles"] == [seat.handle for seat in live.room.seats]
    assert lines[quiet.room.id]["risk"] == ""
    assert "hold this" not in str(found)


async def test_looking_in_is_for_some_and_written_down(shift: Shift) -> None:
    """A moderator is refused, and that is audited; a counsellor sees what was said last."""
    live, *_ = await shift.place.pair()
    await shift.place.said(live, 0, "hello")
    mo = await shift.moderator("mo")
    await mo.says("look_in", room=live.room.id)
    assert mo.names() == ["forbidden"]
    staff = await add_staff(shift.place.store, "cora", "counsellor")
    cora = shift.page(StaffMember(staff, SCHOOL, "cora", "Cora", "counsellor"))
    (view,) = await cora.says("look_in", room=live.room.id)
    assert [line["text"] for line in view["lines"]] == ["hello"]
    shift.place.rooms.leave(live, 0)
    await shift.place.committed()
    await cora.says("look_in", room=live.room.id)
    assert cora.names() == ["ended"]
    acts = await shift.place.store.read(
        lambda conn: [(row.act, row.about) for row in conn.execute(t.audit.select())]
    )
    assert acts == [("refused", "look_in"), ("look_in", live.room.id)]


async def test_M13_the_lead_sees_load_and_no_words(shift: Shift) -> None:
    """Who is on shift and how much each has read; a moderator may not ask."""
    live, *_ = await shift.place.pair()
    await shift.place.said(live, 0, "help me")
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=shift.place.items[-1])
    await mo.says("ask_team")
    assert mo.names() == ["forbidden"]
    staff = await add_staff(shift.place.store, "lee", "safeguarding_lead")
    lee = shift.page(StaffMember(staff, SCHOOL, "lee", "Lee", "safeguarding_lead"))
    (team,) = await lee.says("ask_team")
    assert team["members"] == [{"name": "Mo", "heavy": 1, "read": 1}]
    assert (team["looks"], team["agreed"]) == (0, 0)
