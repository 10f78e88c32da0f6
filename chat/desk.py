"""The moderators' desk: the live queue, who has which item, and what they decide.

One `Desk` for the node pushes every change to all who watch; one `DeskSession` is one moderator's
connection. An item belongs to one moderator at a time and comes back when their page is gone for
`KEEP_CLAIM` seconds. Every look and every act is in the audit log. Made by `run_server.py`.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from chat import rights, strict, wire
from chat.allowance import Allowance
from chat.card import card_of, item_of, pressing
from chat.connection import Connection
from chat.errors import refusal
from chat.guests import Guests
from chat.room import error
from chat.rooms import Rooms
from chat.speaking import Speaking
from chat.turns import Turns
from moderation.ids import new_code, new_id
from moderation.incidents import Incidents
from moderation.people import StaffMember
from moderation.records import audit, decisions, items
from moderation.records.decisions import Decided, Outcome
from moderation.records.incidents import NewIncident
from moderation.records.items import (
    AlreadyClaimed,
    Claim,
    NotFound,
    NotYours,
    PutBack,
    StoredItem,
)
from moderation.records.messages import NotHeld, Settle
from moderation.records.rooms import EndRoom
from moderation.records.store import Store, StoreUnavailable
from moderation.records.vault import Vault
from moderation.terms import State

log = structlog.get_logger()

KEEP_CLAIM = 10.0
"""Seconds a claimed item stays with a moderator whose page is gone (UX M3 asks for 15 at most)."""

FRAMES, FRAMES_OVER = 60, 10.0
"""Frames a moderator's page may send within so many seconds."""

REASONED = frozenset({"withhold", "escalate", "close_room"})
"""Acts that need a reason."""

_STATES: dict[str, State] = {"release": "released", "withhold": "withheld"}


@dataclass(frozen=True, slots=True)
class Back:
    """What stands behind the desk."""

    store: Store
    vault: Vault
    rooms: Rooms
    guests: Guests
    incidents: Incidents
    clock: Callable[[], float]
    school: str
    incident_raised: Callable[[], None]


class Desk:
    """Everybody who watches the queue of this school."""

    def __init__(self, back: Back, keep_claim: float = KEEP_CLAIM) -> None:
        self.back = back
        self._keep_claim = keep_claim
        self._watchers: set[DeskSession] = set()
        self._returns: dict[str, asyncio.TimerHandle] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many moderators are here, each counted once."""
        return len({watcher.staff.id for watcher in self._watchers})

    def close(self) -> None:
        """Return nobody's items any more: the server is closing, and starts with none claimed."""
        for timer in self._returns.values():
            timer.cancel()
        self._returns.clear()

    def watch(self, session: DeskSession) -> None:
        """This moderator is at the desk."""
        self._watchers.add(session)
        self._stay(session.staff.id)

    def gone(self, session: DeskSession) -> None:
        """This page is gone; if it was the moderator's last, their items soon come back."""
        self._watchers.discard(session)
        staff = session.staff.id
        if not any(watcher.staff.id == staff for watcher in self._watchers):
            self._stay(staff)
            loop = asyncio.get_running_loop()
            self._returns[staff] = loop.call_later(self._keep_claim, self._return_claims, staff)

    async def queue(self, me: StaffMember) -> wire.Queue:
        """The whole queue, most pressing first."""
        stored = await self.back.store.read(items.open_items, self.back.school)
        found = sorted((item_of(row, self.name_of) for row in stored), key=pressing)
        on_call = await self.back.incidents.on_call(self.back.school)
        reachable = tuple(name for name, channels in on_call.items() if channels)
        return wire.Queue(tuple(found), me.name, reachable, int(self.back.clock() * 1000))

    def name_of(self, staff: str) -> str:
        """The name of a moderator who has an item."""
        return next((w.staff.name for w in self._watchers if w.staff.id == staff), "a colleague")

    async def return_all(self) -> None:
        """At start: nobody is at the desk yet, so nobody has an item."""
        await self._put_back_claims_of(None)

    def changed(self, item: str) -> None:
        """An item is new, or changed hands: tell everybody who watches."""
        self._soon(self._tell(item))

    def tell(self, frame: wire.Frame) -> None:
        """Send a frame to everybody who watches."""
        for watcher in self._watchers:
            watcher.send(frame)

    async def _tell(self, item: str) -> None:
        if not self._watchers:
            return
        row = await self.back.store.read(items.item, item)
        if row is not None and row.done_at is None:
            self.tell(wire.ItemChanged(item_of(row, self.name_of)))
        elif row is not None:
            self.tell(wire.ItemGone(item, row.outcome or "done"))

    def _stay(self, staff: str) -> None:
        """The items of this moderator do not come back for now."""
        timer = self._returns.pop(staff, None)
        if timer is not None:
            timer.cancel()

    def _return_claims(self, staff: str) -> None:
        self._returns.pop(staff, None)
        self._soon(self._put_back_claims_of(staff))

    async def _put_back_claims_of(self, staff: str | None) -> None:
        for item in await self.back.store.write(decisions.return_claims, staff):
            await self._tell(item)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_if_it_can_be_read(work))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


