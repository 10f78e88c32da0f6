"""What a student may still do about a room that is over.

Say how it was, ask for a receipt, tell a moderator about the peer, and never meet them again: who
says something cruel often leaves at once. Used by `session.py`. Whether a room is over, and theirs,
is decided where it is written down.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from math import floor

from chat.errors import error
from chat.frames import from_student, shared, to_student
from chat.rooms.asking import Spot, for_person, reported
from chat.settings import Pager
from moderation.ids import new_id
from moderation.people import cards
from moderation.records import afterwards, rooms
from moderation.records.afterwards import Answered, Give
from moderation.records.of_school import SchoolRecords
from moderation.records.rooms import Block, StoredRoom
from moderation.records.student_requests import want

AboutPast = (
    from_student.Answers | from_student.AskReceipt | from_student.Report | from_student.Block
)

_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Afterwards:
    """`keeps_hours` is how long a room is kept after its end, and so how long a receipt is good.

    `item_changed` hears of what waits for a moderator, `pager` says how long it may.
    """

    records: SchoolRecords
    keeps_hours: float
    pager: Pager
    item_changed: Callable[[str], None]

    async def take(
        self, student: str, frame: AboutPast
    ) -> to_student.Receipt | to_student.Notice | shared.Error | None:
        """What a page is answered: nothing where its answers were counted.

        A refusal for a room that is not over, or of others, or answered about before.
        """
        match frame:
            case from_student.AskReceipt():
                return await self.receipt(student, frame.room)
            case from_student.Answers():
                return await self._counted(student, frame)
            case _:
                return await self._parted(student, frame)

    async def receipt(self, student: str, room: str) -> to_student.Receipt | shared.Error:
        """A new receipt; whoever signs in as staff on call can find the room by it."""
        code = cards.code_of(secrets.token_bytes(cards.RECEIPT_BYTES))
        lookup = self.records.vault.lookup(f"receipt {code.replace('-', '')}")
        if not await self.records.store.write(afterwards.give, Give(room, student, lookup)):
            return error("not_found")
        return to_student.Receipt(code, floor(self.keeps_hours / _HOURS_A_DAY))

    async def _counted(self, student: str, said: from_student.Answers) -> shared.Error | None:
        school, at = self.records.school, self.records.now()
        row = Answered(said.room, student, school, at, said.felt, said.heard)
        counted = await self.records.store.write(afterwards.answer, row)
        return None if counted else error("not_found")

    async def _parted(
        self, student: str, frame: from_student.Report | from_student.Block
    ) -> to_student.Notice | shared.Error:
        """These two never meet again, and of a report a moderator hears."""
        room = await self.records.store.read(rooms.room, frame.room or "")
        seated = [] if room is None else [each for each, _ in room.seats]
        if room is None or student not in seated or len(seated) == 1:
            return error("not_found")
        if room.ended_at is None and seated.index(student) not in room.left:
            return error("not_found")
        one, other = seated
        await self.records.store.write(rooms.block, Block(one, other, self.records.now()))
        if isinstance(frame, from_student.Block):
            return to_student.Notice("apart")
        await self._tell_moderators(room, seated.index(student), frame.reason)
        return to_student.Notice("reported")

    async def _tell_moderators(
        self, room: StoredRoom, seat: int, reason: from_student.Wrong
    ) -> None:
        spot = Spot(new_id(), self.records.school, room.id, seat, self.records.clock())
        item = for_person(spot, "report", self.pager, reported(reason))
        self.item_changed(await self.records.store.write(want, item))
