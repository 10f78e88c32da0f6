"""What a moderator does to an item, in one transaction with everything that follows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from moderation.ids import new_id
from moderation.records import audit, items, messages, rooms, transcript
from moderation.records import tables as t
from moderation.records.claims import look
from moderation.records.decisions import Decided, Outcome, decide
from moderation.records.items import Claim, NotYours, StoredItem
from moderation.records.messages import NotHeld, Settle
from moderation.records.rooms import EndRoom
from moderation.records.store import Store
from tests.moderation.records.sample import (
    add_staff,
    new_incident,
    new_item,
    open_room,
    spoken,
)


class Case:
    """A held message in a room, its item, and two moderators."""

    def __init__(self, store: Store, room: str, mid: str, item: str, staff: list[str]) -> None:
        self.store = store
        self.room = room
        self.mid = mid
        self.item = item
        self.ann, self.bob = staff

    @classmethod
    async def made(cls, store: Store) -> Case:
        staff = [await add_staff(store, login, "moderator") for login in ("ann", "bob")]
        room = await open_room(store)
        row = spoken(room, state="held")
        row = messages.Spoken(
            **{f: getattr(row, f) for f in row.__struct_fields__}
            | {"item": new_item(room, row.mid, held=True)}
        )
        await store.write(messages.say, row)
        assert row.item is not None
        return cls(store, room, row.mid, row.item.id, staff)

    async def look(self, staff: str) -> StoredItem:
        found = await self.store.write(look, Claim(self.item, staff, 9))
        assert isinstance(found, StoredItem)
        return found

    def decided(self, act: str = "release", **changes: object) -> Decided:
        plain = Decided(self.item, self.ann, 20, act, b"why")
        return replace(plain, **changes)  # type: ignore[arg-type]

    async def entries(self) -> list[tuple[str, str, str]]:
        """The audit as (who, act, about), and it verifies."""
        assert await self.store.read(audit.verify) is None
        return await self.store.read(_entries)


def _entries(conn: Connection) -> list[tuple[str, str, str]]:
    rows = conn.execute(t.audit.select().order_by(t.audit.c.n))
    return [(row.who, row.act, row.about) for row in rows]


async def test_a_held_message_is_released_with_its_item(store: Store) -> None:
    """Place, item and audit change together."""
    case = await Case.made(store)
    await case.look(case.ann)
    settle = Settle(case.mid, case.room, "released")
    assert await store.write(decide, case.decided(settle=settle)) == Outcome(seq=1)
    found = await store.read(items.item, case.item)
    assert found is not None
    assert (found.outcome, found.done_at, found.sealed_reason) == ("release", 20, b"why")
    assert (await case.entries())[-1] == (case.ann, "release", case.item)


async def test_M7_what_is_not_theirs_is_refused_and_changes_nothing(store: Store) -> None:
    """Unclaimed, claimed by another, done already: no message moves, nothing is in the audit."""
    case = await Case.made(store)
    settle = Settle(case.mid, case.room, "released")
    with pytest.raises(NotYours):
        await store.write(decide, case.decided(settle=settle))
    await case.look(case.bob)
    with pytest.raises(NotYours):
        await store.write(decide, case.decided(settle=settle))
    with pytest.raises(NotYours):
        await store.write(decide, case.decided(item=new_id()))
    assert await store.read(transcript.shown_after, case.room, 0, 9) == []
    assert await case.entries() == [(case.bob, "look", case.item)]


async def test_M7_a_message_taken_back_meanwhile_is_not_decided(store: Store) -> None:
    """The moderator hears that it changed, and still has the item, which holds nothing up."""
    case = await Case.made(store)
    await case.look(case.ann)
    await store.write(messages.settle, Settle(case.mid, case.room, "taken_back"))
    with pytest.raises(NotHeld):
        await store.write(decide, case.decided(settle=Settle(case.mid, case.room, "released")))
    found = await store.read(items.item, case.item)
    assert found is not None
    assert found.done_at is None
    assert not found.held
    assert await store.write(decide, case.decided("done")) == Outcome()


async def test_M7_the_same_decision_twice_is_one(store: Store) -> None:
    """The second of two identical acts is refused."""
    case = await Case.made(store)
    await case.look(case.ann)
    decided = case.decided(settle=Settle(case.mid, case.room, "withheld"))
    answers = await asyncio.gather(
        store.write(decide, decided), store.write(decide, decided), return_exceptions=True
    )
    assert answers[0] == Outcome()
    assert isinstance(answers[1], NotYours)
    assert [act for _, act, _ in await case.entries()] == ["look", "release"]


async def test_M10_escalating_raises_an_incident_and_keeps_the_item(store: Store) -> None:
    """The item is linked and stays claimed, adults are paged, the reason is their first note."""
    case = await Case.made(store)
    await add_staff(store, "ola", "counsellor", contacts=2)
    await case.look(case.ann)
    note = new_id()
    incident = new_incident(case.room, "ABC-2345")
    outcome = await store.write(
        decide, case.decided("escalate", incident=incident, note=note, then="keep")
    )
    assert outcome == Outcome(incident="ABC-2345")
    found = await store.read(items.item, case.item)
    assert found is not None
    assert (found.incident, found.claimed_by, found.done_at) == ("ABC-2345", case.ann, None)
    notes = await store.read(lambda conn: conn.execute(t.incident_notes.select()).all())
    assert [(n.id, n.incident, n.staff, n.sealed) for n in notes] == [
        (note, "ABC-2345", case.ann, b"why")
    ]
    assert len(await store.read(lambda conn: conn.execute(t.pages.select()).all())) == 2


async def test_closing_a_room_ends_it_with_the_item(store: Store) -> None:
    """The room is over in the same transaction, and closing a closed one is no error."""
    case = await Case.made(store)
    await case.look(case.ann)
    await store.write(rooms.end_rooms, EndRoom(case.room, 15, "left"))
    end = EndRoom(case.room, 20, "moderator")
    assert await store.write(decide, case.decided("close_room", end=end)) == Outcome()
    stored = await store.read(rooms.room, case.room)
    assert stored is not None
    assert (stored.ended_at, stored.ended_why) == (15, "left")