async def _if_it_can_be_read(work: Coroutine[Any, Any, None]) -> None:
    """What cannot be told now is in the queue that a page gets when it comes back."""
    try:
        await work
    except StoreUnavailable:
        log.warning("desk_not_told")


class DeskSession(Speaking):
    """One moderator's connection; `front_door.py` drives it."""

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__()
        self.staff = staff
        self._desk = desk
        self._turns = Turns(self.refuse)
        self._allowance = Allowance(FRAMES, FRAMES_OVER / FRAMES, desk.back.clock())

    # --- the connection's side ---------------------------------------------------------------

    def connected(self, connection: Connection) -> None:
        """The socket is open; who it is was settled before."""
        self._connection = connection

    def frame_received(self, frame: bytes) -> None:
        """One whole text message from the page."""
        read = strict.read(wire.read_staff, frame)
        if isinstance(read, wire.Error):
            self.send(read)
        elif wait := self._allowance.spend(self._desk.back.clock()):
            self.send(error("rate_limited", retry_after=wait))
        else:
            self._turns.take(self._answer(read))

    def disconnected(self) -> None:
        """The socket is gone."""
        self._connection = None
        self._desk.gone(self)

    # --- frames --------------------------------------------------------------------------------

    async def _answer(self, frame: wire.StaffFrame) -> None:
        if (action := rights.withheld(frame, self.staff.role)) is not None:
            entry = audit.Entry(self._now(), self.staff.id, "refused", action)
            await self._desk.back.store.write(audit.append, entry)
            self.refuse("forbidden")
            return
        match frame:
            case wire.Watch():
                self._desk.watch(self)
                self.send(await self._desk.queue(self.staff))
            case wire.Claim():
                await self._claim(frame.item)
            case wire.PutBack():
                await self._put_back(frame.item)
            case wire.Act():
                await self._act(frame)

    async def _claim(self, item: str) -> None:
        back = self._desk.back
        claim = Claim(item, self.staff.id, self._now())
        try:
            claimed = await back.store.write(decisions.look, claim)
        except AlreadyClaimed:
            self.refuse("already_claimed")
        except NotFound:
            self.refuse("not_found")
        else:
            await self._show(claimed)
        self._desk.changed(item)

    async def _show(self, item: StoredItem) -> None:
        """The item as it is now, with what was said around it."""
        back = self._desk.back
        self.send(await card_of(item, back.store, back.vault, self._desk.name_of))

    async def _put_back(self, item: str) -> None:
        try:
            await self._desk.back.store.write(items.put_back, PutBack(item, self.staff.id))
        except NotYours:
            self.refuse("changed")
        else:
            self.send(wire.Done(item, "put_back"))
        self._desk.changed(item)

    async def _act(self, act: wire.Act) -> None:
        if act.act in REASONED and not act.reason.strip():
            self.send(wire.Error("bad_field", refusal("bad_field").words, path="reason"))
            return
        back = self._desk.back
        item = await back.store.read(items.item, act.item)
        if item is None:
            self.refuse("not_found")
            return
        decided = self._decided(act, item)
        try:
            outcome = await back.store.write(decisions.decide, decided)
        except NotYours:
            self.refuse("changed")
        except NotHeld:
            self.refuse("changed")
            await self._show(dataclasses.replace(item, held=False))
        else:
            self._carry_out(decided, outcome)
            self.send(wire.Done(act.item, act.act))
        self._desk.changed(act.item)

    def _decided(self, act: wire.Act, item: StoredItem) -> Decided:
        settle = end = incident = None
        note = ""
        if act.act in _STATES and item.mid and item.room:
            settle = Settle(item.mid, item.room, _STATES[act.act])
        elif act.act == "close_room" and item.room:
            end = EndRoom(item.room, self._now(), "moderator")
        elif act.act == "escalate":
            incident = NewIncident(
                new_code(), item.school, item.room, item.seat, item.category, self._now()
            )
            note = new_id()
        return Decided(
            item=item.id,
            staff=self.staff.id,
            at=self._now(),
            act=act.act,
            sealed_reason=self._desk.back.vault.seal_field(act.reason, note or item.id),
            settle=settle,
            end=end,
            incident=incident,
            note=note,
        )

    def _carry_out(self, decided: Decided, outcome: Outcome) -> None:
        """Tell the room and the pager what is committed."""
        back = self._desk.back
        if decided.settle is not None:
            settle = decided.settle
            back.rooms.decided(settle.room, settle.mid, settle.state, outcome.seq)
        if decided.end is not None:
            back.rooms.closed(decided.end.id, decided.end.why)
        if decided.incident is not None:
            back.incident_raised()

    def _now(self) -> int:
        return int(self._desk.back.clock() * 1000)
