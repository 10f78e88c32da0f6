from __future__ import annotations

from moderation.records import items
from moderation.records.help_waits import help_waits
from moderation.records.store import Store
from tests.moderation.records.sample import SCHOOL, add_staff, new_item, open_room


async def test_S9_a_call_waits_until_the_first_who_came(store: Store) -> None:
    """A look ends the wait; a call nobody came to is told, other items and later calls are not."""
    room, mo = await open_room(store), await add_staff(store, "mo", "moderator")
    calls = [new_item(room, since=since, kind="help") for since in (1_000, 2_000, 9_000)]
    for row in (*calls, new_item(room, since=1_500)):
        await store.write(items.add_items, row)
    await store.write(items.claim, items.Claim(calls[0].id, mo, 1_700))
    assert sorted(await store.read(help_waits, SCHOOL, 9_000), key=str) == [700, None]
    assert await store.read(help_waits, "other", 9_000) == []
