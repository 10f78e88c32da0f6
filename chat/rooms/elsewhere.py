"""Keeps a room that is open here in step with the records, whoever else changes it.

The records are the truth and every node may write to them; a room on a node only remembers. Places
(`seq`) are shown in order: what would come too early waits until what lies between has been read
(`wait`). With other nodes, what happens here is told to them, and what they tell is taken in; a
node that missed it asks the records (`refresh`). No answer that is older than what a room knows is
taken over (`ask`). Used by `journal.py` and `rooms.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from chat.frames import shared, to_student
from chat.live.neighbours import Arrived, Changed, Matched, Neighbours, Over, Passing, Said
from chat.rooms.effects import Effect, Send
from chat.rooms.open_room import OpenRoom
from chat.rooms.speech import told
from chat.rooms.stored import message, waiting
from moderation import voices
from moderation.conversation import JudgesTurns
from moderation.records import rooms, transcript
from moderation.records.messages import Spoken
from moderation.records.store import Result, Store, StoreUnavailable
from moderation.records.transcript import SHOWN, StoredMessage

_AT_ONCE = 40
_PASSING = (to_student.Notice, shared.Typing)
"""Frames without words that another node's page may be sent."""


class Elsewhere:
    """What happens to the rooms of this node elsewhere; `neighbours` is None for a single node."""

    def __init__(
        self,
        store: Store,
        judge: JudgesTurns,
        perform: Callable[[OpenRoom, list[Effect]], None],
        closed: Callable[[OpenRoom, str, int | None], None],
        left: Callable[[OpenRoom, int, str], None],
    ) -> None:
        self._store = store
        self._judge = judge
        self._perform = perform
        self._closed = closed
        self._left = left
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._doubted: dict[str, OpenRoom] = {}
        self._making_sure: asyncio.Task[None] | None = None
        self.neighbours: Neighbours | None = None

    # --- what happened here --------------------------------------------------------------------

    def opened(self, live: OpenRoom) -> None:
        """A room is open here from now on."""
        if self.neighbours is not None:
            live.elsewhere = self.pass_on

    def kept(self, live: OpenRoom, row: Spoken, seq: int | None) -> None:
        """A message was kept here."""
        if self.neighbours is not None and None in live.pages:
            values = {name: getattr(row, name) for name in _COMMON}
            self.neighbours.tell(Said(StoredMessage(**values, seq=seq)))

    def changed(self, room: str) -> None:
        """Something else about a room was committed here."""
        if self.neighbours is not None:
            self.neighbours.tell(Changed(room))

    def over(self, room: str, why: str, by: int | None) -> None:
        """It was committed here that a room is over."""
        if self.neighbours is not None:
            self.neighbours.tell(Over(room, why, by))

    def arrived(self, student: str) -> None:
        """A student's page has come to this node."""
        if self.neighbours is not None:
            self.neighbours.tell(Arrived(student))

    def matched(self, student: str) -> None:
        """A room was opened here for a student whose page is not."""
        if self.neighbours is not None:
            self.neighbours.tell(Matched(student))

    def pass_on(self, room: str, seat: int, frame: shared.Frame) -> None:
        """Send a frame without words to a page in that seat at another node."""
        if self.neighbours is not None and isinstance(frame, _PASSING):
            self.neighbours.tell(Passing(room, seat, shared.encode(frame)))

    # --- places in order -------------------------------------------------------------------------

    def wait(self, live: OpenRoom, seq: int, act: Callable[[], None]) -> None:
        """Do that once every place before `seq` has been shown."""
        live.late[seq] = act
        self.catch_up(live)

    def catch_up(self, live: OpenRoom) -> None:
        """Show what the records have beyond what this room has shown, soon."""
        room = live.room.id
        if room in self._reading:
            self._again.add(room)
        else:
            task = self._reading[room] = asyncio.ensure_future(self._read_if_it_can(live))
            task.add_done_callback(lambda _: self._reading.pop(room, None))

    async def level(self, live: OpenRoom, seq: int) -> None:
        """Return once everything up to that place has been shown; raises StoreUnavailable."""
        if seq > live.room.head:
            await self._read(live)

    async def ask(self, live: OpenRoom, query: Callable[..., Result], *args: object) -> Result:
        """What the records say of a room in which nothing has changed here since they were asked.

        What is held by an answer on its way may be released by the time it comes; then it is asked
        again. Raises StoreUnavailable.
        """
        while True:
            asked_at = live.room.moment
            found = await self._store.read(query, *args)
            if live.room.moment == asked_at:
                return found

    async def find_out(self, live: OpenRoom, mid: str) -> None:
        """What became of a message that waits here and is not held any more."""
        with contextlib.suppress(StoreUnavailable):  # it is tried again as long as it waits
            await self._refresh_line(live, mid)
            await self._read(live)

    def doubt(self, live: OpenRoom) -> None:
        """Something about a room may be kept whose answer was lost."""
        self._doubted[live.room.id] = live

    def make_sure(self) -> None:
        """Once a second: bring rooms that are in doubt in step, one after another."""
        if self._doubted and (self._making_sure is None or self._making_sure.done()):
            self._making_sure = asyncio.ensure_future(self._make_sure())

    async def quiet(self) -> None:
        """Wait until nothing is being read."""
        if self._making_sure is not None:
            await asyncio.wait([self._making_sure])
        while self._reading:
            await asyncio.wait(list(self._reading.values()))

    def said(self, live: OpenRoom, row: StoredMessage) -> None:
        """Another node kept a message in a room that is open here too."""
        if row.seq is None:
            self._unshown(live, row)
        elif row.seq == live.room.head + 1 and live.room.id not in self._reading:
            self._show(live, row)
        elif row.seq > live.room.head:
            self.catch_up(live)

    async def refresh(self, live: OpenRoom) -> None:
        """Bring a room to where the records are: its end, who left, its lines, what was shown.

        Raises StoreUnavailable.
        """
        room = live.room
        stored = await self._store.read(rooms.room, room.id)
        if stored is None or stored.ended_at is not None:
            if not room.over:
                left = live.pages.index(None) if live.pages.count(None) == 1 else None
                why = (stored.ended_why if stored else None) or "left"
                self._closed(live, why, left if why == "left" else None)
            return
        for seat, why in stored.left.items():
            self._left(live, seat, why)
        await self._refresh_lines(live)
        for seat, until in enumerate(await self.ask(live, rooms.muted, room.id)):
            self._stop(live, seat, (until or 0) / 1000)
        await self._read(live)

    def _stop(self, live: OpenRoom, seat: int, until: float) -> None:
        """A seat may say nothing until then: its page, if it is here, hears what is new of it."""
        if live.room.seats[seat].muted_until != until:
            notice = live.room.mute(seat, until)
            self._perform(live, notice if live.pages[seat] is not None else [])

    async def _refresh_lines(self, live: OpenRoom) -> None:
        room, held = live.room, set[str]()
        for row in await self.ask(live, transcript.held, room.id):
            held.add(row.mid)
            of_student = voices.voice_of(row.seat) is None
            if of_student and room.held(row.mid) is None and not room.seats[row.seat].left:
                self._perform(live, room.hold_again(waiting(row, live.key)))
        for seat in room.seats:
            for mid in [mid for mid in seat.line if mid not in held]:
                await self._refresh_line(live, mid)

    async def _refresh_line(self, live: OpenRoom, mid: str) -> None:
        found = await self.ask(live, transcript.by_mid, mid, live.room.id)
        if found is None or found.state == "held" or found.state in SHOWN:
            return  # not kept yet, still held, or shown in its place
        self._perform(live, live.room.settled(mid, found.state, None))

    async def _make_sure(self) -> None:
        while self._doubted:
            _, live = self._doubted.popitem()
            try:
                await self.refresh(live)
            except StoreUnavailable:  # the clock of the rooms tries again
                self._doubted.setdefault(live.room.id, live)
                return

    async def _read_if_it_can(self, live: OpenRoom) -> None:
        with contextlib.suppress(StoreUnavailable):  # the clock of the rooms tries again
            await self._read(live)

    async def _read(self, live: OpenRoom) -> None:
        room = live.room
        while True:
            self._again.discard(room.id)
            rows = await self._store.read(transcript.shown_after, room.id, room.head, _AT_ONCE)
            for row in rows:
                self._show(live, row)
            for seq in sorted(live.late):
                if seq <= room.head + 1:
                    live.late.pop(seq)()
            if len(rows) < _AT_ONCE and room.id not in self._again:
                return

    def _show(self, live: OpenRoom, row: StoredMessage) -> None:
        """Show a message at its place, unless it was shown; the words are those of the records."""
        room, seq = live.room, row.seq or 0
        if seq <= room.head:
            return
        if seq in live.late:
            live.late.pop(seq)()
            return
        shown = live.key.words(row.sealed_shown or row.sealed, row.mid)
        if room.held(row.mid) is not None:
            hidden = shown if row.state == "redacted" else None
            self._perform(live, room.settled(row.mid, row.state, seq, hidden))
            return
        room.head = seq
        seats = range(len(room.seats))
        self._perform(live, [Send(seat, message(row, seat, live.key)) for seat in seats])
        live.spent(row.seat, row.said_at)
        self._remember(live, row)

    def _unshown(self, live: OpenRoom, row: StoredMessage) -> None:
        """A message that nobody sees for now, or one student alone."""
        to = voices.addressed(row.seat)
        if to is not None:
            words = live.key.words(row.sealed, row.mid)
            self._perform(live, [Send(to, told(row.mid, row.seat, words))])
            return
        live.spent(row.seat, row.said_at)
        if row.seat < len(live.pages) and live.pages[row.seat] is None:
            self._remember(live, row)

    def _remember(self, live: OpenRoom, row: StoredMessage) -> None:
        """What builds up over several messages builds up at every node."""
        if voices.voice_of(row.seat) is None:
            words = live.key.words(row.sealed, row.mid)
            self._judge.judge_turn(words, live.talk, row.seat)


_COMMON = tuple(
    name for name in StoredMessage.__struct_fields__ if name in Spoken.__struct_fields__
)
