"""Staff in a students' room: they come, speak and go, and the students always see it.

What the moderators' desk and the pages of adults on call share. Whoever calls has asked before
whether this person may (`roles`, a claimed item, an incident they hold); everything done here is in
the audit log. Students see what staff speak as, never a name. That staff are there or have gone
each node tells the pages it has (`joining.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from chat import typed
from chat.rooms.rooms import Rooms
from chat.rooms.speech import Speech
from moderation.records import audit
from moderation.records.audit import Entry
from moderation.records.store import Store
from moderation.voices import Voice


class Guests:
    """Everybody of the staff who is in a room on this node."""

    def __init__(self, rooms: Rooms, store: Store, clock: Callable[[], float]) -> None:
        self._rooms = rooms
        self._store = store
        self._clock = clock

    async def speak(self, speech: Speech) -> str | None:
        """Say something in a room; None once it is kept and sent, or the code of a refusal."""
        flaw = typed.flaw(speech.text)
        live = None if flaw else await self._rooms.find(speech.room)
        if live is None:
            return flaw or "ended"
        if speech.to is not None and speech.to >= len(live.room.seats):
            return "not_found"
        if speech.to is not None and live.room.seats[speech.to].left is not None:
            return "ended"
        return await self._rooms.speak(live, speech)

    async def come(self, room: str, staff: str, voice: Voice) -> str | None:
        """Be in a room from now on; None, or the code of a refusal. Coming twice is once."""
        live = await self._rooms.find(room)
        if live is None:
            return "ended"
        await self._note(staff, "come", room)
        self.came(room, staff, voice)
        return None

    async def go(self, room: str, staff: str, voice: Voice) -> None:
        """Be in a room no more; nothing happens for somebody who was not there.

        Whether they were is not known where the room is not open. Until it is written down they
        are still there; raises StoreUnavailable.
        """
        live = self._rooms.here(room)
        if live is None or (staff, voice) in live.staff:
            await self._note(staff, "go", room)
            self.went(room, staff, voice)

    def came(self, room: str, staff: str, voice: Voice) -> None:
        """It is known, here or from another node, that they are in a room."""
        live = self._rooms.here(room)
        if live is None or (staff, voice) in live.staff:
            return
        new = voice not in live.present()
        live.staff.add((staff, voice))
        if new:
            self._rooms.perform_here(live, live.room.calls.came(voice))
        self._rooms.look_after(live)

    def went(self, room: str, staff: str, voice: Voice) -> None:
        """It is known, here or from another node, that they are in a room no more."""
        live = self._rooms.here(room)
        if live is None or (staff, voice) not in live.staff:
            return
        live.staff.discard((staff, voice))
        if voice not in live.present():
            self._rooms.perform_here(live, live.room.calls.went(voice))
        self._rooms.look_after(live)

    async def _note(self, staff: str, act: str, room: str) -> None:
        entry = Entry(int(self._clock() * 1000), staff, act, room)
        await self._store.write(audit.append, entry)
