"""Which decisions are looked at again, blindly: a share of them, and as many delivered messages.

Used by `session.py` after every decision. Chance comes from outside (`Back.chance`).
"""

from __future__ import annotations

from chat.desk.back import Back
from moderation.ids import new_id
from moderation.records import reviews
from moderation.records.items import NewItem, StoredItem
from moderation.records.reviews import AUTOMATIC, NewReview
from moderation.terms import Attention

CATEGORY = "second_look"
"""What a second look is called in the queue, so that its line does not tell the first answer."""

ANSWERS = frozenset({"fine", "stop"})
"""What can be answered to a second look."""

_STUDENTS = 2


async def draw(back: Back, item: StoredItem, act: str, staff: str) -> list[str]:
    """Draw whether this decision is looked at again, and whether some delivered message is.

    Answers the ids of the new items.
    """
    share = back.moderators.second_look_share
    drawn = []
    if item.mid is not None and item.kind == "message" and back.chance() < share:
        new = _item(back, item.room, item.seat, item.mid)
        drawn.append(NewReview(new, item.id, act, staff))
    if back.chance() < share:
        found = await back.records.store.read(reviews.delivered, back.records.school, _STUDENTS)
        if found is not None:
            mid, room, seat = found
            drawn.append(NewReview(_item(back, room, seat, mid), None, AUTOMATIC, None))
    for row in drawn:
        await back.records.store.write(reviews.add, row)
    return [row.item.id for row in drawn]


def _item(back: Back, room: str | None, seat: int | None, mid: str) -> NewItem:
    return NewItem(
        id=new_id(),
        school=back.records.school,
        room=room,
        seat=seat,
        mid=mid,
        kind="review",
        category=CATEGORY,
        attention=int(Attention.QUEUE),
        held=False,
        since=back.records.now(),
        escalate_at=None,
    )
