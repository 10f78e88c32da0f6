"""One student's page as the rest of the chat knows it: whose it is, and where it sits or waits.

What the page says is read in `session.py`, which is built on this. Known to the lobby, to rooms and
to the other nodes (`needs.py`).
"""

from __future__ import annotations

import dataclasses

from chat.errors import error
from chat.frames import to_student
from chat.rooms.open_room import OpenRoom
from chat.speaking import Speaking
from chat.students.entrance import is_barred
from chat.students.matching import Ticket
from chat.students.needs import StudentNeeds
from chat.turns import Turns
from moderation.people.sessions import Signed
from moderation.records.rooms import Standing


class StudentPage(Speaking):
    """A student's page while it is connected."""

    __slots__ = ("_needs", "_room", "_seat", "_signed", "_turns")

    def __init__(self, needs: StudentNeeds) -> None:
        super().__init__()
        self._needs = needs
        self._turns = Turns(self.refuse)
        self._signed: Signed | None = None
        self._room: OpenRoom | None = None
        self._seat = 0

    @property
    def known(self) -> bool:
        """Whether the page has said who it is."""
        return self._signed is not None

    @property
    def session(self) -> bytes:
        """What names the session of whoever said who they are."""
        return self._known().session

    @property
    def seated(self) -> bool:
        """Whether the page sits in a room."""
        return self._room is not None

    def barred_until(self, now: int) -> int:
        """Until when this page knows them barred (Unix milliseconds); 0 if they are not."""
        until = self._known().barred_until or 0
        return until if until > now else 0

    def left(self) -> None:
        """The room this page was in is over."""
        self._room = None

    def barred(self, until: int) -> None:
        """This student may not come in again until then (Unix milliseconds), and waits no more.

        Their room with a peer is over by now; alone with staff they may stay. Of a bar that was
        lifted it is over: they may choose again.
        """
        signed = self._signed = dataclasses.replace(self._known(), barred_until=until)
        stands = is_barred(signed, self._needs.clock())
        if not self.seated:
            self.send(error("barred") if stands else self._topics(signed))
        self._turns.take(self._needs.lobby.withdraw(self._known().who))

    def card_ended(self) -> None:
        """The card that opened this page works no more: it waits for nobody, and is closed."""
        self._turns.take(self._needs.lobby.withdraw(self._known().who))
        self.refuse("signed_out")

    def replaced(self) -> None:
        """This student has a newer page at another node: this one is gone, if it hears it or not.

        A line that is dead is closed only after a while, and nothing may wait for that page or be
        sent to it until then.
        """
        self.refuse("replaced")
        self.gone()

    async def wait(self, ticket: Ticket | None) -> None:
        """Wait on with that wish, if there is one; whoever is barred by now is told."""
        if ticket is None:
            return
        signed = self._as(await self._needs.sessions.standing(self._known().who))
        if self.seated:  # the wish was granted meanwhile
            return
        if is_barred(signed, self._needs.clock()):
            await self._needs.lobby.withdraw(ticket.student)
            self.send(error("barred"))
        else:
            await self._knock(ticket)

    async def enter(self, live: OpenRoom, seat: int, *, new: bool = False) -> None:
        """Take a seat in a room, and leave any other place; a page that is gone takes none.

        In a room that is `new`, opened this moment, nothing was said that could be read.
        """
        if self._connection is None:
            return
        if self._room is not None and self._room is not live:
            self._needs.rooms.lost(self._room, self._seat, self)
        self._room, self._seat = live, seat
        if new:
            live.seat(seat, self)
            self.send(live.room.matched(seat))
            self.send(to_student.Resumed(0))
        else:
            await self._needs.rooms.enter(live, seat, self)
        if (who := self._known().who) in self._needs.lobby:
            await self._needs.lobby.withdraw(who)

    def gone(self) -> None:
        """The page is gone: its seat, or its place among those who wait, is kept for a while.

        One that was replaced still has its place until the page that replaced it takes it.
        """
        signed = self._signed
        if signed is None:
            return
        if self._needs.here.get(signed.who) is self:
            del self._needs.here[signed.who]
        if self._room is not None:
            self._needs.rooms.lost(self._room, self._seat, self)
        self._turns.take(self._needs.lobby.lost(signed.who, self))

    # --- parts -------------------------------------------------------------------------------

    async def _knock(self, ticket: Ticket) -> None:
        """Wait with that wish; a newer page of the same student has wishes of its own."""
        if self._needs.here.get(ticket.student, self) is not self:
            return
        await self._needs.lobby.knock(ticket, self)
        if self._connection is None:
            await self._needs.lobby.lost(ticket.student, self)

    def _as(self, standing: Standing) -> Signed:
        """Who it is, barred as the records have it: another node may not have been heard."""
        self._signed = dataclasses.replace(self._known(), barred_until=standing.barred_until)
        return self._signed

    def _topics(self, signed: Signed) -> to_student.Topics:
        return self._needs.topics(understood=signed.understood)

    def _known(self) -> Signed:
        assert self._signed is not None
        return self._signed
