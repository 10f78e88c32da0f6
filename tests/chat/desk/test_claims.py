"""Who has an item, and when it comes back to the queue."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from chat.desk.presence import MISSED
from moderation.records import items
from moderation.records.store import StoreUnavailable
from tests.chat.desk.moderators import ITEM, Shift, a_shift, claimed, owner, told
from tests.chat.shells import Stumble


async def test_M2_the_second_to_claim_is_told(shift: Shift) -> None:
    """The loser is refused and then sees who has it; the winner may open it again."""
    *_, held = await shift.held()
    mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
    await mo.says("watch")
    await jo.says("watch")
    await mo.says("claim", item=held)
    await jo.says("claim", item=held)
    assert jo.names() == ["already_claimed", "item"]
    assert jo.seen[1]["item"]["claimed_by"] == "Mo"
    await mo.says("claim", item=held)
    assert mo.names() == ["opened", "item"]
    await jo.says("claim", item=ITEM)
    assert jo.names() == ["not_found"]


async def test_M3_items_come_back_when_the_last_page_is_gone(tmp_path: Path) -> None:
    """Soon after a moderator's page is lost, others see their item unclaimed."""
    async with a_shift(tmp_path, keep_claim=0.0) as shift:
        *_, held = await shift.held()
        mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
        await mo.says("watch")
        await jo.says("watch")
        await mo.says("claim", item=held)
        del jo.seen[:]
        mo.session.disconnected()
        await shift.desk.tick()
        await told(shift.desk)
        (free,) = [frame for frame in jo.seen if frame["t"] == "item"]
        assert free["item"]["claimed_by"] is None
        assert len(shift.desk) == 1


async def test_M3_F24_a_page_that_went_as_it_spoke_is_not_at_the_desk(shift: Shift) -> None:
    """What came with its end is no sign of life, and claims nothing; only an act is carried out."""
    *_, held = await shift.held()
    frames = {"watch": {}, "here": {"quiet": 0}, "claim": {"item": held}}
    for t, fields in frames.items():
        page = await shift.moderator(f"mo_{t}")
        page.session.frame_received(json.dumps({"t": t, **fields}).encode())
        page.session.disconnected()
        assert page.session._turns._last is not None
        await page.session._turns._last
        shift.place.clock.now += MISSED
        assert not shift.desk.presence.silent(shift.place.clock())
    assert (shift.desk._watchers, await owner(shift, held)) == (set(), None)
    mo = await shift.moderator("mo")
    await mo.says("claim", item=held)
    act = {"t": "act", "item": held, "act": "escalate", "reason": "now"}
    mo.session.frame_received(json.dumps(act).encode())
    mo.session.disconnected()
    assert mo.session._turns._last is not None
    await mo.session._turns._last
    assert len(shift.pages) == 1


async def test_M3_items_come_back_though_the_records_were_away(tmp_path: Path) -> None:
    """What could not be returned at that second is returned at the next tick."""
    async with a_shift(tmp_path, keep_claim=10.0) as shift:
        held = await claimed(shift)
        for page in shift.desk._watchers.copy():
            shift.desk.gone(page)
        await shift.desk.tick()
        assert await owner(shift, held) is not None
        shift.place.clock.now += 10
        away = Stumble(shift.place.store)
        tick = asyncio.ensure_future(shift.desk.tick())
        await away.begun.wait()
        away.fail()
        with pytest.raises(StoreUnavailable):
            await tick
        await shift.desk.tick()
        assert await owner(shift, held) is None


async def test_M3_who_is_there_again_owes_nothing(shift: Shift) -> None:
    """A line that was silent while the records were away, and speaks again, keeps its item."""
    held = await claimed(shift)
    (mo,) = shift.desk._watchers
    shift.desk.claims.owe(mo.staff.id)
    await shift.desk.tick()
    assert await owner(shift, held) == mo.staff.id


async def test_M3_M11_a_silent_line_is_a_moderator_who_is_gone(shift: Shift) -> None:
    """Fifteen seconds without a sign of life, long before the line itself is known to be dead."""
    held = await claimed(shift)
    jo = await shift.moderator("jo")
    await jo.says("watch")
    places = shift.desk.places
    for seconds in (5, 5, 4):
        shift.place.clock.now += seconds
        await jo.says("here", quiet=0)
    await shift.desk.tick()
    assert await owner(shift, held) is not None
    shift.place.clock.now += 1
    await shift.desk.tick()
    assert await owner(shift, held) is None
    assert (len(shift.desk), shift.desk.places) == (1, places // 2)
    assert list(shift.desk.moderators().values()) == ["Jo"]


async def test_M3_who_has_gone_to_another_node_keeps_their_items(tmp_path: Path) -> None:
    """Neither a page that went nor a line that fell silent here takes anything from them there."""
    async with a_shift(tmp_path, keep_claim=0.0) as shift:
        held = await claimed(shift)
        (mo,) = shift.desk._watchers
        there = {mo.staff.id: "Mo"}
        shift.desk.needs.others.at_other_desks = lambda: there  # type: ignore[method-assign]
        shift.place.clock.now += MISSED
        await shift.desk.tick()
        shift.desk.gone(mo)
        await shift.desk.tick()
        assert await owner(shift, held) == mo.staff.id
        there.clear()
        shift.desk.claims.owe(mo.staff.id)
        await shift.desk.tick()
        assert await owner(shift, held) is None


async def test_M3_a_moderator_who_comes_back_keeps_their_items(shift: Shift) -> None:
    """Reconnecting in time, or having another page open, leaves the claim as it is."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=held)
    never_watched = shift.page(mo.session.staff)
    mo.session.disconnected()
    never_watched.session.disconnected()
    assert len(shift.desk.claims._gone) == 1
    back = shift.page(mo.session.staff)
    await back.says("watch")
    assert shift.desk.claims._gone == {}
    found = await shift.place.store.read(items.item, held)
    assert found is not None
    assert found.claimed_by == mo.session.staff.id


async def test_M3_at_a_start_nobody_has_anything(shift: Shift) -> None:
    """Claims from before a restart are in the queue again."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("claim", item=held)
    await shift.desk.claims.put_back(None)
    found = await shift.place.store.read(items.item, held)
    assert found is not None
    assert found.claimed_by is None
