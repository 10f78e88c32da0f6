"""The lobby: students who wait, and the rooms that open for them.

Runs `matching.py` against the live store, tells each waiting page honestly how long it may take,
and keeps a ticket for a page that lost its connection. Used by `session.py`; ticked
by `house/`.
"""

from __future__ import annotations

import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from statistics import median
from typing import Protocol

from chat.frames import shared, to_student
from chat.live import Live
from chat.students.matching import Pair, Pool, Ticket

TELL_EVERY = 5.0
"""Seconds between two estimates on a waiting page (requirement S13: ten at most)."""

KEEP_TICKET = 60.0
"""Seconds a ticket outlives the connection that knocked."""

_SAMPLES = 20
_ENOUGH = 3


class Waiter(Protocol):
    """A connected student who waits."""

    def send(self, frame: shared.Frame) -> None:
        """Send a frame to this student's page."""


class Lobby:
    """Everybody who waits at this node. `open_room` opens a room for a pair.

    `room_for` is for how many rooms more there are moderators enough: while there are none, nobody
    is paired.
    """

    def __init__(
        self,
        live: Live,
        clock: Callable[[], float],
        open_room: Callable[[Pair], None],
        room_for: Callable[[], int] = lambda: sys.maxsize,
    ) -> None:
        self._live = live
        self._clock = clock
        self._open_room = open_room
        self._room_for = room_for
        self._early: dict[str, Ticket] = {}
        self._waiters: dict[str, tuple[Ticket, Waiter]] = {}
        self._waits: defaultdict[Pool, deque[float]] = defaultdict(lambda: deque(maxlen=_SAMPLES))
        self._told = 0.0
        self._paused = False

    def __len__(self) -> int:
        return len(self._waiters)

    def __contains__(self, student: str) -> bool:
        return student in self._waiters

    async def knock(self, ticket: Ticket, waiter: Waiter) -> None:
        """Match this student, now or later; an earlier wish of theirs is forgotten.

        Later also where the chat was not open at the last tick: a page that comes back knocks anew.
        """
        self._waiters[ticket.student] = (ticket, waiter)
        self._tell(ticket, waiter, self._clock())
        if self._paused or not self._room_for():
            await self._live.withdraw(ticket.student)
            if self._waiters.get(ticket.student) == (ticket, waiter):  # still
                self._early[ticket.student] = ticket
            return
        await self._knock(ticket)

    async def withdraw(self, student: str) -> None:
        """This student no longer waits."""
        self._waiters.pop(student, None)
        self._early.pop(student, None)
        await self._live.withdraw(student)

    async def lost(self, student: str, waiter: Waiter) -> None:
        """A page is gone: if it is the one that waits, keep its student's place for a while."""
        ticket, waits = self._waiters.get(student, (None, None))
        if ticket is not None and waits is waiter:
            del self._waiters[student]
            self._early.pop(student, None)
            await self._live.leave(ticket, self._clock(), KEEP_TICKET)

    async def lost_tickets(self) -> Iterable[str]:
        """Students who wait here and whose tickets are gone, whatever took them."""
        handed_in = [student for student in self._waiters if student not in self._early]
        return await self._live.renew(handed_in, self._clock())

    def ticket_of(self, student: str) -> Ticket | None:
        """The ticket of a student who waits here, if they do."""
        ticket, _ = self._waiters.get(student, (None, None))
        return ticket

    def seated(self, student: str) -> None:
        """This student has a room, whoever opened it."""
        if student in self._waiters:
            ticket, _ = self._waiters.pop(student)
            self._waits[ticket.pool].append(self._clock() - ticket.since)

    async def left_behind(self, student: str) -> Ticket | None:
        """The ticket of a student whose page came back in time, at whichever node it was."""
        return await self._live.ticket_of(student, self._clock())

    async def tick(self, *, is_open: bool) -> None:
        """Once a second: pair whom time has brought together, and tell the others.

        While the chat is not open nobody is paired; those who wait keep their places, and are told.
        """
        now = self._clock()
        was, self._paused = self._paused, not (is_open and self._room_for())
        if not self._paused:
            await self._let_in()
            if most := self._room_for():
                self._matched(await self._live.widened(now, most))
        if now - self._told >= TELL_EVERY or was != self._paused:
            self._told = now
            for ticket, waiter in self._waiters.values():
                self._tell(ticket, waiter, now)

    async def _let_in(self) -> None:
        """Those who came while nobody could be paired, in the order they came, while it lasts."""
        for student in list(self._early):
            ticket = self._early.pop(student, None)
            if ticket is not None:
                await self._knock(ticket)
            if not self._room_for():
                return

    async def _knock(self, ticket: Ticket) -> None:
        pair = await self._live.knock(ticket, self._clock())
        if pair is not None:
            self._matched([pair])

    def _matched(self, pairs: Iterable[Pair]) -> None:
        now = self._clock()
        for pair in pairs:
            for ticket in pair:
                self._waiters.pop(ticket.student, None)
                self._waits[ticket.pool].append(now - ticket.since)
            self._open_room(pair)

    def _tell(self, ticket: Ticket, waiter: Waiter, now: float) -> None:
        waited = now - ticket.since
        paused = self._paused or not self._room_for()
        estimate = None if paused else self._estimate(ticket, waited)
        waiter.send(to_student.Waiting(ticket.topic, int(waited), estimate, paused))

    def _estimate(self, ticket: Ticket, waited: float) -> int | None:
        """Seconds it may still take by what the last ones waited; None where that says nothing."""
        waits = self._waits[ticket.pool]
        left = median(waits) - waited if len(waits) >= _ENOUGH else 0.0
        return max(5, round(left)) if left > 0 else None
