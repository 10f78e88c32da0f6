"""What students' connections need of the rest of the server; made by `house/` for `session.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat.frames import to_student
from chat.rooms.open_room import OpenRoom
from chat.rooms.rooms import Rooms
from chat.settings import School
from chat.students.afterwards import Afterwards
from chat.students.entrance import topics
from chat.students.lobby import Lobby
from chat.students.matching import Ticket
from moderation.people.sessions import Sessions, Signed
from moderation.records.rooms import AlreadySeated
from moderation.records.store import Store

if TYPE_CHECKING:
    from chat.students.page import StudentPage

HELLO_WITHIN = 5.0
"""Seconds a connection may stay silent before it says who it is."""


@dataclass(frozen=True, slots=True)
class StudentNeeds:
    """What every student's connection shares; `here` has the open pages, by pseudonym."""

    sessions: Sessions
    rooms: Rooms
    lobby: Lobby
    store: Store
    afterwards: Afterwards
    school: School
    clock: Callable[[], float]
    chat_open: Callable[[], bool]
    longest_wait: float
    reachable: Callable[[], bool]
    here: dict[str, StudentPage]
    max_connections: int
    hello_within: float = HELLO_WITHIN
    help_minutes: Callable[[], int | None] = lambda: None

    def topics(self, *, understood: bool) -> to_student.Topics:
        """What somebody in no room can choose from, as things stand."""
        return topics(
            self.school,
            understood=understood,
            is_open=self.chat_open(),
            longest_wait=self.longest_wait,
            help_minutes=self.help_minutes(),
        )

    def ticket(self, signed: Signed, topic: str, avoid: frozenset[str], now: float) -> Ticket:
        """A wish of that student, who never meets those of `avoid` again."""
        return Ticket(
            student=signed.who,
            school=self.school.id,
            band=signed.band,
            topic=topic,
            since=now,
            avoid=avoid,
        )

    async def room_for_help(self, who: str) -> OpenRoom:
        """A room of one's own, or the one that a match has given in the same moment."""
        await self.lobby.withdraw(who)
        try:
            return await self.rooms.open([who], "help")
        except AlreadySeated:  # or that room is over again by now
            return await self.rooms.of_student(who) or await self.rooms.open([who], "help")
