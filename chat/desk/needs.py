"""What the moderators' desk needs of the rest of the server; made by `house/` for `desk.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from chat.rooms.guests import Guests
from chat.rooms.rooms import Rooms
from chat.settings import Moderators
from moderation.incidents.incidents import Incidents
from moderation.records import rooms
from moderation.records.of_school import SchoolRecords
from moderation.records.vault import RoomKey


class OtherDesks(Protocol):
    """The moderators' desks at the other nodes of a school."""

    def item_changed(self, item: str) -> None:
        """Tell them that an item came, or that something about it is new."""

    def incident_changed(self, code: str) -> None:
        """Tell them that something about an incident is new."""

    def at_other_desks(self) -> dict[str, str]:
        """Who is on shift there: names by the id of the account."""

    def moderator_gone(self, staff: str) -> None:
        """Tell them that somebody is at this desk no more."""


@dataclass(frozen=True, slots=True)
class DeskNeeds:
    """The rest of the server, as the desk knows it.

    `incident_raised` wakes the pager; `barred` is told which student may not come in until when
    (Unix milliseconds), so that an open page of theirs hears of it at once; `call_finished` of a
    room in which a call for a person is done with. `failing` names parts
    that do not work; `chance` is a number from 0 up to 1.
    """

    records: SchoolRecords
    rooms: Rooms
    guests: Guests
    incidents: Incidents
    incident_raised: Callable[[], None]
    barred: Callable[[str, int], None]
    call_finished: Callable[[str], None]
    others: OtherDesks
    moderators: Moderators = field(default_factory=Moderators)
    failing: Callable[[], Iterable[str]] = tuple
    chance: Callable[[], float] = lambda: 1.0

    async def key_of(self, room: str | None) -> RoomKey | None:
        """The key of a room, or None when there is none, or none any more."""
        found = await self.records.store.read(rooms.room, room) if room else None
        if found is None or found.wrapped_key is None:
            return None
        return self.records.vault.room(found.wrapped_key)
