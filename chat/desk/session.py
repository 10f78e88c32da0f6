"""One moderator's connection at the desk: frames in, claims and acts, frames out.

Reads each frame strictly; what an act does is in `acts.py`, the queue itself in `desk.py`. Made by
`house/` for each socket of a member of staff.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chat import strict
from chat.desk import acts, overview, rights
from chat.desk.acts import Acts
from chat.desk.card import card_of
from chat.desk.claims import Tired
from chat.desk.desk import Desk
from chat.desk.gauges import incident_now
from chat.desk.second_look import draw
from chat.desk.shift import begin_shift, end_shift, stepped_off
from chat.errors import error
from chat.frames import from_staff, shared, to_staff
from chat.rooms import moderated
from chat.rooms.allowance import Allowance
from chat.socket.connection import Connection
from chat.speaking import Speaking
from chat.turns import Turns
from moderation.people.sessions import StaffMember
from moderation.records import audit, item_acts, items, recusals, undoing
from moderation.records.item_acts import NewAct
from moderation.records.items import (
    AlreadyClaimed,
    Claim,
    NotFound,
    NotYours,
    PutBack,
    StoredItem,
)
from moderation.records.messages import NotHeld
from moderation.records.store import StoreUnavailable
from moderation.records.undoing import UNDOABLE, Undo

FRAMES, FRAMES_OVER = 200, 10.0
"""Frames a moderator's page may send within so many seconds: more than the quickest hands need."""

UNDO_WITHIN = 10_000
"""Milliseconds in which a decision that can be taken back can be (requirement M6)."""

UNDO_GRACE = 2_000
"""Milliseconds more, for the way from the page to here."""

_NO_FIRST_ANSWER = frozenset({"escalate", "ask", "fine", "stop"})
"""Acts that are no first answer, and so are not looked at again."""

_OF_A_PAGE = (from_staff.Watch, from_staff.Here, from_staff.Claim)
"""Frames that say a page is there, or ask to be shown something; an act counts from anywhere."""

_BY_ITSELF = (from_staff.Here, from_staff.AskRooms)
"""Frames that a page sends again and again, whether somebody touches it or not."""

_STAYS = frozenset({"note", "warn", "mute", "unmute"})
"""Acts after which the card is shown again as it is now."""


