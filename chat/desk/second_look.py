"""Which decisions are looked at again, blindly: a share of them, and as many delivered messages.

Used by `session.py` after every decision, and wherever an item is shown. Chance comes from outside
(`DeskNeeds.chance`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from chat.desk.needs import DeskNeeds
from moderation.ids import new_id
from moderation.records import reviews
from moderation.records.items import NewItem, StoredItem
from moderation.records.reviews import AUTOMATIC, NewReview
from moderation.records.store import Store
from moderation.terms import Attention

CATEGORY = "second_look"
"""What a second look is called in the queue, so that its line does not tell the first answer."""

ANSWERS = frozenset({"fine", "stop"})
"""What can be answered to a second look."""

_STUDENTS = 2


async def is_own(store: Store, row: StoredItem, staff: str) -> bool:
    """Whether an item is a second look at what this moderator decided."""
    return row.kind == "review" and await store.read(reviews.first_by, row.id) == staff


async def draw(needs: DeskNeeds, item: StoredItem, act: str, staff: str) -> AsyncIterator[str]:
    """Draw whether this decision is looked at again, and whether some delivered message is.

    Answers the id of each new item as soon as it is committed.
    """
    share = needs.moderators.second_look_share
    drawn = []
    if item.mid is not None and item.kind == "message" and needs.chance() < share:
        new = _item(needs, item.room, item.seat, item.mid)
        drawn.append(NewReview(new, item.id, act, staff))
    if needs.chance() < share:
        found = await needs.records.store.read(reviews.delivered, needs.records.school, _STUDENTS)
        if found is not None:
            mid, room, seat = found
            drawn.append(NewReview(_item(needs, room, seat, mid), None, AUTOMATIC, None))
    for row in drawn:
        await needs.records.store.write(reviews.add, row)
        yield row.item.id


def _item(needs: DeskNeeds, room: str | None, seat: int | None, mid: str) -> NewItem:
    return NewItem(
        id=new_id(),
        school=needs.records.school,
        room=room,
        seat=seat,
        mid=mid,
        kind="review",
        category=CATEGORY,
        attention=int(Attention.QUEUE),
        held=False,
        since=needs.records.now(),
        escalate_at=None,
    )
