"""Pages of a card that works no more: replaced, taken out, or over with its term.

`look` is called once a second by `house/`; whatever process ended the card, the records have it.
"""

from __future__ import annotations

from collections.abc import Collection

from chat.students.needs import StudentNeeds


async def look(needs: StudentNeeds) -> None:
    """Close pages whose session was ended, after the room that ended with it."""
    if not (ended := await needs.sessions.ended_lately()):
        return
    await _end_rooms(needs, {who for _, who in ended})
    for session, who in ended:
        page = needs.here.get(who)
        if page is not None and page.session == session:
            page.card_ended()


async def _end_rooms(needs: StudentNeeds, students: Collection[str]) -> None:
    """End here what the records say is over of these students; their peer hears that they left."""
    for live in needs.rooms.all_open():
        for seat in live.room.seats:
            if seat.student in students:
                await needs.rooms.parted(live, seat.student)
