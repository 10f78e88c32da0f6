"""Two students who were matched get a room, and their pages their seats.

Used by `house/`, as what the lobby does with a pair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from chat.students.entrance import topics
from chat.students.house import House
from chat.students.matching import Pair
from moderation.records.rooms import AlreadySeated
from moderation.records.store import StoreUnavailable


class Seating:
    """Opens rooms for pairs; `house` is known once everything else is made."""

    def __init__(self, house: Callable[[], House]) -> None:
        self._house = house
        self._opening: set[asyncio.Task[None]] = set()

    def open(self, pair: Pair) -> None:
        """Open a room for a pair, soon."""
        task = asyncio.ensure_future(self._seat(pair))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _seat(self, pair: Pair) -> None:
        house = self._house()
        try:
            live = await house.rooms.open([ticket.student for ticket in pair], pair[0].topic)
        except AlreadySeated:
            await self._find_places(pair)
            return
        except StoreUnavailable:
            self._let_choose_again(pair)
            return
        for seat, ticket in enumerate(pair):
            page = house.here.get(ticket.student)
            if page is not None:
                await page.enter(live, seat)
            else:
                house.rooms.elsewhere.matched(ticket.student)

    async def _find_places(self, pair: Pair) -> None:
        """One of them was matched twice and has a room by now; the other waits on."""
        house = self._house()
        for ticket in pair:
            page = house.here.get(ticket.student)
            live = await house.rooms.of_student(ticket.student) if page else None
            if page is None:
                house.rooms.elsewhere.matched(ticket.student)
            elif live is not None and live.pages[live.seat_of(ticket.student)] is not page:
                await page.enter(live, live.seat_of(ticket.student))
            elif live is None:
                await house.lobby.knock(ticket, page)

    def _let_choose_again(self, pair: Pair) -> None:
        """No room could be kept for these two: their pages are told, and may knock again."""
        house = self._house()
        again = topics(
            house.school,
            understood=True,
            is_open=house.chat_open(),
            longest_wait=house.longest_wait,
            help_minutes=house.help_minutes(),
        )
        for ticket in pair:
            page = house.here.get(ticket.student)
            if page is not None:
                page.refuse("unavailable")
                page.send(again)
