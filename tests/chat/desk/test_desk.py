"""The moderators' desk: what everybody who watches is shown."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from chat.desk.desk import BEAT
from chat.frames import to_student
from moderation.people.sessions import StaffMember
from moderation.records import items
from moderation.records.store import StoreUnavailable
from moderation.roles import Role
from tests.chat.desk.moderators import Shift, told
from tests.chat.shells import Late
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
    place.rooms.leave(live, 0)
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


async def test_M1_F8_what_could_not_be_told_is_told_at_the_next_tick(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New items and what adults do: each once, as soon as the records can be read again."""
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await shift.held()
    await mo.says("claim", item=shift.place.items[-1])
    await mo.says("act", item=shift.place.items[-1], act="escalate", reason="he means it")
    code = mo.seen[1]["item"]["incident"]
    *_, held = await shift.held()
    del mo.seen[:]
    with monkeypatch.context() as away:
        away.setattr(shift.place.store, "read", _refuse)
        shift.desk.changed(held)
        shift.desk._incident_changed(code)
        await told(shift.desk)
    assert mo.seen == []
    for expected in (["incident", "item"], []):
        await shift.desk.tick()
        await told(shift.desk)
        assert sorted({frame["t"] for frame in mo.seen} - {"gauges"}) == expected
        del mo.seen[:]


async def test_M1_F7_what_another_node_told_in_vain_is_looked_for(shift: Shift) -> None:
    """New, changed or done there while nothing was heard: told here, and nothing else is."""
    kept, claimed, done = [(await shift.held())[3] for _ in range(3)]
    mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
    await mo.says("watch")
    del mo.seen[:]
    store, staff = shift.place.store, jo.session.staff.id
    for item in (claimed, done):
        await store.write(items.claim, items.Claim(item, staff, 1))
    await store.write(items.finish, items.Finish(done, staff, 2, "done", None))
    *_, new = await shift.held()
    await shift.desk.tick()
    assert mo.names() == ["gauges"]
    del mo.seen[:]
    for _ in range(2):
        shift.desk.behind()
        await shift.desk.tick()
        await told(shift.desk)
    found = [frame.get("item") for frame in mo.seen]
    assert sorted(one if isinstance(one, str) else one["id"] for one in found) == sorted(
        [claimed, done, new]
    )
    assert kept not in found


async def test_M7_what_was_read_first_is_not_told_last(shift: Shift) -> None:
    """However slowly the records answer, a page ends with how the item stands."""
    *_, held = await shift.held()
    mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
    await jo.says("watch")
    late = Late(shift.place.store, items.item)
    shift.desk.changed(held)
    await late.begun.wait()
    await shift.place.store.write(items.claim, items.Claim(held, mo.session.staff.id, 1))
    shift.desk.changed(held)
    for _ in range(9):  # time enough for the second to be told
        await shift.place.store.read(items.item, held)
    late.come()
    await told(shift.desk)
    assert jo.seen[-1]["item"]["claimed_by"] == "a colleague"


async def _refuse(*_args: object) -> None:
    raise StoreUnavailable


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
