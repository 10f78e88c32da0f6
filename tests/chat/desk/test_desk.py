"""The moderators' desk: what everybody who watches is shown."""

from __future__ import annotations

from structlog.testing import capture_logs

from chat.desk.desk import BEAT
from chat.frames import to_student
from moderation.people.sessions import StaffMember
from moderation.records import items
from moderation.roles import Role
from tests.chat.desk.moderators import Shift, told
from tests.moderation.records.sample import SCHOOL, add_staff


async def test_watching_shows_the_queue(shift: Shift) -> None:
    """Who watches sees what waits, who can be reached, and their own name; and counts as here."""
    await shift.held()
    mo = await shift.moderator("mo")
    queue, _ = await mo.says("watch")
    assert len(queue["items"]) == 1
    assert (queue["me"], queue["on_call"]) == ("Mo", [])
    again = shift.page(mo.session.staff)
    await again.says("watch")
    assert len(shift.desk) == 1


async def test_M1_a_change_is_told_to_everybody_who_watches(shift: Shift) -> None:
    """A claim shows on the other moderators' pages under the claimer's name."""
    *_, held = await shift.held()
    mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
    await mo.says("watch")
    await jo.says("watch")
    del jo.seen[:]
    assert [frame["t"] for frame in await mo.says("claim", item=held)] == ["opened", "item"]
    assert jo.seen[0]["item"]["claimed_by"] == "Mo"


async def test_M7_what_nobody_waits_for_any_more_holds_nothing_up(shift: Shift) -> None:
    """Taken back, or its chat is over: at once the item is no longer held, and moderators hear."""
    place = shift.place
    live, _, _, held = await shift.held()
    (waiting,) = live.room.seats[0].line.values()
    place.rooms.take_back(live, 0, waiting.cid)
    await place.committed()
    await place.committed()
    await place.said(live, 0, "hold this too")
    again = place.items[-1]
    place.rooms.end(live, "left", 0)
    await place.committed()
    await place.committed()
    rows = {row.id: row.held for row in await place.store.read(items.open_items, SCHOOL)}
    assert rows == {held: False, again: False}
    assert place.items == [held, held, again, again]


async def test_M10_what_an_adult_does_is_told_as_it_is_committed(shift: Shift) -> None:
    """Whoever watches sees who has it, in the same turn: nothing waits for a tick of the clock."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act="escalate", reason="he means it")
    code = mo.seen[1]["item"]["incident"]
    staff = await add_staff(shift.place.store, "ola", "counsellor")
    ola = StaffMember(staff, SCHOOL, "ola", "Ola", Role.COUNSELLOR)
    incidents, seen = shift.desk.needs.incidents, []
    for act in (incidents.acknowledge, incidents.with_student):
        del mo.seen[:]
        await act(code, ola)
        await told(shift.desk)
        seen += [(frame["t"], frame["holder"]) for frame in mo.seen]
    assert seen == [("incident", "Ola")] * 2


async def test_closing_a_room_is_told_to_both_students(shift: Shift) -> None:
    """The moderator's act ends the room for good."""
    live, one, other, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act="close_room", reason="enough")
    assert one.take() == other.take() == [to_student.Ended("moderator")]
    assert await shift.place.rooms.find(live.room.id) is None


async def test_a_page_is_told_something_every_few_seconds(shift: Shift) -> None:
    """Also while nothing changes, so that it answers though its own clock may sleep."""
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await shift.desk.tick()
    del mo.seen[:]
    for _ in range(int(BEAT)):
        assert mo.seen == []
        shift.place.clock.now += 1
        await shift.desk.tick()
    assert mo.names() == ["gauges"]


async def test_F14_a_change_that_cannot_be_read_is_no_ones_end(shift: Shift) -> None:
    """With the records gone, telling fails quietly, without words in the log."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await shift.place.store.close()
    with capture_logs() as logs:
        shift.desk.changed(held)
        await told(shift.desk)
    assert logs == [{"event": "desk_not_told", "log_level": "warning"}]
