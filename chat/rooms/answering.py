"""Tells students that an adult has answered, once somebody on call has their incident.

Between the page and the adult in the chat lie minutes in which a student would otherwise hear
nothing. Should nobody have it any more, they hear that an adult is being called again; should a
call be finished although nobody came, they hear that, and may call anew. Told of every incident
that changes here (`Incidents.on_change`) or at another node (`chat/node.py`), and of calls that
moderators finish: each node looks for itself, and tells the pages it has. Made by `house/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from chat.rooms.open_room import OpenRoom
from chat.rooms.rooms import Rooms
from moderation.records.called_adults import answers, room_of
from moderation.records.of_school import SchoolRecords
from moderation.records.store import StoreUnavailable


class Answering:
    """Looks whose incident it is; `quiet` waits for what is still being told."""

    def __init__(self, rooms: Rooms, records: SchoolRecords) -> None:
        self._rooms = rooms
        self._records = records
        self._telling: set[asyncio.Task[None]] = set()

    def incident_changed(self, code: str) -> None:
        """Something about an incident is new: tell its students, soon, if that is who has it."""
        self._soon(self._tell_of(code))

    def call_finished(self, room: str) -> None:
        """A moderator has finished a call for a person: its student hears it, soon."""
        self.look(room)
        self._rooms.elsewhere.changed(room)

    def look(self, room: str) -> None:
        """Something about a room is new: tell its students, soon, if it is about a call."""
        self._soon(self._tell(room))

    async def quiet(self) -> None:
        """Wait until everybody was told."""
        while self._telling:
            await asyncio.wait(list(self._telling))

    async def refresh(self, live: OpenRoom) -> None:
        """Have a room told what the records say of its calls; raises StoreUnavailable."""
        calls, found = live.room.calls, None
        while found is None:
            moment = calls.moment
            found = await self._records.store.read(answers, live.room.id, self._records.school)
            if calls.moment != moment:  # it may be older than a call that was made meanwhile
                found = None
        for seat, has_it in found.incidents:
            effects = calls.answered(seat) if has_it else calls.unanswered(seat)
            self._rooms.perform_here(live, effects)
        here = [seat for seat, page in enumerate(live.pages) if page is not None]
        self._rooms.perform_here(live, calls.over(found.go_on, here))

    async def _tell_of(self, code: str) -> None:
        room = await self._records.store.read(room_of, code)
        if room is not None:
            await self._tell(room)

    async def _tell(self, room: str) -> None:
        live = await self._rooms.here_soon(room)
        if live is not None and live.room.calls.waits:
            await self.refresh(live)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_unless_unavailable(work))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


async def _unless_unavailable(work: Coroutine[Any, Any, None]) -> None:
    with suppress(StoreUnavailable):  # a page that comes back is told what the records say
        await work
