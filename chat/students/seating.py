"""Two students who were matched get a room, and their pages their seats.

Used by `house/`, as what the lobby does with a pair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from chat.students.matching import Pair
from chat.students.needs import StudentNeeds
from moderation.faults import told_safely
from moderation.records.rooms import AlreadySeated, Barred
from moderation.records.store import StoreUnavailable

_log = structlog.get_logger()


class Seating:
    """Opens rooms for pairs; `needs` are known once everything else is made."""

    def __init__(self, needs: Callable[[], StudentNeeds]) -> None:
        self._needs = needs
        self._opening: set[asyncio.Task[None]] = set()

    def open(self, pair: Pair) -> None:
        """Open a room for a pair, soon."""
        task = asyncio.ensure_future(self._seat(pair))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    def __len__(self) -> int:
        """How many rooms are being opened."""
        return len(self._opening)

    async def quiet(self) -> None:
        """Wait until every room is open."""
        while self._opening:
            await asyncio.wait(list(self._opening))

    async def _seat(self, pair: Pair) -> None:
        """Whatever goes wrong, nobody of the pair is left waiting for a room that never opens."""
        try:
            await self._open_room(pair)
        except Exception as wrong:  # noqa: BLE001 - both have left the lobby: nobody else finds them
            if not isinstance(wrong, StoreUnavailable):
                _log.error("pair_not_seated", **told_safely(wrong))
            self._let_choose_again(pair)

    async def _open_room(self, pair: Pair) -> None:
        needs = self._needs()
        try:
            live = await needs.rooms.open([ticket.student for ticket in pair], pair[0].topic)
        except (AlreadySeated, Barred):
            await self._find_places(pair)
            return
        entering = []
        for seat, ticket in enumerate(pair):
            page = needs.here.get(ticket.student)
            if page is not None:
                entering.append(page.enter(live, seat, new=True))
            else:
                needs.rooms.elsewhere.matched(ticket.student)
        await asyncio.gather(*entering)

    async def _find_places(self, pair: Pair) -> None:
        """One of them has a room by now, matched twice, or is barred; the other waits on."""
        needs = self._needs()
        for ticket in pair:
            student = ticket.student
            live = await needs.rooms.of_student(student) if student in needs.here else None
            page = needs.here.get(student)  # it may have come or gone meanwhile
            if page is None:
                needs.rooms.elsewhere.matched(student)
            elif live is not None and live.pages[live.seat_of(student)] is not page:
                await page.enter(live, live.seat_of(student))
            elif live is None:
                await page.wait(ticket)

    def _let_choose_again(self, pair: Pair) -> None:
        """Whoever of these two got no place is told, and may knock again."""
        needs = self._needs()
        again = needs.topics(understood=True)
        for ticket in pair:
            page = needs.here.get(ticket.student)
            if page is not None and not page.seated and ticket.student not in needs.lobby:
                page.refuse("unavailable")
                page.send(again)
