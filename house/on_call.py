"""Builds what reaches the adults on call, and knows how many of them can be reached now.

Used by `server.py` and `talking.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from house.ground import Ground
from house.paging import channels_of, paging_of, plan_of, policy_of
from house.places import origins_of
from moderation.deadline import Deadline
from moderation.identities.reveals import Reveals
from moderation.incidents.duty import Duty
from moderation.incidents.exports import Exports
from moderation.incidents.incidents import Incidents
from moderation.incidents.sender import DutySettings
from moderation.on_call.contacts import Contacts
from moderation.on_call.drills import Drills, Listeners


class OnCall:
    """Incidents and the pages about them, the rota, drills; identities and cases asked for."""

    def __init__(
        self, ground: Ground, judge: Deadline, item_changed: Callable[[str], None]
    ) -> None:
        """`judge` and `item_changed` are for drills, which go the way of a real disclosure."""
        settings, records = ground.settings, ground.records
        self._school, self._needed = records.school, settings.chat.needs_adults
        origin, policy = origins_of(settings)[0], policy_of(settings.pager)
        channels = channels_of(settings, records.vault, origin)
        self.incidents = Incidents(records, policy=policy, channels=channels)
        changed = self.incidents.changed
        self.duty = Duty(records, channels, DutySettings(origin, policy), changed=changed)
        due = self.duty.wake
        self.contacts = Contacts(records, channels, due=due)
        self.paging = paging_of(settings, records, channels)
        alone = settings.reveal.break_glass
        self.reveals = Reveals(records, break_glass=alone, due=due)
        self.exports = Exports(records)
        self.drills = Drills(
            records, judge, plan_of(settings), Listeners(due, item_changed, changed)
        )
        self._reachable = 0

    async def look_who_is_there(self) -> None:
        """Count the adults on call who can be reached now."""
        self._reachable = await self.incidents.reachable(self._school)

    def somebody(self) -> bool:
        """Whether anybody could be reached when last looked."""
        return self._reachable > 0

    def enough(self) -> bool:
        """Whether as many could be as the settings ask for."""
        return self._reachable >= self._needed
