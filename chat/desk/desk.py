"""The moderators' desk: the live queue, and who is there.

One `Desk` for the node pushes every change to all who watch; `session.py` is one moderator's
connection. What it could not tell, or did not hear of, is told a tick later. Who has which item
stands in `claims.py`. Nobody is shown anything of a room they recused themselves from. Made by
`house/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

import structlog

from chat.desk.card import item_of
from chat.desk.claims import KEEP_CLAIM, Claims
from chat.desk.gauges import gauges, incident_now
from chat.desk.needs import DeskNeeds
from chat.desk.presence import Presence
from chat.desk.second_look import is_own
from chat.desk.urgency import pressing
from chat.frames import shared, to_staff
from moderation.people.sessions import StaffMember
from moderation.records import items, recusals, reviews
from moderation.records.items import StoredItem
from moderation.records.store import StoreUnavailable

_log = structlog.get_logger()

BEAT = 5.0
"""Seconds after which a page is told how the desk stands though nothing changed: it answers with
a sign of life, also where a browser lets the clock of a page in the background sleep."""


class Watcher(Protocol):
    """A moderator's page at the desk."""

    staff: StaffMember

    def send(self, frame: shared.Frame) -> None:
        """Send a frame to this page."""


class Desk:
    """Everybody who watches the queue of this school."""

    def __init__(self, needs: DeskNeeds, keep_claim: float = KEEP_CLAIM) -> None:
        self.needs = needs
        self._records = needs.records
        self.presence = Presence(needs.moderators.rooms_each)
        self.claims = Claims(needs, self.presence, keep_claim, self.changed)
        needs.incidents.on_change(self._incident_changed)
        self._told: to_staff.Gauges | None = None
        self._told_at = 0.0
        self._watchers: set[Watcher] = set()
        self._shown: dict[str, StoredItem] = {}
        self._hidden: dict[str, frozenset[str]] = {}
        self._incidents: set[str] = set()
        self._behind = False
        self.in_turn = asyncio.Lock()
        """Held while something is told, or what was read first might be told last."""
        self._telling: set[asyncio.Task[None]] = set()

    # --- who is there ---------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many moderators are here and on shift, each counted once."""
        return len(self.presence.on_shift(self._records.clock()))

    @property
    def places(self) -> int:
        """For how many rooms those who are on shift are enough."""
        return self.presence.places(self._records.clock())

    def moderators(self) -> dict[str, str]:
        """The name of each moderator who is at this desk and on shift, by id."""
        here = {watcher.staff.id: watcher.staff.name for watcher in self._watchers}
        on_shift = self.presence.on_shift(self._records.clock())
        return {staff: name for staff, name in here.items() if staff in on_shift}

    def name_of(self, staff: str) -> str:
        """The name of a moderator who has an item."""
        return (self.needs.others.at_other_desks() | self.moderators()).get(staff, "a colleague")

    def watch(self, session: Watcher) -> None:
        """This moderator is at the desk."""
        self._watchers.add(session)
        self.presence.heard(session, session.staff.id, self._records.clock())
        self.claims.stay(session.staff.id)

    def gone(self, session: Watcher) -> None:
        """This page is gone; if it was the moderator's last, their items soon come back."""
        self._watchers.discard(session)
        self.presence.gone(session)
        staff = session.staff.id
        if not any(watcher.staff.id == staff for watcher in self._watchers):
            self.claims.left(staff)
            self.needs.others.moderator_gone(staff)

    async def off(self, staff: str) -> None:
        """Somebody goes off shift: what they have goes back at once."""
        self.presence.shift(staff, on=False)
        await self.claims.put_back(staff)

    # --- the queue ------------------------------------------------------------------------------

    async def queue(self, session: Watcher) -> to_staff.Queue:
        """The whole queue as that moderator may see it, most pressing first."""
        me = session.staff
        rows = await self._records.store.read(items.open_items, self._records.school)
        recused = await self._records.store.read(recusals.recused, me.id)
        store = self._records.store
        stored = [
            row for row in rows if row.room not in recused and not await is_own(store, row, me.id)
        ]
        found = sorted((item_of(row, self.name_of) for row in stored), key=pressing)
        on_call = await self.needs.incidents.on_call(self._records.school)
        reachable = tuple(name for name, channels in on_call.items() if channels)
        return to_staff.Queue(tuple(found), me.name, reachable, self._records.now())

    async def show_queue(self, session: Watcher) -> None:
        """Send the whole queue to a page that watches."""
        async with self.in_turn:
            rows = await self._records.store.read(items.open_items, self._records.school)
            session.send(await self.queue(session))
            if self._watchers <= {session}:
                self._shown = {row.id: row for row in rows}

    async def hide_room(self, session: Watcher, room: str) -> None:
        """Show this moderator, on each of their pages, nothing more of a room; others have it."""
        async with self.in_turn:
            stored = await self._records.store.read(items.open_items, self._records.school)
            pages = [each for each in self._watchers if each.staff.id == session.staff.id]
            for row in stored:
                if row.room == room:
                    for page in {session, *pages}:
                        page.send(to_staff.ItemGone(row.id, "know"))
                    self._hidden[row.id] = self._hidden.get(row.id, frozenset()) | {
                        session.staff.id
                    }
                    self.changed(row.id)

    # --- what is new ----------------------------------------------------------------------------

    def changed(self, item: str) -> None:
        """An item is new, or changed hands: tell everybody who watches, at every node."""
        self._soon(self._tell(item))
        self.needs.others.item_changed(item)

    def heard(self, item: str) -> None:
        """Another node says that an item is new, or changed hands."""
        self._soon(self._tell(item))

    def heard_of_incident(self, code: str) -> None:
        """Here or at another node something about an incident is new."""
        if self._watchers:
            self._incidents.add(code)
            self._soon(self._tell_incident(code))

    def behind(self) -> None:
        """Something may be new that nobody told this desk: it looks at the next tick."""
        self._behind = True

    async def tick(self) -> None:
        """Once a second: take back what nobody attends to, and tell how the desk stands."""
        at = self._records.clock()
        await self.claims.tick(at)
        if not self._watchers:
            return
        if self._behind:
            self._behind = False
            self._soon(self._catch_up())
        now = await gauges(self.needs, self._on_shift(), self.places)
        if now != self._told or abs(at - self._told_at) >= BEAT:
            self._told, self._told_at = now, at
            for watcher in self._watchers:
                watcher.send(now)

    def tell_again(self, session: Watcher) -> None:
        """How the desk stood last: the answer to a sign of life, so that a page hears one too."""
        if self._told is not None:
            session.send(self._told)

    def gauges_again(self) -> None:
        """A page has come that knows nothing yet."""
        self._told = None

    # --- parts ----------------------------------------------------------------------------------

    def _incident_changed(self, code: str) -> None:
        self.heard_of_incident(code)
        self.needs.others.incident_changed(code)

    def _on_shift(self) -> tuple[str, ...]:
        return tuple(sorted(self.name_of(s) for s in self.presence.on_shift(self._records.clock())))

    async def _tell(self, item: str) -> None:
        async with self.in_turn:
            await self._show(item)

    async def _tell_incident(self, code: str) -> None:
        async with self.in_turn:
            frame = await incident_now(self.needs, code)
            self._incidents.discard(code)
            if frame is not None:
                for watcher in self._watchers:
                    watcher.send(frame)

    async def _catch_up(self) -> None:
        """Tell whatever is otherwise than those who watch were shown."""
        async with self.in_turn:
            rows = await self._records.store.read(items.open_items, self._records.school)
            now = {row.id: row for row in rows}
            for item in now.keys() | self._shown.keys():
                if now.get(item) != self._shown.get(item):
                    await self._show(item)
        for code in tuple(self._incidents):
            await self._tell_incident(code)

    async def _show(self, item: str) -> None:
        row = await self._records.store.read(items.item, item) if self._watchers else None
        if row is None:
            return
        frame: shared.Frame = to_staff.ItemGone(item, row.outcome or "done")
        if row.done_at is None:
            frame = to_staff.ItemChanged(item_of(row, self.name_of))
        hidden_from = await self._records.store.read(recusals.recused_from, row.room)
        first_by = await self._records.store.read(reviews.first_by, item)
        aside = hidden_from - self._hidden.get(item, frozenset()) if item in self._shown else ()
        self._shown[item], self._hidden[item] = row, hidden_from
        for watcher in self._watchers:
            if watcher.staff.id in aside:  # they have stepped aside at another node
                watcher.send(to_staff.ItemGone(item, "know"))
            elif watcher.staff.id not in {first_by, *hidden_from}:
                watcher.send(frame)
        if row.done_at is not None:
            del self._shown[item], self._hidden[item]

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(self._or_later(work))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _or_later(self, work: Coroutine[Any, Any, None]) -> None:
        """What cannot be read now is told once it can."""
        try:
            await work
        except StoreUnavailable:
            _log.warning("desk_not_told")
            self._behind = True
