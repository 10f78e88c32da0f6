"""Who has which item of the queue: one moderator at a time, and nobody who is not there.

What a moderator has comes back when their last page is gone for `KEEP_CLAIM` seconds, when their
pages are silent or left alone (`presence.py`), and when they go off shift. What cannot be returned
for now is owed until it can. Owned by `desk.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from chat.desk.needs import DeskNeeds
from chat.desk.presence import Presence
from chat.desk.second_look import is_own
from chat.desk.shift import better_for_another
from moderation.records import claims, items
from moderation.records.items import Claim, NotFound, StoredItem

KEEP_CLAIM = 10.0
"""Seconds a claimed item stays with a moderator whose page is gone (requirement M3: 15 at most)."""


class Tired(Exception):  # noqa: N818 - an answer, told to a person
    """This moderator has read enough of the worst, and somebody else is here."""


class Claims:
    """The claims of the moderators at this desk; `changed` is told which item came back."""

    def __init__(
        self, needs: DeskNeeds, presence: Presence, keep: float, changed: Callable[[str], None]
    ) -> None:
        self._needs = needs
        self._records = needs.records
        self._presence = presence
        self._keep = keep
        self._changed = changed
        self._gone: dict[str, float] = {}
        self._owed: set[str] = set()

    async def look(self, claim: Claim) -> StoredItem:
        """Claim an item in order to look at it.

        Raises:
            AlreadyClaimed: Somebody else has it.
            NotFound: There is no such item, or none that this moderator may see.
            Tired: This moderator has read enough of such items; a colleague can take it.
        """
        store = self._records.store
        row = await store.read(items.item, claim.item)
        if row is None or await is_own(store, row, claim.staff):
            raise NotFound
        if row.claimed_by is None and await self._tired(row, claim.staff):
            raise Tired
        claimed = await store.write(claims.look, claim)
        assert isinstance(claimed, StoredItem)
        return claimed

    async def put_back(self, staff: str | None) -> None:
        """What this moderator has goes back to the queue; for None, what anybody has."""
        for item in await self._records.store.write(claims.return_claims, staff):
            self._changed(item)

    def owe(self, staff: str) -> None:
        """What this moderator has comes back at the next tick, unless they are at some desk."""
        self._owed.add(staff)

    def left(self, staff: str) -> None:
        """The last page of this moderator is gone: what they have soon comes back."""
        self._gone[staff] = self._records.clock()

    def stay(self, staff: str) -> None:
        """What this moderator has does not come back for now."""
        self._gone.pop(staff, None)
        self._owed.discard(staff)

    async def tick(self, now: float) -> None:
        """Take back what nobody attends to; what cannot be returned is still owed at the next."""
        for staff in self._presence.left_alone(now):
            await self.put_back(staff)
        gone = {s for s, since in self._gone.items() if abs(now - since) >= self._keep}
        self._owed |= gone | self._presence.silent(now)
        self._owed -= self._presence.there(now)
        for staff in tuple(self._owed):
            if staff not in self._needs.others.at_other_desks():
                await self.put_back(staff)
            self.stay(staff)

    async def _tired(self, row: StoredItem, staff: str) -> bool:
        here = self._presence.on_shift(self._records.clock())
        return await better_for_another(self._needs, row.category, staff, here - {staff})
