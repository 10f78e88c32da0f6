"""One node of several: what it hears from the others, and what it looks after once a second.

Made by `house/` when settings name a Redis. Whatever a node does not hear it finds in the records,
at most a second later: `_poll` and `tick` are for that. docs/running-at-scale.md tells more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

import msgspec
import structlog

from chat import in_step
from chat.desk.claims import KEEP_CLAIM
from chat.desk.desk import Desk
from chat.frames import shared, to_student
from chat.live import Live
from chat.live.neighbours import (
    AnyEvent,
    Arrived,
    Barred,
    Changed,
    Gone,
    Incident,
    Item,
    Matched,
    Over,
    Passing,
    Said,
    There,
)
from chat.live.nodes import RedisNodes
from chat.live.redis import RedisLive, connect
from chat.live.tries import RedisTries
from chat.rooms.answering import Answering
from chat.rooms.joining import Joining
from chat.students.needs import StudentNeeds
from moderation.records import items, rooms
from moderation.records.store import StoreUnavailable

POLL = 0.5
"""Seconds between two looks into the records while the other nodes cannot be heard."""
LOOK = 5
"""Ticks between two looks at who is present elsewhere, and for claims of moderators who are not."""
ORPHANS = 30
"""Ticks between two looks for rooms that are open at no node."""
STEP = 10
"""Ticks after which every room is brought in step with the records although all is well."""

_passing = msgspec.json.Decoder(to_student.Notice | shared.Typing).decode

_log = structlog.get_logger()


class Node:
    """This node among the others of its school; `alone.py` is the node of a house that has one."""

    def __init__(
        self,
        url: str,
        school: str,
        chance: Random,
        hashed: Callable[[str], bytes],
    ) -> None:
        """Use the Redis at `url`, which learns of names that try to sign in what `hashed` says.

        Raises:
            BadSettings: It is not safely reached.
        """
        redis = connect(url)
        self.live: Live = RedisLive(redis, school)
        self.tries = RedisTries(redis, school, hashed)
        self._nodes = RedisNodes(redis, school, self.heard, self.caught_up)
        self._count = chance.randrange(ORPHANS)  # so that nodes do not all look at once
        self._working: set[asyncio.Task[None]] = set()
        self._away: dict[str, float] = {}

    def join(self, needs: StudentNeeds, desk: Desk, answering: Answering, joining: Joining) -> None:
        """Have these rooms, pages, moderators and adults known at the other nodes."""
        self._needs = needs
        self._desk = desk
        self._answering = answering
        self._joining = joining
        needs.rooms.elsewhere.neighbours = joining.neighbours = self._nodes

    async def start(self) -> None:
        """Hear the others from now on."""
        await self._nodes.start()
        self._polling = asyncio.ensure_future(self._poll())

    # --- what happens here -----------------------------------------------------------------------

    def item_changed(self, item: str) -> None:
        """An item of the queue is new or changed hands."""
        self._nodes.tell(Item(item))

    def incident_changed(self, code: str) -> None:
        """Something about an incident is new."""
        self._nodes.tell(Incident(code))

    def barred(self, student: str, until: int) -> None:
        """This student may not come in until then (Unix milliseconds)."""
        self._nodes.tell(Barred(student, until))

    def at_other_desks(self) -> dict[str, str]:
        """Names by id of moderators at other nodes, as far as is known."""
        here = self._desk.moderators()
        return {s: name for s, name in self._nodes.moderators.items() if s not in here}

    def others_watch(self) -> bool:
        """Whether a moderator is at another node; not believed while Redis does not say."""
        return self._nodes.well and bool(self.at_other_desks())

    def rooms_elsewhere(self) -> int:
        """How many rooms are open at other nodes and not at this one, as far as is known."""
        return self._nodes.rooms_elsewhere

    def moderator_gone(self, staff: str) -> None:
        """This moderator has no page here any more."""
        self._soon(self._nodes.left(staff))

    # --- what others tell ----------------------------------------------------------------------

    def heard(self, event: AnyEvent) -> None:
        """Something happened at another node."""
        match event:
            case Said():
                self._heard_of_room(event.row.room, event)
            case Changed() | Over() | Passing():
                self._heard_of_room(event.room, event)
            case Matched():
                self._soon(self._find_place(event.student))
            case Arrived() | Barred():
                page = self._needs.here.get(event.student)
                if page is not None and isinstance(event, Barred):
                    page.barred(event.until)
                elif page is not None:
                    page.replaced()
            case Item():
                self._desk.heard(event.item)
            case Incident():
                self._desk.heard_of_incident(event.code)
                self._answering.incident_changed(event.code)
            case There() | Gone():
                self._joining.heard(event)

    def _heard_of_room(self, room: str, event: Said | Changed | Over | Passing) -> None:
        rooms, live = self._needs.rooms, self._needs.rooms.here(room)
        if live is None:
            return
        match event:
            case Said():
                rooms.elsewhere.said(live, event.row)
            case Changed():
                self._soon(rooms.elsewhere.refresh(live))
                self._answering.look(room)
            case Over():
                rooms.ended_elsewhere(live, event.why, event.by)
            case Passing() if event.seat < len(live.pages) and live.pages[event.seat]:
                frame = _passing(event.frame)
                if isinstance(frame, to_student.Notice):
                    live.room.calls.heard(event.seat, frame.code)
                live.send(event.seat, frame)

    def caught_up(self) -> None:
        """Others can be heard again: look for what they said meanwhile."""
        self._soon(self._step())

    # --- once a second ---------------------------------------------------------------------------

    async def tick(self) -> None:
        """Say who is here; look for what was not heard."""
        self._count += 1
        open_here = [live.room.id for live in self._needs.rooms.all_open()]
        await self._nodes.here(self._needs.here, self._desk.moderators(), open_here)
        if self._count % LOOK == 0:
            await self._look_who_is_present()  # first: all below fails while the records are away
        await self._find_lost()
        if self._count % STEP == 0:
            await self._step()
        if self._count % LOOK == 0:
            await self._return_orphaned_claims()
        if self._count % ORPHANS == 0:
            await self._take_orphans()

    async def close(self) -> None:
        """Finish what is under way."""
        self._polling.cancel()
        if self._working:
            await asyncio.wait(self._working)
        await self._nodes.close()

    async def _poll(self) -> None:
        """Ask the records while nobody can be heard; nothing of it waits for Redis."""
        stepping: asyncio.Task[None] | None = None
        while True:
            await asyncio.sleep(POLL)
            if not self._nodes.well and (stepping is None or stepping.done()):
                stepping = self._soon(self._step())

    async def _step(self) -> None:
        """Bring this node in step with the records; its desk looks at its next tick."""
        self._desk.behind()
        await in_step.rooms(self._needs, self._answering)
        await in_step.bars(self._needs)

    async def _find_lost(self) -> None:
        """Students who wait here and are in no queue: in a room by now, or forgotten by Redis."""
        for student in await self._needs.lobby.lost_tickets():
            await self._find_place(student)

    async def _find_place(self, student: str) -> None:
        page = self._needs.here.get(student)
        if page is None:
            return
        live = await self._needs.rooms.of_student(student)
        if live is not None:
            self._needs.lobby.seated(student)
            if live.pages[live.seat_of(student)] is not page:  # it may have been seated meanwhile
                await page.enter(live, live.seat_of(student))
        else:
            await page.wait(self._needs.lobby.ticket_of(student))

    async def _look_who_is_present(self) -> None:
        """A seat whose student has a page at another node is not absent."""
        open_here = self._needs.rooms.all_open()
        away = [(live, seat) for live in open_here for seat in live.empty()]
        students = {live.room.seats[seat].student for live, seat in away}
        present = await self._nodes.present(students)
        for live, seat in away:
            if present is None or live.room.seats[seat].student in present:
                live.absent[seat] = self._needs.clock()
        for live in open_here:
            stay = {live.room.seats[seat].student for seat in live.room.here()}
            if present and not live.busy() and present >= stay:
                self._needs.rooms.leave_to_others(live)

    async def _take_orphans(self) -> None:
        """Open here what was left by a node that is gone, so that it goes on or ends in time."""
        school = self._needs.school.id
        found = await self._needs.store.read(rooms.open_seats, school)
        present = await self._nodes.present({student for _, student in found})
        if present is None:
            return
        seated = {room for room, student in found if student in present}
        for room in {room for room, _ in found} - seated:
            await self._needs.rooms.find(room)

    async def _return_orphaned_claims(self) -> None:
        """What moderators had who are at no desk comes back when they stay away."""
        if not self._nodes.well:  # nobody knows who is at which desk
            self._away = {}
            return
        claimers = await self._needs.store.read(items.claimers, self._needs.school.id)
        away = claimers - set(self._nodes.moderators) - set(self._desk.moderators())
        now = self._needs.clock()
        self._away = {staff: self._away.get(staff, now) for staff in away}
        for staff, since in self._away.items():
            if abs(now - since) >= KEEP_CLAIM:
                self._desk.claims.owe(staff)

    def _soon(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(_unless_unavailable(work))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return task


async def _unless_unavailable(work: Coroutine[Any, Any, None]) -> None:
    """What cannot be read now is looked for again by the next tick."""
    try:
        await work
    except StoreUnavailable:
        _log.warning("node_not_in_step")
