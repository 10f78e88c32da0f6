"""What is asked of people beside what is said: a person, a report, never to meet again.

Made by `rooms.py` for the rooms of this node; used by `students/` too. What an item of the queue
says is decided in `asking.py`; here it is kept.
"""

from __future__ import annotations

from chat.rooms.asking import Spot, about_message, for_person
from chat.rooms.needs import RoomNeeds
from chat.rooms.open_room import OpenRoom
from moderation.ids import new_id
from moderation.records import rooms
from moderation.records.items import NewItem
from moderation.records.rooms import Block
from moderation.records.store import StoreUnavailable
from moderation.records.student_requests import want
from moderation.terms import Decision


class Requests:
    """Keeps what students ask of moderators, and of each other."""

    def __init__(self, needs: RoomNeeds) -> None:
        self._needs = needs

    async def ask_person(
        self, live: OpenRoom | None, seat: int | None, kind: str, category: str = ""
    ) -> None:
        """Have a report or a call for a person wait in the queue; committed when it returns."""
        item = for_person(self._spot(live, seat), kind, self._needs.pager, category)
        try:
            self._needs.item_changed(await self._needs.store.write(want, item))
        except StoreUnavailable:
            self._needs.item_changed(item.id)  # it may be kept, where only the answer was lost
            raise

    async def keep_apart(self, live: OpenRoom) -> None:
        """These students never meet again; committed when it returns."""
        students = [seat.student for seat in live.room.seats]
        if len(students) > 1:
            one, other = students
            at = int(self._needs.clock() * 1000)
            await self._needs.store.write(rooms.block, Block(one, other, at))

    def about_message(self, live: OpenRoom, seat: int, mid: str, decision: Decision) -> NewItem:
        """The queue item of a message that somebody must look at."""
        return about_message(self._spot(live, seat), mid, decision, self._needs.pager)

    def _spot(self, live: OpenRoom | None, seat: int | None) -> Spot:
        room = live.room.id if live else None
        return Spot(new_id(), self._needs.school, room, seat, self._needs.clock())
