"""Shifts of moderators, from what colleagues left to what they leave."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from chat.desk.presence import LEFT_ALONE
from chat.settings import Moderators
from moderation.records import items
from moderation.records import tables as t
from tests.chat.desk.moderators import Moderator, Shift, told


async def at_the_desk(shift: Shift, login: str) -> Moderator:
    moderator = await shift.moderator(login)
    await moderator.says("watch")
    return moderator


async def paged(shift: Shift) -> str:
    """An item of the heavy sort; answers its id."""
    live, *_ = await shift.place.pair()
    await shift.place.said(live, 0, "help me")
    return shift.place.items[-1]


async def test_M13_a_note_is_left_for_the_next(shift: Shift) -> None:
    """Sealed in the records, read by whoever comes on shift, for half a day."""
    mo = await at_the_desk(shift, "mo")
    await mo.says("shift", on=False, note="Otter may come back")
    assert mo.seen[-1]["on"] is False
    rows = await shift.place.store.read(
        lambda conn: [row.act for row in conn.execute(t.audit.select())]
    )
    assert rows == ["on_shift", "off_shift"]
    jo = await shift.moderator("jo")
    *_, begun = await jo.says("watch")
    assert [(left["who"], left["text"]) for left in begun["left"]] == [
        ("Mo", "Otter may come back")
    ]
    shift.place.clock.now += 13 * 3600
    *_, later = await jo.says("shift", on=True)
    assert later.get("left", []) == []


async def test_M11_off_shift_gives_everything_back_at_once(shift: Shift) -> None:
    """No place is left, the claimed item is free, and on shift again there is room again."""
    *_, held = await shift.held()
    mo = await at_the_desk(shift, "mo")
    await mo.says("claim", item=held)
    assert (len(shift.desk), shift.desk.places) == (1, Moderators().rooms_each)
    await mo.says("shift", on=False)
    assert (len(shift.desk), shift.desk.places) == (0, 0)
    found = await shift.place.store.read(items.item, held)
    assert found is not None
    assert found.claimed_by is None
    await mo.says("claim", item=held)
    assert mo.names() == ["off_shift"]
    await mo.says("shift", on=True)
    assert shift.desk.places == Moderators().rooms_each


async def test_M11_who_stepped_off_shift_stays_off_on_a_page_that_is_loaded_anew(
    shift: Shift,
) -> None:
    """Also at another node, until they say so or sign in again; nobody counts on them meanwhile."""
    mo = await at_the_desk(shift, "mo")
    await mo.says("shift", on=False)
    shift.desk.presence._off.clear()  # another node, or this one after a restart
    now = int(shift.place.clock.now * 1000)
    for since, on in ((now - 1, False), (now + 1, True)):
        page = shift.page(dataclasses.replace(mo.session.staff, since=since))
        await page.says("watch")
        assert [frame["on"] for frame in page.seen if frame["t"] == "on_shift"] == [on]
        assert shift.desk.places == on * Moderators().rooms_each


async def test_M3_what_is_left_alone_goes_back(shift: Shift) -> None:
    """The page says how long nobody touched it; what it sends by itself keeps nothing."""
    *_, held = await shift.held()
    mo = await at_the_desk(shift, "mo")
    await mo.says("claim", item=held)
    for quiet in range(60, 100, 12):
        await mo.says("here", quiet=quiet)
        await mo.says("ask_rooms")
        await shift.desk.tick()
        found = await shift.place.store.read(items.item, held)
        assert found is not None
        assert (found.claimed_by == mo.session.staff.id) is (quiet < LEFT_ALONE)
        shift.place.clock.now += 12


async def test_M3_a_claim_after_a_long_quiet_is_kept(shift: Shift) -> None:
    """Who watched a quiet queue and then claims has the item, before any sign of life says so."""
    *_, held = await shift.held()
    mo = await at_the_desk(shift, "mo")
    await mo.says("here", quiet=600)
    await mo.says("claim", item=held)
    await shift.desk.tick()
    await told(shift.desk)
    found = await shift.place.store.read(items.item, held)
    assert found is not None
    assert found.claimed_by == mo.session.staff.id


async def test_M13_enough_is_enough_while_somebody_else_is_here(shift: Shift) -> None:
    """The next heavy item is refused to who has read much, given to who has not, and never lost."""
    needs = shift.desk.needs
    object.__setattr__(needs, "moderators", replace(Moderators(), heavy_looks=1))
    mo, jo = await at_the_desk(shift, "mo"), await at_the_desk(shift, "jo")
    first, second, third = [await paged(shift) for _ in range(3)]
    await mo.says("claim", item=first)
    assert mo.names()[0] == "opened"
    await mo.says("claim", item=second)
    assert mo.names()[0] == "rest"
    await mo.says("claim", item=first)
    assert mo.names()[0] == "opened"
    await jo.says("claim", item=second)
    assert jo.names()[0] == "opened"
    await mo.says("claim", item=third)
    assert mo.names()[0] == "opened"
    *_, begun = await mo.says("shift", on=True)
    assert begun["read"] == {"suicide": 2}


async def test_M14_the_desk_tells_how_it_stands_when_it_changes(shift: Shift) -> None:
    """Who is on shift, how many rooms there may be, how long a first look took, what fails."""
    *_, held = await shift.held()
    mo = await at_the_desk(shift, "mo")
    shift.place.clock.now += 4
    await mo.says("claim", item=held)
    failing = ["on_call"]
    object.__setattr__(shift.desk.needs, "failing", lambda: failing)
    mo.seen.clear()
    await shift.desk.tick()
    await shift.desk.tick()
    (gauges,) = [frame for frame in mo.seen if frame["t"] == "gauges"]
    assert gauges == {
        "t": "gauges",
        "on_shift": ["Mo"],
        "rooms": 1,
        "places": Moderators().rooms_each,
        "first_look": 4000,
        "failing": ["on_call"],
    }
    mo.seen.clear()
    await mo.says("here", quiet=0)
    assert mo.seen == [gauges]  # so that a page knows on a quiet day that it is heard
    failing.clear()
    await shift.desk.tick()
    assert mo.seen[-1].get("failing", []) == []
