from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from moderation.records import desk_tables as d
from moderation.records import items, messages
from moderation.records import tables as t
from moderation.records.numbers import DAY, figures
from moderation.records.store import Store
from tests.moderation.records.sample import SCHOOL, add_staff, new_item, open_room, spoken

START = 20_000 * DAY


def _insert(conn: Connection, rows: Sequence[tuple[str, dict[str, object]]]) -> list[None]:
    tables = {"exposures": d.exposures, "reviews": d.reviews, "incidents": t.incidents}
    for name, values in rows:
        conn.execute(tables[name].insert(), values)
    return [None] * len(rows)


async def _say(store: Store, room: str, at: int, attention: int, delivery: int) -> None:
    row = spoken(room, state="held" if delivery == 3 else "released")
    row = msgspec.structs.replace(row, said_at=at * 1000, attention=attention, delivery=delivery)
    await store.write(messages.say, row)


async def _decided(store: Store, room: str, staff: str, *, since: int, took: int, what: str) -> str:
    item = new_item(room, since=since)
    await store.write(items.add_items, item)
    await store.write(items.claim, items.Claim(item.id, staff, since + took // 2))
    seen = {"staff": staff, "item": item.id, "at": since + took // 2, "category": "bullying"}
    await store.write(_insert, ("exposures", seen))
    done = items.Finish(item.id, staff, since + took, what, None)
    await store.write(items.finish, done)
    return item.id


async def test_messages_are_counted_by_day_and_by_what_became_of_them(store: Store) -> None:
    """Each day of the period is there, also one without a message; other days are not."""
    room = await open_room(store)
    for at, attention, delivery in (
        (START - 1, 0, 0),
        (START, 0, 0),
        (START + 5, 1, 3),
        (START + DAY - 1, 2, 0),
        (START + 2 * DAY, 0, 1),
        (START + 3 * DAY, 0, 0),
    ):
        await _say(store, room, at, attention, delivery)
    found = await store.read(figures, SCHOOL, START + 7, 3)
    counted = [(one.messages, one.queued, one.paged, one.held, one.hidden) for one in found.days]
    assert counted == [(3, 1, 1, 1, 0), (0, 0, 0, 0, 0), (1, 0, 0, 0, 1)]
    assert [one.at for one in found.days] == [START, START + DAY, START + 2 * DAY]


async def test_another_schools_messages_are_not_counted(store: Store) -> None:
    """Schools never see each other, not even as numbers."""
    await _say(store, await open_room(store), START, 0, 0)
    assert (await store.read(figures, "oak", START, 1)).days[0].messages == 0


async def test_waits_decisions_and_false_alarms_are_of_the_day_they_arose(store: Store) -> None:
    """A wait ends with the first look; half is the nearest rank; a second look is no item."""
    room, mo = await open_room(store), await add_staff(store, "mo", "moderator")
    for took, what in ((2_000, "release"), (10_000, "false_alarm"), (60_000, "false_alarm")):
        last = await _decided(store, room, mo, since=START + 100, took=took, what=what)
    await store.write(items.add_items, new_item(room, since=START + DAY))
    again = await _decided(store, room, mo, since=START, took=1_000, what="done")
    review = {
        "item": again,
        "of_item": last,
        "first": "release",
        "second": "release",
        "second_at": START + DAY + 5,
        "agreed": True,
    }
    await store.write(_insert, ("reviews", review))
    found = await store.read(figures, SCHOOL, START, 2)
    one, two = found.days
    assert (one.items, one.look_p50, one.look_p95, one.decide_p50) == (3, 5_000, 30_000, 10_000)
    assert (one.decided, one.false_alarms) == (3, 2)
    assert (two.items, two.look_p50, two.decided) == (1, None, 0)
    assert (two.reviewed, two.agreed) == (1, 1)
    assert found.outcomes == {"false_alarm": 2, "release": 1}


async def test_incidents_are_counted_without_drills(store: Store) -> None:
    """A drill is expected by everybody, so it says nothing about danger; nor does what goes on."""
    room = await open_room(store)
    plain: dict[str, object] = {
        "code": "AAA-2345",
        "school": SCHOOL,
        "room": room,
        "seat": 0,
        "category": "suicide",
        "state": "resolved",
        "count": 1,
        "opened_at": START,
        "round": 0,
        "outcome": "no_danger",
        "drill": False,
    }
    await store.write(_insert, ("incidents", plain))
    await store.write(_insert, ("incidents", {**plain, "code": "BBB-2345", "drill": True}))
    other = {**plain, "code": "CCC-2345", "outcome": "spoken_to", "seat": 1}
    await store.write(_insert, ("incidents", other))
    goes_on = {**plain, "code": "DDD-2345", "outcome": None, "state": "open", "category": "abuse"}
    await store.write(_insert, ("incidents", goes_on))
    (day,) = (await store.read(figures, SCHOOL, START, 1)).days
    assert (day.incidents, day.incidents_ended, day.no_danger) == (3, 2, 1)
