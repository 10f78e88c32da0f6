from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select, update

from moderation.records import desk_tables as d
from moderation.records import items, log, messages, numbers, reviews, rooms, watch
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.incidents import raise_incidents
from moderation.records.numbers import DAY
from moderation.records.purge import Purge, Times, purge
from moderation.records.store import Store
from moderation.records.transcript import shown_after
from tests.moderation.records import schools
from tests.moderation.records.sample import (
    ONLY_SQLITE,
    SCHOOL,
    add_staff,
    new_incident,
    new_item,
    open_room,
    spoken,
)
from tests.moderation.records.strangers import NOW, fill, our_tables
from tests.moderation.records.test_purge_cases import do, forget, left

TIMES = Times(verdicts_days=20)
FIRST = 20_000
"""A day, by its number."""
OF_A_ROOM = (t.rooms, t.seats, t.messages, t.items, d.item_acts, d.exposures, d.room_recusals)


async def say(store: Store, room: str, at: int, attention: int = 0) -> None:
    """A message at that time in milliseconds."""
    row = msgspec.structs.replace(spoken(room), said_at=at * 1000, attention=attention)
    await store.write(messages.say, row)


async def a_room(store: Store, day: int) -> str:
    """A room over on that day: two messages, a decided item, and a second look at it."""
    at, staff = day * DAY, await add_staff(store, f"mod{day}", "moderator")
    room = await open_room(store)
    await say(store, room, at, 0)
    await say(store, room, at + 1, 1)
    item, again = new_item(room, since=at), new_item(room, since=at, kind="review")
    await store.write(items.add_items, item)
    await store.write(items.claim, items.Claim(item.id, staff, at + 5))
    await store.write(items.finish, items.Finish(item.id, staff, at + 9, "false_alarm", None))
    await store.write(reviews.add, reviews.NewReview(again, item.id, "release", staff))

    def work(conn: Connection) -> None:
        seen = {"staff": staff, "item": item.id, "at": at + 6, "category": "bullying"}
        conn.execute(d.exposures.insert(), seen)
        conn.execute(d.room_recusals.insert(), {"staff": staff, "room": room, "at": 1})
        act = {"id": f"act{day}", "item": item.id, "staff": staff, "at": 1, "act": "warn"}
        conn.execute(d.item_acts.insert(), act)
        conn.execute(update(t.items).where(t.items.c.id == again.id).values(done_at=at + 20))
        reviews.settle(conn, again.id, staff, at + 20, "fine")

    await store.write(do(work), "")
    await store.write(rooms.end_rooms, rooms.EndRoom(room, at + 30, "left"))
    return room


