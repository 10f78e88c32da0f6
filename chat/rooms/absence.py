"""A seat whose page stays away ends its room, but not while anybody is called or there for it.

Whoever called for a person and lost the line is found here when they are back, and so is the
student whom an adult comes to when it is the peer who stays away. The records say who is called,
for another node may have heard the call; and once more in the transaction that would end the room.
Used by `rooms.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from chat.rooms import ending
from chat.rooms.effects import Effect
from chat.rooms.needs import RoomNeeds
from chat.rooms.open_room import OpenRoom
from moderation.records.called_adults import concerned
from moderation.records.store import StoreUnavailable


class Absence:
    """Looks after seats without a page; `perform` carries out what a room asks for."""

    def __init__(self, needs: RoomNeeds, perform: Callable[[OpenRoom, list[Effect]], None]) -> None:
        self._needs = needs
        self._perform = perform
        self._looking: dict[str, asyncio.Task[None]] = {}

    def look(self, live: OpenRoom) -> None:
        """Once a second: end a room whose student stayed away for too long, soon."""
        room = live.room.id
        if self._away(live) is not None and room not in self._looking:
            task = self._looking[room] = asyncio.ensure_future(self._end_if_it_may(live))
            task.add_done_callback(lambda _: self._looking.pop(room, None))

    async def quiet(self) -> None:
        """Wait until nothing is being looked up."""
        while self._looking:
            await asyncio.wait(list(self._looking.values()))

    async def _end_if_it_may(self, live: OpenRoom) -> None:
        with suppress(StoreUnavailable):  # looked up again a second later
            called = await self._needs.store.read(concerned, live.room.id, self._needs.school)
            seat = self._away(live)
            if seat is None:
                return
            if called or live.staff:
                live.absent[seat] = self._needs.clock()
            else:
                self._perform(live, ending.end(live.room, "away", seat))

    def _away(self, live: OpenRoom) -> int | None:
        """The seat that nobody came back to for too long."""
        now, longest = self._needs.clock(), self._needs.chat.away_seconds
        for seat in live.room.here():
            since = live.absent[seat]
            if since is not None and now - since > longest:
                return seat
        return None
