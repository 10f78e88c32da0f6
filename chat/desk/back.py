"""What stands behind the moderators' desk; made by `house/` for `desk.py` and its sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from chat.rooms.guests import Guests
from chat.rooms.rooms import Rooms
from chat.settings import Moderators
from moderation.incidents.incidents import Incidents
from moderation.records import rooms
from moderation.records.store import Store
from moderation.records.vault import RoomKey, Vault


@dataclass(frozen=True, slots=True)
class Back:
    """The rest of the house, as the desk knows it.

    `incident_raised` wakes the pager; `barred` is told which student may not come in until when
    (Unix milliseconds), so that an open page of theirs hears of it at once. `item_changed`,
    `at_other_desks` (names by id) and `moderator_gone` are about desks at other nodes; `failing`
    names parts that do not work; `chance` is a number from 0 up to 1.
    """

    store: Store
    vault: Vault
    rooms: Rooms
    guests: Guests
    incidents: Incidents
    clock: Callable[[], float]
    school: str
    incident_raised: Callable[[], None]
    barred: Callable[[str, int], None]
    item_changed: Callable[[str], None] = lambda _item: None
    at_other_desks: Callable[[], dict[str, str]] = dict
    moderator_gone: Callable[[str], None] = lambda _staff: None
    moderators: Moderators = field(default_factory=Moderators)
    failing: Callable[[], Iterable[str]] = tuple
    chance: Callable[[], float] = lambda: 1.0

    async def key_of(self, room: str | None) -> RoomKey | None:
        """The key of a room, or None when there is none, or none any more."""
        found = await self.store.read(rooms.room, room) if room else None
        if found is None or found.wrapped_key is None:
            return None
        return self.vault.room(found.wrapped_key)