class DeskSession(Speaking):
    """One moderator's connection; `socket/front_door.py` drives it."""

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__()
        self.staff = staff
        self._desk = desk
        self._records = desk.needs.records
        self._acts = Acts(desk.needs, staff)
        self._turns = Turns(self.refuse)
        self._allowance = Allowance(FRAMES, FRAMES_OVER / FRAMES)

    # --- the connection's side ---------------------------------------------------------------

    def connected(self, connection: Connection) -> None:
        """The socket is open; who it is was settled before."""
        self._connection = connection

    @property
    def known(self) -> bool:
        """Nobody comes to a desk who has not signed in."""
        return True

    def frame_received(self, frame: bytes) -> None:
        """One whole text message from the page."""
        read, now = strict.read(from_staff.read, frame), self._records.clock()
        if isinstance(read, shared.Error):
            self.trouble(read, now)
        elif wait := self._allowance.spend(now):
            self.trouble(error("rate_limited", retry_after=wait), now)
        else:
            self._turns.take(self._answer(read))

    def disconnected(self) -> None:
        """The socket is gone."""
        self._connection = None
        self._desk.gone(self)

    # --- frames --------------------------------------------------------------------------------

    async def _answer(self, frame: from_staff.StaffFrame) -> None:
        if self._connection is None and isinstance(frame, _OF_A_PAGE):
            return  # sent in the moment the page went
        if (action := rights.withheld(frame, self.staff.role)) is not None:
            await self._forbid(action)
            return
        if not isinstance(frame, _BY_ITSELF):
            self._desk.presence.touched(self, self._records.clock())
        match frame:
            case from_staff.Watch():
                await self._watch(frame)
            case from_staff.Here():
                self._desk.presence.heard(self, self.staff.id, self._records.clock(), frame.quiet)
                self._desk.tell_again(self)
            case from_staff.Shift():
                await self._shift(frame)
            case from_staff.Claim():
                await self._claim(frame.item)
            case from_staff.PutBack():
                await (self._recuse(frame.item) if frame.know else self._put_back(frame.item))
            case from_staff.Act():
                await self._act(frame)
            case from_staff.Undo():
                await self._undo(frame.item)
            case from_staff.KeepNote():
                await self._keep_note(frame)
            case _:
                await self._overview(frame)

    async def _forbid(self, action: str) -> None:
        entry = audit.Entry(self._records.now(), self.staff.id, "refused", action)
        await self._records.store.write(audit.append, entry)
        self.refuse("forbidden")

    async def _overview(self, frame: from_staff.StaffFrame) -> None:
        for told in await overview.answers(self._desk, self, frame):
            self.send(told)

    async def _watch(self, watch: from_staff.Watch) -> None:
        on = watch.on
        if on is None:
            on = not await stepped_off(self._desk.needs, self.staff)
        self._desk.presence.shift(self.staff.id, on=on)
        self._desk.watch(self)
        await self._desk.show_queue(self)
        await self._tell_shift()
        self._desk.gauges_again()

    async def _shift(self, wish: from_staff.Shift) -> None:
        if wish.on:
            self._desk.presence.shift(self.staff.id, on=True)
        else:
            await end_shift(self._desk.needs, self.staff, wish.note)
            await self._desk.off(self.staff.id)
        await self._tell_shift()

    async def _tell_shift(self) -> None:
        on = self._desk.presence.is_on(self.staff.id)
        self.send(await begin_shift(self._desk.needs, self.staff, on=on))

    async def _claim(self, item: str) -> None:
        if not self._desk.presence.is_on(self.staff.id):
            self.refuse("off_shift")
            return
        claim = Claim(item, self.staff.id, self._records.now())
        with self._telling(item):
            try:
                claimed = await self._desk.claims.look(claim)
            except AlreadyClaimed:
                self.refuse("already_claimed")
            except NotFound:
                self.refuse("not_found")
            except Tired:
                self.refuse("rest")
            else:
                await self._show(claimed)

    @contextmanager
    def _telling(self, item: str) -> Iterator[None]:
        """Whatever goes wrong in this, what is committed of it is told to all who watch."""
        try:
            yield
        finally:
            self._desk.changed(item)

    async def _show(self, item: StoredItem) -> None:
        """The item as it is now, with what was said around it."""
        records, name_of = self._records, self._desk.name_of
        self.send(await card_of(item, records.store, records.vault, name_of))
        standing = await incident_now(self._desk.needs, item.incident) if item.incident else None
        if standing is not None:
            self.send(standing)

    async def _put_back(self, item: str) -> None:
        with self._telling(item):
            try:
                await self._records.store.write(items.put_back, PutBack(item, self.staff.id))
            except NotYours:
                self.refuse("changed")
            else:
                self.send(to_staff.Done(item, "put_back"))

    async def _recuse(self, item: str) -> None:
        """The moderator may know a student: the item, and all of its room, is for somebody else."""
        row = recusals.Recuse(item, self.staff.id, self._records.now())
        try:
            room = await self._records.store.write(recusals.recuse, row)
        except NotYours:
            room = None
            self.refuse("changed")
        else:
            self.send(to_staff.Done(item, "know"))
        if room is None:
            self._desk.changed(item)
        else:
            await self._desk.hide_room(self, room)

    async def _keep_note(self, note: from_staff.KeepNote) -> None:
        item = await self._records.store.read(items.item, note.item)
        if item is None or item.claimed_by != self.staff.id:
            self.refuse("changed")
            return
        sealed = self._records.vault.seal_field(note.text, note.note)
        row = NewAct(note.note, note.item, self.staff.id, self._records.now(), "noted", sealed)
        if await self._records.store.write(item_acts.keep_note, row):
            self.send(to_staff.Done(note.item, "noted"))
        else:
            self.refuse("changed")

    async def _act(self, act: from_staff.Act) -> None:
        path = acts.flaw(act, self.staff.role)
        if path is not None:
            self.send(error("bad_field", path=path))
            return
        item = await self._records.store.read(items.item, act.item)
        if item is None:
            self.refuse("not_found")
            return
        with self._telling(act.item):
            code = await self._carry_out(act, item)
            if code is None:
                until = self._records.now() + UNDO_WITHIN if act.act in UNDOABLE else None
                self.send(to_staff.Done(act.item, act.act, until))
            else:
                self.refuse(code)
            if code == "changed":
                await self._show_changed(act.item)
            elif code is None and act.act in _STAYS:
                await self._show(item)
            elif code is None and act.act not in _NO_FIRST_ANSWER:
                async for drawn in draw(self._desk.needs, item, act.act, self.staff.id):
                    self._desk.changed(drawn)

    async def _carry_out(self, act: from_staff.Act, item: StoredItem) -> str | None:
        """None once it is done, or the code of why not; before anything is said in the room."""
        if not acts.fits(act.act, item.kind):
            return "not_found"
        mine = item.claimed_by == self.staff.id and item.done_at is None
        if mine and act.act in acts.SAID:
            code = await self._acts.speak(act, item)
            if code is not None:
                return code
        try:
            await self._acts.commit(act, item)
        except (NotYours, NotHeld):
            return "changed"
        except NotFound:
            return "not_found"
        return None

    async def _show_changed(self, item: str) -> None:
        """A card that is still this moderator's, as it is now."""
        row = await self._records.store.read(items.item, item)
        if row is not None and row.claimed_by == self.staff.id and row.done_at is None:
            await self._show(row)

    async def _undo(self, item: str) -> None:
        async with self._desk.in_turn:  # that it was gone is told before that it is back
            await self._take_back(item)

    async def _take_back(self, item: str) -> None:
        now = self._records.now()
        row = Undo(item, self.staff.id, now, now - UNDO_WITHIN - UNDO_GRACE)
        try:
            found = await self._records.store.write(undoing.undo, row)
        except NotYours:
            self.refuse("too_late")
            return
        except StoreUnavailable:
            self._desk.changed(item)  # it may be kept, where only the answer was lost
            before = await self._records.store.read(items.item, item)
            moderated.in_doubt(self._desk.needs.rooms, before.room if before else None)
            raise
        assert isinstance(found, StoredItem)
        with self._telling(item):
            self.send(to_staff.Done(item, "undo"))
            if found.held and found.room and found.mid:
                await moderated.held_again(self._desk.needs.rooms, found.room, found.mid)
            if found.kind == "help" and found.room and found.seat is not None:
                moderated.call_taken_up(self._desk.needs.rooms, found.room, found.seat)
            await self._show(found)
