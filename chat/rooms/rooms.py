"""The rooms open on this node.

A room is opened for a pair, loaded from the records when one of its students comes back, and
forgotten when it is over. Used by `students/` and `desk/`; what happens inside a room is decided by
`room.py` and carried out by `journal.py`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Iterable

import structlog

from chat.frames import from_student, shared
from chat.rooms import ending, wishing
from chat.rooms.absence import Absence
from chat.rooms.effects import Effect, Send
from chat.rooms.elsewhere import Elsewhere
from chat.rooms.handles import two_handles
from chat.rooms.journal import Journal
from chat.rooms.judging import judged
from chat.rooms.loading import expected, load
from chat.rooms.needs import RoomNeeds
from chat.rooms.open_room import OpenRoom, Page
from chat.rooms.replay import replay
from chat.rooms.requests import Requests
from chat.rooms.room import Room
from chat.rooms.seat import Seat
from chat.rooms.speech import Speech
from moderation.ids import new_id
from moderation.records import rooms
from moderation.records.rooms import NewRoom, Standing
from moderation.records.vault import Tampered

_log = structlog.get_logger()

HEARTBEAT = 20.0
"""Seconds between two signs of life to a seated page, so that it notices a dead connection."""


class Rooms:
    """All rooms open on this node."""

    def __init__(self, needs: RoomNeeds) -> None:
        self._needs = needs
        self._open: dict[str, OpenRoom] = {}
        self._room_of: dict[str, str] = {}
        self._beat = needs.clock()
        self._watched = True
        self._loading: dict[str, asyncio.Future[OpenRoom | None]] = {}
        self.elsewhere = Elsewhere(
            needs.store, needs.judge, self.perform, self.ended_elsewhere, self.left
        )
        self.requests = Requests(needs)
        about = self.requests.about_message
        self._journal = Journal(needs, self.elsewhere, about, self._forget, self.left)
        self._absence = Absence(needs, self.perform)

    def __len__(self) -> int:
        return len(self._open)

    def all_open(self) -> list[OpenRoom]:
        """Every room open on this node."""
        return list(self._open.values())

    def watched(self, *, by_somebody: bool) -> None:
        """Whether moderators watch: while none does, rooms without staff in them are paused."""
        if by_somebody is self._watched:
            return
        self._watched = by_somebody
        for live in list(self._open.values()):
            self.look_after(live)

    def look_after(self, live: OpenRoom) -> None:
        """Pause a room that nobody of the staff watches, or let it go on.

        Another node keeps what is said there, and pauses by itself.
        """
        seen = self._watched or bool(live.staff)
        self.perform_here(live, live.room.go_on() if seen else live.room.pause())

    # --- coming and going ------------------------------------------------------------------

    async def open(self, students: Iterable[str], topic: str) -> OpenRoom:
        """Open a room for these students; committed when it returns."""
        now = self._needs.clock()
        key, wrapped = self._needs.vault.new_room()
        seats = tuple(zip(students, two_handles(self._needs.chance), strict=False))
        room = Room(new_id(), secrets.token_hex(8), topic, (Seat(*seat) for seat in seats), 0)
        school, at = self._needs.school, int(now * 1000)
        row = NewRoom(room.id, school, topic, room.epoch, at, wrapped, seats)
        await self._needs.store.write(rooms.open_rooms, row)
        return self._add(OpenRoom(room, key, self._needs.chat, now))

    async def of_student(self, student: str, standing: Standing | None = None) -> OpenRoom | None:
        """The room of a student whose page is here, loaded or brought in step with the records.

        `standing` is what these have just said of the student.
        """
        room = self._room_of.get(student)
        if room is None and standing is not None:
            room = standing.room
        elif room is None:
            room = await self._needs.store.look(rooms.open_room_of, student)
        if room in self._open and self.elsewhere.neighbours is not None:
            await self._in_step(self._open[room], student)
        live = await self.find(room) if room else None
        return None if live is None or live.room.seats[live.seat_of(student)].left else live

    async def why_over(self, room: str, student: str) -> str | None:
        """Why a room this student sat in is over, or over for them; None for any other room."""
        stored = await self._needs.store.read(rooms.room, room)
        sat = {} if stored is None else {each: seat for seat, (each, _) in enumerate(stored.seats)}
        if stored is None or student not in sat:
            return None
        return stored.left.get(sat[student], stored.ended_why)

    async def find(self, room: str) -> OpenRoom | None:
        """A room that is not over, loaded from the records if need be."""
        if room in self._open:
            return self._open[room]
        if room not in self._loading:
            self._loading[room] = asyncio.ensure_future(self._load(room))
        try:
            return await asyncio.shield(self._loading[room])
        finally:
            self._loading.pop(room, None)

    async def enter(
        self, live: OpenRoom, seat: int, page: Page, resume: from_student.Resume | None = None
    ) -> None:
        """Seat a page and send what it has missed; a page that sat there before must go."""
        live.seat(seat, page)
        now, room = self._needs.clock(), live.room
        shown = await replay(live, seat, page, resume, self._needs.store, now=now)
        if shown > room.head and not room.committing():  # an answer was lost, or is not here yet
            self.elsewhere.catch_up(live)
        if room.id not in self._open:  # it ended meanwhile: nothing of it stands any more
            return
        for notice in live.standing(seat, self._needs.clock()):
            live.send(seat, notice)
        await wishing.tell(self._needs, live, seat)

    def lost(self, live: OpenRoom, seat: int, page: Page) -> None:
        """A page has lost its connection; its seat stays its own for a while."""
        if live.pages[seat] is page:
            live.pages[seat] = None
            live.absent[seat] = self._needs.clock()

    def tick(self) -> None:
        """Once a second: end rooms whose students stayed away, try again what was not settled.

        Who was told that nobody can be reached hears at once that somebody can.
        """
        self.elsewhere.make_sure()
        now = self._needs.clock()
        beat = now - self._beat >= HEARTBEAT
        self._beat = now if beat else self._beat
        somebody = self._needs.reachable()
        for live in list(self._open.values()):
            self._absence.look(live)
            if somebody and live.room.calls.waits:
                self.perform_here(live, live.room.calls.found())
            if any(seat.line for seat in live.room.seats):
                self.perform(live, live.room.unblocked())
            if beat:
                self.perform(live, live.room.alive())
            if live.late:
                self.elsewhere.catch_up(live)

    async def load_open(self) -> None:
        """At start: load every room that was open, so that each is resumed or ends in time.

        Of several nodes each takes what no other has (`node.py`).
        """
        if self.elsewhere.neighbours is not None:
            return
        for room in await self._needs.store.read(rooms.open_ids, self._needs.school):
            try:
                await self.find(room)
            except Tampered:  # a key that is damaged opens nothing: all others go on
                _log.error("room_damaged")

    # --- events ------------------------------------------------------------------------------

    def perform(self, live: OpenRoom, effects: list[Effect]) -> None:
        """Carry out what a room asked for."""
        self._journal.perform(live, effects)

    def perform_here(self, live: OpenRoom, effects: list[Effect]) -> None:
        """The same, telling only pages here: another node comes to tell its own by itself."""
        self.perform(live, [e for e in effects if type(e) is not Send or live.pages[e.seat]])

    def say(self, live: OpenRoom, seat: int, said: from_student.Say) -> bool:
        """A message from a page: judged, kept, and only then delivered.

        A page that asks is first told what would be hidden. False if it was too soon, or is said
        again, which a page does now and then.
        """
        taken, effects = False, live.room.repeat(seat, said.cid, said.text)
        if effects is None:
            live.heard_at = self._needs.clock()
            wait = live.allowances[seat].spend(live.heard_at)
            if wait:
                effects = live.room.put_off(seat, said.cid, "rate_limited", wait)
            else:
                taken, effects = True, judged(self._needs, live, seat, said)
        self._journal.perform(live, effects)
        return taken

    def take_back(self, live: OpenRoom, seat: int, cid: str) -> None:
        """A page wants an own held message back."""
        self.perform(live, live.room.take_back(seat, cid))

    def leave(self, live: OpenRoom, seat: int) -> None:
        """A student leaves: the room is over, or goes on for the other one."""
        self.perform(live, ending.leave(live.room, seat, "left"))

    async def quiet(self) -> None:
        """Wait for answers that are still being looked up; for the end of the server."""
        await self._absence.quiet()
        await self._journal.quiet()

    def ended_elsewhere(self, live: OpenRoom, why: str, by: int | None) -> None:
        """It is committed, not by this room, that it is over."""
        if ending.end(live.room, why):
            self.perform(live, ending.ended(live.room, why, by))
            self._journal.unhold_all(live)
            self._forget(live)

    def left(self, live: OpenRoom, seat: int, why: str) -> None:
        """It is committed, here or elsewhere, that a student has left, and the other one stays.

        Nothing of this room comes to the page of whoever left any more. While it is known to be
        over, or is being ended, both hear of that.
        """
        if live.room.over:
            return
        student = live.room.seats[seat].student
        self.perform_here(live, ending.left(live.room, seat, why))
        live.let_go(seat)
        if self._room_of.get(student) == live.room.id:
            del self._room_of[student]

    async def parted(self, live: OpenRoom, student: str) -> None:
        """Whatever the records say became of a room one of whose students had to go."""
        stored, seat = await self._needs.store.read(rooms.room, live.room.id), live.seat_of(student)
        if stored is None or stored.ended_at is not None:
            self.ended_elsewhere(live, (stored.ended_why if stored else None) or "left", seat)
        elif seat in stored.left:
            self.left(live, seat, stored.left[seat])

    def here(self, room: str) -> OpenRoom | None:
        """A room, if it is open on this node."""
        return self._open.get(room)

    async def here_soon(self, room: str) -> OpenRoom | None:
        """A room, if it is open on this node or being loaded."""
        return await self.find(room) if room in self._open or room in self._loading else None

    def leave_to_others(self, live: OpenRoom) -> None:
        """Have this room no longer at this node: it goes on at others."""
        self._forget(live)

    def speak(self, live: OpenRoom, speech: Speech) -> Awaitable[str | None]:
        """Words of staff: None once they are kept and sent, or a refusal's code."""
        return self._journal.speak(live, speech)

    def wish(
        self, live: OpenRoom, seat: int, said: shared.Wishes
    ) -> Awaitable[shared.Wishes | shared.Error]:
        """How a student would like to be met: what is kept, or a refusal."""
        return wishing.keep(self._needs, live, seat, said)

    # --- parts -------------------------------------------------------------------------------

    async def _in_step(self, live: OpenRoom, student: str) -> None:
        """A room that another node may have had until now, for a student whose page comes here."""
        await self.elsewhere.refresh(live)
        seat, calls = live.seat_of(student), await expected(self._needs, live.room)
        if "adult" not in live.present():
            live.room.calls.moved(seat, calls)

    def _add(self, live: OpenRoom) -> OpenRoom:
        self._open[live.room.id] = live
        self.elsewhere.opened(live)
        for seat in live.room.seats:
            if seat.left is None:
                self._room_of[seat.student] = live.room.id
        return live

    def _forget(self, live: OpenRoom) -> None:
        self._open.pop(live.room.id, None)
        for seat, page in zip(live.room.seats, live.pages, strict=True):
            if self._room_of.get(seat.student) == live.room.id:
                del self._room_of[seat.student]
            if page is not None:
                page.left()

    async def _load(self, room: str) -> OpenRoom | None:
        live = await load(self._needs, room)
        if live is None or room in self._open:  # it was being opened while it was read
            return self._open.get(room)
        self._add(live)
        self.look_after(live)
        if self.elsewhere.neighbours is not None:  # nobody here heard what they told meanwhile
            await self.elsewhere.refresh(live)
        if live.room.over:
            return None
        self.perform(live, live.room.unblocked())
        return live
