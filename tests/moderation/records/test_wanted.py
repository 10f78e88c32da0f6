"""Calls and reports that are made again."""

from __future__ import annotations

import asyncio

import pytest

from moderation.records.incidents import raise_incidents
from moderation.records.items import Claim, Finish, Link, claim, finish, link_incident, open_items
from moderation.records.store import Store
from moderation.records.wanted import want
from tests.moderation.records.sample import (
    SCHOOL,
    add_staff,
    new_incident,
    new_item,
    open_room,
)

HELP = {"kind": "help", "category": "help", "seat": 0}


async def test_a_thousand_calls_of_one_seat_wait_as_one(store: Store) -> None:
    """Many at once are one item, which waits since the first and is told to each."""
    room = await open_room(store)
    rows = [new_item(room, since=n, escalate_at=60 + n, **HELP) for n in range(1000)]
    answers = await asyncio.gather(*(store.write(want, row) for row in rows))
    (waiting,) = await store.read(open_items, SCHOOL)
    assert set(answers) == {waiting.id}
    assert (waiting.since, waiting.escalate_at) == (0, 60)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_two_nodes_that_hear_of_it_at_once_make_one_item(
    store: Store, store_url: str
) -> None:
    """A page that comes back at another node while its first call is being written is not two."""
    other = await Store.open(store_url)
    room = await open_room(store)
    nodes = [store, other] * 20
    answers = await asyncio.gather(*(each.write(want, new_item(room, **HELP)) for each in nodes))
    await other.close()
    assert len(set(answers)) == 1
    assert len(await store.read(open_items, SCHOOL)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"seat": 1},
        {"kind": "report", "category": "report_unsafe"},
        {"kind": "report", "category": "report_unkind"},
    ],
)
async def test_what_is_something_else_waits_by_itself(
    store: Store, other: dict[str, object]
) -> None:
    """The peer's call is another one, and nothing that a report says is lost."""
    room = await open_room(store)
    for row in (new_item(room, **HELP), new_item(room, **{**HELP, **other})):  # type: ignore[arg-type]
        assert await store.write(want, row) == row.id
    elsewhere = new_item(await open_room(store), **HELP)
    assert await store.write(want, elsewhere) == elsewhere.id
    nowhere = [new_item(None, **HELP), new_item(None, **HELP)]
    assert [await store.write(want, row) for row in nowhere] == [row.id for row in nowhere]
    assert len(await store.read(open_items, SCHOOL)) == 5


async def test_whoever_asks_again_after_somebody_looked_is_heard_again(store: Store) -> None:
    """A claimed or finished item, and one that became an incident, take in nothing new."""
    room, ann = await open_room(store), await add_staff(store, "ann", "moderator")

    async def asks() -> str:
        return await store.write(want, new_item(room, **HELP))

    first = await asks()
    await store.write(claim, Claim(first, ann, 9))
    second = await asks()
    assert second != first
    assert await asks() == second
    await store.write(claim, Claim(second, ann, 10))
    await store.write(finish, Finish(second, ann, 11, "done", None))
    third = await asks()
    assert third not in {first, second}
    code = await store.write(raise_incidents, new_incident(room, "ABC-2345"))
    await store.write(link_incident, Link(third, code))
    assert await asks() not in {first, second, third}
