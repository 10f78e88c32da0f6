"""Tells students that an adult has answered, once somebody on call has their incident.

Between the page and the adult in the chat lie minutes in which a student would otherwise hear
nothing. Should nobody have it any more, they hear that an adult is being called again. Told of
every incident that changes here (`Incidents.on_change`) or at another node (`chat/node.py`): each
node looks for itself, and tells the pages it has. Made by `house/`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from chat.rooms.open_room import OpenRoom
from chat.rooms.rooms import Rooms
from moderation.records.called_adults import answers, room_of
from moderation.records.store import Store, StoreUnavailable


class Answering:
    """Looks whose incident it is; `quiet` waits for what is still being told."""

    def __init__(self, rooms: Rooms, store: Store) -> None:
        self._rooms = rooms
        self._store = store
        self._telling: set[asyncio.Task[None]] = set()

    def incident_changed(self, code: str) -> None:
        """Something about an incident is new: tell its students, soon, if it is who has it."""
        task = asyncio.ensure_future(self._tell(code))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def quiet(self) -> None:
        """Wait until everybody was told."""
        while self._telling:
            await asyncio.wait(list(self._telling))

    async def refresh(self, live: OpenRoom) -> None:
        """Have a room told what the records say of its calls; raises StoreUnavailable."""
        calls = live.room.calls
        for seat, has_it in await self._store.read(answers, live.room.id):
            effects = calls.answered(seat) if has_it else calls.unanswered(seat)
            self._rooms.perform_here(live, effects)

    async def _tell(self, code: str) -> None:
        with suppress(StoreUnavailable):  # a page that comes back is told what the records say
            room = await self._store.read(room_of, code)
            live = await self._rooms.here_soon(room) if room else None
            if live is not None:
                await self.refresh(live)
