"""Two students who were matched get a room, and their pages their seats.

Used by `house/`, as what the lobby does with a pair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from chat.students.entrance import topics
from chat.students.matching import Pair
from chat.students.needs import StudentNeeds
from moderation.records.rooms import AlreadySeated
from moderation.records.store import StoreUnavailable


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

    async def _seat(self, pair: Pair) -> None:
        needs = self._needs()
        try:
            live = await needs.rooms.open([ticket.student for ticket in pair], pair[0].topic)
        except AlreadySeated:
            await self._find_places(pair)
            return
        except StoreUnavailable:
            self._let_choose_again(pair)
            return
        for seat, ticket in enumerate(pair):
            page = needs.here.get(ticket.student)
            if page is not None:
                await page.enter(live, seat)
            else:
                needs.rooms.elsewhere.matched(ticket.student)

    async def _find_places(self, pair: Pair) -> None:
        """One of them was matched twice and has a room by now; the other waits on."""
        needs = self._needs()
        for ticket in pair:
            page = needs.here.get(ticket.student)
            live = await needs.rooms.of_student(ticket.student) if page else None
            if page is None:
                needs.rooms.elsewhere.matched(ticket.student)
            elif live is not None and live.pages[live.seat_of(ticket.student)] is not page:
                await page.enter(live, live.seat_of(ticket.student))
            elif live is None:
                await needs.lobby.knock(ticket, page)

    def _let_choose_again(self, pair: Pair) -> None:
        """No room could be kept for these two: their pages are told, and may knock again."""
        needs = self._needs()
        again = topics(
            needs.school,
            understood=True,
            is_open=needs.chat_open(),
            longest_wait=needs.longest_wait,
            help_minutes=needs.help_minutes(),
        )
        for ticket in pair:
            page = needs.here.get(ticket.student)
            if page is not None:
                page.refuse("unavailable")
                page.send(again)