async def test_verdicts_go_when_their_time_is_over(store: Store) -> None:
    """Of a room without a case nothing stays but counts; younger rooms are whole."""
    old, young = await a_room(store, FIRST), await a_room(store, FIRST + 10)
    whole = await left(store, *OF_A_ROOM, d.reviews)
    await forget(store, FIRST + 20, TIMES)
    assert await left(store, *OF_A_ROOM, d.reviews) == whole
    await forget(store, FIRST + 21, TIMES)
    assert await left(store, *OF_A_ROOM, d.reviews) == [number // 2 for number in whole]
    assert await store.read(rooms.room, old) is None
    assert len(await store.read(shown_after, young, 0, 10)) == 2


async def test_figures_stay_as_they_were(store: Store) -> None:
    """Every count of a day is the same after its rooms were purged; only waits are not known."""
    await a_room(store, FIRST)
    await a_room(store, FIRST + 1)
    before = await store.read(numbers.figures, SCHOOL, FIRST * DAY, 3)
    assert (before.days[0].messages, before.days[0].decided, before.days[0].reviewed) == (2, 1, 1)
    await open_and_say(store)
    await forget(store, FIRST + 90, TIMES)
    assert (await left(store, t.items))[0] == 0
    after = await store.read(numbers.figures, SCHOOL, FIRST * DAY, 3)
    for day in before.days:
        day.look_p50 = day.look_p95 = day.decide_p50 = None
    assert after == before


async def open_and_say(store: Store) -> str:
    """A room that goes on, and has the newest message."""
    room = await open_room(store)
    await say(store, room, (FIRST + 80) * DAY)
    return room


async def test_a_room_that_somebody_needs_stays(store: Store) -> None:
    """An incident, an item that waits or a key that is still there keeps its verdicts."""
    cased, waiting, open_ = [await a_room(store, FIRST + n) for n in range(3)]
    await store.write(raise_incidents, new_incident(cased, "ABC-2345"))
    await store.write(items.add_items, new_item(waiting, since=FIRST * DAY))
    reopened = update(t.rooms).where(t.rooms.c.id == open_).values(ended_at=None)
    await store.write(do(lambda conn: conn.execute(reopened)), "")
    await open_and_say(store)
    whole = await left(store, *OF_A_ROOM)
    await forget(store, FIRST + 900, TIMES)
    assert await left(store, *OF_A_ROOM) == whole


async def test_a_second_look_that_nobody_took_keeps_no_room(store: Store) -> None:
    """What it would be about cannot be read any more: it goes with its room."""
    room = await a_room(store, FIRST)
    again = update(t.items).where(t.items.c.kind == "review").values(done_at=None)
    await store.write(do(lambda conn: conn.execute(again)), "")
    await open_and_say(store)
    await forget(store, FIRST + 50, TIMES)
    assert await store.read(rooms.room, room) is None
    assert await left(store, d.reviews) == [0]


async def test_words_always_go_before_verdicts(store: Store) -> None:
    """Where words are kept longer than verdicts, the verdicts wait for them."""
    await a_room(store, FIRST)
    await open_and_say(store)
    times = replace(TIMES, rooms_hours=24 * 100)
    await forget(store, FIRST + 50, times)
    assert (await left(store, t.rooms)) == [2]
    await forget(store, FIRST + 102, times)
    assert (await left(store, t.rooms)) == [1]


async def test_the_log_of_messages_goes_on_after_its_newest_room_is_old(store: Store) -> None:
    """Numbers of messages never come again: what is said next is found, judged and watched."""
    await a_room(store, FIRST)
    await a_room(store, FIRST + 1)
    mark = (await store.read(watch.look, 1, 1, 1, watch.Mark())).mark
    await forget(store, FIRST + 900, TIMES)
    room = await open_and_say(store)
    assert len(await store.read(shown_after, room, 0, 10)) == 1
    assert (await store.read(watch.look, 1, 1, 1, mark)).mark.message > mark.message


@ONLY_SQLITE
async def test_places_go_with_their_messages(store: Store) -> None:
    """Nothing in the file says any more where the messages of a purged room stood."""
    room = await a_room(store, FIRST)
    await open_and_say(store)

    def fold(conn: Connection) -> None:
        log.upkeep(conn)

    await store.write(do(fold), "")
    await forget(store, FIRST + 50, TIMES)
    places = select(t.places.c.room).distinct()
    assert room not in await store.read(lambda conn: conn.scalars(places).all())


async def test_so_many_go_at_once_and_the_rest_soon(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction takes no more than its share, and says that there is more."""
    monkeypatch.setattr("moderation.records.purge_rooms.MOST", 2)
    for day in range(3):
        await a_room(store, FIRST + day)
    await open_and_say(store)
    row = Purge(SCHOOL, (FIRST + 50) * DAY, TIMES)
    first, second = await store.write(purge, row), await store.write(purge, row)
    assert [(one.verdicts, one.more) for one in (first, second)] == [(2, True), (1, False)]


STAYS = {
    "students", "cards", "staff", "contacts", "answers", "blocks", "rotas", "heartbeats",
    "rule_changes", "custodian_keys", "code_makers", "passkeys", "recovery_codes", "links",
    "checkpoints", "tallies", "audit", "identities", "halves", "rooms", "seats", "messages",
}  # fmt: skip
"""Of these something may stay for ever: each is named in docs/records.md with the reason."""


def a_century_ago(conn: Connection) -> None:
    """A few rows in every table, and everything over."""
    fill(conn, SCHOOL, Random(1))
    over: dict[str, Any] = {"state": "resolved", "resolved_at": NOW, "preserved_at": None}
    conn.execute(update(t.incidents).values(over))
    conn.execute(update(t.rooms).values(ended_at=NOW))
    conn.execute(update(t.items).values(done_at=NOW))
    conn.execute(update(d.desk_shifts).values(ended_at=NOW))
    conn.execute(update(d.reviews).values(second_at=NOW))
    conn.execute(update(p.drills).values(began_at=1))
    conn.execute(update(t.metadata.tables["reveals"]).values(reviewed_at=NOW))


async def test_every_table_has_its_time(store: Store, store_url: str) -> None:
    """In a century nothing is left of what may go, in any table there is."""
    if store_url.startswith("sqlite"):
        await store.write(do(a_century_ago), "")
    else:
        await asyncio.to_thread(schools.at, store_url, a_century_ago)
    await open_and_say(store)
    assert min(await left(store, *OF_A_ROOM, t.incidents, t.pages)) > 0
    await forget(store, NOW // DAY + 36_525, Times())
    tables = our_tables()
    counts = dict(zip([one.name for one in tables], await left(store, *tables), strict=True))
    assert {name for name, count in counts.items() if count} <= STAYS
    assert counts["rooms"] == 1  # where the newest message is
