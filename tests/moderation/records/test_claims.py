"""A moderator looks at an item, and what they had comes back to the queue."""

from __future__ import annotations

import asyncio

import pytest

from moderation.ids import new_id
from moderation.records import items
from moderation.records.claims import look, return_claims
from moderation.records.decisions import Decided, decide
from moderation.records.items import AlreadyClaimed, Claim, NotFound, StoredItem
from moderation.records.store import Store
from tests.moderation.records.sample import add_staff, new_item
from tests.moderation.records.test_decisions import Case


async def test_M2_of_fifty_looks_at_once_one_is_had(store: Store) -> None:
    """One moderator has the item and one look is in the audit; nobody else sees it."""
    case = await Case.made(store)
    staff = [await add_staff(store, f"staff{n}", "moderator") for n in range(50)]
    answers = await asyncio.gather(
        *(store.write(look, Claim(case.item, who, 9)) for who in staff), return_exceptions=True
    )
    won = [answer for answer in answers if isinstance(answer, StoredItem)]
    assert len(won) == 1
    assert sum(isinstance(answer, AlreadyClaimed) for answer in answers) == 49
    assert await case.entries() == [(won[0].claimed_by, "look", case.item)]


async def test_a_look_at_nothing_leaves_no_entry(store: Store) -> None:
    """An item that is not there is not found, and the audit says nothing."""
    case = await Case.made(store)
    with pytest.raises(NotFound):
        await store.write(look, Claim(new_id(), case.ann, 9))
    assert await case.entries() == []


async def test_M3_claims_come_back_and_say_which(store: Store) -> None:
    """One moderator's items, or at a start everybody's, are in the queue again; done ones stay."""
    case = await Case.made(store)
    others = [new_item(case.room) for _ in range(3)]
    for row in others:
        await store.write(items.add_items, row)
    await case.look(case.ann)
    for row, who in zip(others, (case.bob, case.bob, case.ann), strict=True):
        await store.write(look, Claim(row.id, who, 9))
    await store.write(decide, Decided(others[0].id, case.bob, 20, "done", None))
    assert await store.write(return_claims, case.bob) == [others[1].id]
    assert sorted(await store.write(return_claims, None)) == sorted([case.item, others[2].id])
    assert await store.write(return_claims, None) == []
    found = await store.read(items.item, others[1].id)
    assert found is not None
    assert (found.claimed_by, found.claimed_at) == (None, None)
