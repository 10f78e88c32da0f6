"""A moderator who may know a student steps aside."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from moderation.records import recusals, reviews
from moderation.roles import Role
from tests.chat.desk.moderators import Shift, audited, held_by, told
from tests.chat.shells import Late


async def test_M17_who_may_know_a_student_sees_nothing_more_of_them(shift: Shift) -> None:
    """One frame: all items of the room are gone for this moderator, for good, and nobody else."""
    live, *_, mo, held = await held_by(shift)
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
    assert "recuse" in await audited(shift)


async def test_M17_every_page_asks_whether_its_moderator_stepped_aside(shift: Shift) -> None:
    """One that never watched, or that another node has: nothing of the room opens in it.

    What stood there goes from it, once.
    """
    live, _, _, mo, held = await held_by(shift)
    await mo.says("act", item=held, act="done")
    await shift.place.said(live, 0, "hold me too")
    await mo.says("claim", item=shift.place.items[-1])
    row = recusals.Recuse(shift.place.items[-1], mo.session.staff.id, 1)
    await shift.place.store.write(recusals.recuse, row)  # at another node
    del mo.seen[:]
    for _ in range(2):
        shift.desk.heard(row.item)
        await told(shift.desk)
    assert mo.seen == [{"t": "gone", "item": row.item, "outcome": "know"}]
    for page in (mo, shift.page(replace(mo.session.staff, role=Role.COUNSELLOR))):
        await page.says("claim", item=row.item)
        assert page.names() == ["not_found"]
        await page.says("undo", item=held)
        assert page.names() == ["too_late"]
        await page.says("ask_rooms")
        assert page.seen[0]["rooms"] == []
    await page.says("look_in", room=live.room.id)
    assert page.names() == ["ended"]


async def test_M17_stepping_aside_gives_back_all_of_the_room(shift: Shift) -> None:
    """A second item of the same room, claimed before, does not stay with who cannot see it."""
    live, *_, mo, held = await held_by(shift)
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


async def test_M17_what_was_read_before_who_stepped_aside_is_not_told_after_it(
    shift: Shift,
) -> None:
    """News of the room on its way in that moment brings nothing back to their page."""
    *_, mo, held = await held_by(shift)
    late = Late(shift.place.store, reviews.first_by)
    shift.desk.changed(held)
    await late.begun.wait()
    aside = asyncio.ensure_future(mo.says("put_back", item=held, know=True))
    while not await shift.place.store.read(recusals.recused, mo.session.staff.id):
        await shift.place.committed()
    await shift.place.committed()
    late.come()
    await aside
    await told(shift.desk)
    assert mo.seen[-1] == {"t": "gone", "item": held, "outcome": "know"}
