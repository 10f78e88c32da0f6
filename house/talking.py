"""Builds everything live: rooms, the lobby, students' connections, and the moderators' desk.

Used by `server.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from math import inf
from random import SystemRandom
from typing import TYPE_CHECKING

from chat.alone import Alone
from chat.desk.desk import Desk
from chat.desk.needs import DeskNeeds
from chat.opinions import Opinions, second_opinion
from chat.rooms.answering import Answering
from chat.rooms.guests import Guests
from chat.rooms.joining import Joining
from chat.rooms.needs import RoomNeeds
from chat.rooms.rooms import Rooms
from chat.students import ended_cards
from chat.students.afterwards import Afterwards
from chat.students.help_minutes import HelpMinutes
from chat.students.lobby import Lobby
from chat.students.needs import StudentNeeds
from chat.students.seating import Seating
from house.ground import Ground
from house.on_call import OnCall
from moderation.deadline import Deadline
from moderation.second_opinion import SecondOpinion

if TYPE_CHECKING:
    from chat.node import Node


UNWATCHED = 60.0
"""Seconds without any moderator after which rooms are paused (requirement F24)."""

USED_EVERY = 60
"""Ticks from one note that the session of an open page is in use to the next."""


class Talking:
    """Rooms, lobby, desk and the students' entrance at one node, and when they are open."""

    def __init__(
        self,
        ground: Ground,
        judge: Deadline,
        on_call: OnCall,
        *,
        failing: Callable[[], Iterable[str]],
        hello_within: float,
        keep_claim: float,
    ) -> None:
        """`failing` names parts of the house that do not work; times are in seconds."""
        records = ground.records
        self._ground = ground
        self._on_call = on_call
        self._last_watched = records.clock()
        self._ticks = 0
        self.node = _node(ground)
        self.second = self._second_opinion()
        self.rooms = self._rooms(judge)
        self.guests = Guests(self.rooms, records.store, records.clock)
        self.answering = Answering(self.rooms, records)
        on_call.incidents.on_change(self.answering.incident_changed)
        self.joining = Joining(self.guests, on_call.incidents, records.clock)
        self.desk = Desk(self._desk(failing), keep_claim)
        self.seating = Seating(lambda: self.students)
        self.lobby = Lobby(self.node.live, records.clock, self.seating.open, self.room_for)
        self.help_minutes = HelpMinutes(ground.records)
        self.students = self._students(hello_within)
        self.node.join(self.students, self.desk, self.answering, self.joining)

    def is_open(self) -> bool:
        """Whether students may come in: adults are there, and the last drill was answered."""
        there = self.watched() and self._on_call.enough() and self._on_call.drills.stands
        return there or not self._ground.settings.chat.needs_staff

    def watched(self) -> bool:
        """Whether a moderator is on shift, at any node."""
        return len(self.desk) > 0 or self.node.others_watch()

    def room_for(self) -> int:
        """For how many rooms more the moderators on shift, at every desk, are enough."""
        settings = self._ground.settings
        if not settings.chat.needs_staff:
            return sys.maxsize
        others = len(self.node.at_other_desks()) * settings.moderators.rooms_each
        places = self.desk.places + others
        open_rooms = len(self.rooms) + len(self.seating) + self.node.rooms_elsewhere()
        return max(0, places - open_rooms)

    def item_changed(self, item: str) -> None:
        """Something waits for a moderator, or no longer does."""
        self.desk.changed(item)

    async def look_after_rooms(self) -> None:
        """Pair who waits, pause rooms nobody watches, end those that somebody stayed away from."""
        now, needs_staff = self._ground.records.clock(), self._ground.settings.chat.needs_staff
        if self.watched() or not needs_staff:
            self._last_watched = now
        if abs(now - self._last_watched) > UNWATCHED:
            self._last_watched = -inf  # nor is it watched when a clock that was set back comes here
        self.rooms.watched(by_somebody=self._last_watched > -inf)
        self.rooms.tick()
        await self.lobby.tick(is_open=self.is_open())

    async def note_use(self) -> None:
        """Once a second: note of a share of the pages that are open that their sessions are in use.

        A socket is no request, and whoever talks for long must get in again after a lost line. A
        share, because thousands of notes at once would stand before what students say.
        """
        self._ticks += 1
        turn = self._ticks % USED_EVERY
        open_here = [page.session for page in self.students.here.values()]
        self.students.sessions.in_use(s for s in open_here if s[0] % USED_EVERY == turn)

    async def look_for_ended_cards(self) -> None:
        """Once a second: close the pages of cards that were replaced or taken out meanwhile."""
        await ended_cards.look(self.students)

    def _barred(self, student: str, until: int) -> None:
        page = self.students.here.get(student)
        if page is not None:
            page.barred(until)
        self.node.barred(student, until)

    # --- parts -------------------------------------------------------------------------------

    def _second_opinion(self) -> SecondOpinion | None:
        ground = self._ground
        opinions = Opinions(
            records=ground.records,
            pager=ground.settings.pager,
            item_changed=self.item_changed,
            incident_raised=self._on_call.duty.wake,
        )
        return second_opinion(ground.settings.second_opinion, opinions)

    def _rooms(self, judge: Deadline) -> Rooms:
        ground, records = self._ground, self._ground.records
        return Rooms(
            RoomNeeds(
                store=records.store,
                vault=records.vault,
                judge=judge,
                clock=records.clock,
                chance=SystemRandom(),
                chat=ground.settings.chat,
                pager=ground.settings.pager,
                school=records.school,
                reachable=self._on_call.somebody,
                item_changed=self.item_changed,
                incident_raised=self._on_call.duty.wake,
                judged=self.second.offer if self.second else None,
            )
        )

    def _desk(self, failing: Callable[[], Iterable[str]]) -> DeskNeeds:
        ground = self._ground
        return DeskNeeds(
            records=ground.records,
            rooms=self.rooms,
            guests=self.guests,
            incidents=self._on_call.incidents,
            incident_raised=self._on_call.duty.wake,
            barred=self._barred,
            call_finished=self.answering.call_finished,
            others=self.node,
            moderators=ground.settings.moderators,
            chance=SystemRandom().random,
            failing=failing,
        )

    def _students(self, hello_within: float) -> StudentNeeds:
        ground, settings = self._ground, self._ground.settings
        keep = settings.keep.rooms_hours
        return StudentNeeds(
            sessions=ground.people.sessions,
            rooms=self.rooms,
            lobby=self.lobby,
            store=ground.records.store,
            afterwards=Afterwards(ground.records, keep, settings.pager, self.item_changed),
            school=settings.school,
            clock=ground.records.clock,
            chat_open=self.is_open,
            longest_wait=settings.chat.max_wait_seconds,
            reachable=self._on_call.somebody,
            here={},
            max_connections=settings.chat.max_connections,
            hello_within=hello_within,
            help_minutes=lambda: self.help_minutes.minutes,
        )


def _node(ground: Ground) -> Alone | Node:
    """This house's node: one of several where they share a Redis."""
    settings = ground.settings
    if not settings.redis:
        return Alone()
    from chat.node import Node  # noqa: PLC0415 - redis is installed for several nodes only

    records = ground.records
    node = Node(settings.redis, records.school, SystemRandom(), records.vault.hash_try)
    ground.people.brakes.elsewhere = node.tries
    return node
