from __future__ import annotations

import asyncio

import pytest

from moderation.ids import new_id
from moderation.records.items import (
    AlreadyClaimed,
    Claim,
    Finish,
    NotFound,
    NotYours,
    PutBack,
    add_items,
    claim,
    finish,
    item,
    open_items,
    put_back,
)
from moderation.records.store import Store
from tests.moderation.records.sample import SCHOOL, add_staff, new_item


async def test_of_fifty_moderators_one_gets_the_item(store: Store) -> None:
    """However many reach for an item at once, one has it and the others are told who."""
    staff = [await add_staff(store, f"staff{n}", "moderator") for n in range(50)]
    row = new_item(None)
    await store.write(add_items, row)
    answers = await asyncio.gather(
        *(store.write(claim, Claim(row.id, who, 9)) for who in staff), return_exceptions=True
    )
    refused = [answer.by for answer in answers if isinstance(answer, AlreadyClaimed)]
    assert refused == [staff[0]] * 49
    found = await store.read(item, row.id)
    assert found is not None
    assert (found.claimed_by, found.claimed_at) == (staff[0], 9)


async def test_claiming_twice_is_harmless(store: Store) -> None:
    """A moderator who claims what they have gets it again; an unknown item is not found."""
    ann = await add_staff(store, "ann", "moderator")
    row = new_item(None)
    await store.write(add_items, row)
    first = await store.write(claim, Claim(row.id, ann, 9))
    assert await store.write(claim, Claim(row.id, ann, 10)) == first
    with pytest.raises(NotFound):
        await store.write(claim, Claim(new_id(), ann, 9))


async def test_only_the_owner_puts_back_or_finishes(store: Store) -> None:
    """An item is put back or finished by whoever has it, once; a finished one stays closed."""
    ann, bob = [await add_staff(store, login, "moderator") for login in ("ann", "bob")]
    row = new_item(None)
    await store.write(add_items, row)
    await store.write(claim, Claim(row.id, ann, 9))
    for op, wrong in (
        (put_back, PutBack(row.id, bob)),
        (finish, Finish(row.id, bob, 10, "fine", None)),
    ):
        with pytest.raises(NotYours):
            await store.write(op, wrong)  # type: ignore[arg-type]
    back = await store.write(put_back, PutBack(row.id, ann))
    assert (back.claimed_by, back.claimed_at) == (None, None)
    await store.write(claim, Claim(row.id, bob, 11))
    done = await store.write(finish, Finish(row.id, bob, 12, "fine", b"sealed"))
    assert (done.done_at, done.outcome, done.sealed_reason) == (12, "fine", b"sealed")
    with pytest.raises(NotYours):
        await store.write(finish, Finish(row.id, bob, 13, "other", None))
    with pytest.raises(AlreadyClaimed):
        await store.write(claim, Claim(row.id, bob, 14))


async def test_the_queue_is_most_pressing_first(store: Store, oak: Store) -> None:
    """What waits is listed by attention and then age, of one school, without what is done."""
    rows = [
        new_item(None, attention=1, since=1),
        new_item(None, attention=2, since=3),
        new_item(None, attention=2, since=2),
    ]
    await oak.write(add_items, new_item(None, attention=2, since=1, school="oak"))
    for row in rows:
        await store.write(add_items, row)
    listed = await store.read(open_items, SCHOOL)
    assert [found.id for found in listed] == [rows[2].id, rows[1].id, rows[0].id]
    ann = await add_staff(store, "ann", "moderator")
    await store.write(claim, Claim(rows[1].id, ann, 9))
    await store.write(finish, Finish(rows[1].id, ann, 10, "fine", None))
    assert rows[1].id not in [found.id for found in await store.read(open_items, SCHOOL)]
