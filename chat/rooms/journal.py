"""Carries out what a room asks for: seals and commits first, sends only what is committed.

The only path by which a message reaches a peer: `Keep` → one row for the group commit → the
room hears that it is kept → `Send`. No task and no queue for a message. Used by `rooms.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import msgspec

from chat import typed
from chat.rooms import ending
from chat.rooms.effects import Effect, End, Keep, Leave, Refuse, Send, Settle, Unhold
from chat.rooms.elsewhere import Elsewhere
from chat.rooms.needs import RoomNeeds
from chat.rooms.open_room import OpenRoom
from chat.rooms.repeats import answered_before
from chat.rooms.speech import Speech, said, spoken
from moderation.ids import new_code
from moderation.incidents.gravity import heard_in
from moderation.records import items, leaving, messages
from moderation.records.incidents import NewIncident
from moderation.records.items import NewItem
from moderation.records.messages import DuplicateCid, Kept, NotHeld, RoomEnded, Spoken
from moderation.records.rooms import EndRoom
from moderation.second_opinion import Asked
from moderation.terms import Attention, Decision, Text

_findings = msgspec.json.Encoder()


class Journal:
    """Effects in, commits and frames out.

    `asked` makes the queue item of a decision, `over` is told when a room's end is committed, and
    `left` which student has left one that goes on, and why.
    Of what rooms need, `item_changed` and `incident_raised` are told after the commit, and where
    a school has a second opinion of its own, `judged` of every kept message.
    """

    def __init__(
        self,
        needs: RoomNeeds,
        elsewhere: Elsewhere,
        asked: Callable[[OpenRoom, int, str, Decision], NewItem],
        over: Callable[[OpenRoom], None],
        left: Callable[[OpenRoom, int, str], None],
    ) -> None:
        self._store = needs.store
        self._clock = needs.clock
        self._school = needs.school
        self._reachable = needs.reachable
        self._item_changed = needs.item_changed
        self._incident_raised = needs.incident_raised
        self._judged = needs.judged
        self._elsewhere = elsewhere
        self._asked = asked
        self._over = over
        self._left = left
        self._last_said = 0
        self._answering: set[asyncio.Task[None]] = set()

    def perform(self, live: OpenRoom, effects: list[Effect]) -> None:
        """Carry out effects in their order."""
        for effect in effects:
            # `type` and not isinstance, which asks a struct's own class whenever the answer is no.
            if type(effect) is Send:
                live.send(effect.seat, effect.frame)
            elif type(effect) is Keep:
                self._keep(live, effect)
            elif type(effect) is Settle:
                self._settle(live, effect)
            elif type(effect) is Refuse:
                live.refuse(effect.seat, effect.code)
            elif type(effect) is Leave:
                self._leave(live, effect)
            elif type(effect) is Unhold:
                unhold = items.Unhold(live.room.id, effect.mid)
                self._store.submit(items.unhold, unhold, self._unheld)
            elif type(effect) is End:
                self._end(live, effect)
            else:
                raise TypeError(type(effect).__name__)

    async def quiet(self) -> None:
        """Wait for answers that are still being looked up."""
        if self._answering:
            await asyncio.wait(self._answering)
        await self._elsewhere.quiet()

    # --- a message ---------------------------------------------------------------------------

    def _keep(self, live: OpenRoom, keep: Keep) -> None:
        mine, decision = keep.waiting, keep.decision
        text, mid = keep.text, mine.mid
        shown = mine.shown = typed.shown(mine.shown)
        item = incident = None
        if decision.attention or not mine.checked:
            item = self._asked(live, mine.seat, mid, decision)
            if decision.attention is Attention.PAGE:
                incident = self._incident(live, mine.seat, decision)
        row = Spoken(
            mid=mid,
            room=live.room.id,
            seat=mine.seat,
            cid=mine.cid,
            sealed=live.key.seal(text, mid),
            sealed_shown=live.key.seal(shown, mid) if shown != text else None,
            state=mine.state if keep.release else "held",
            said_at=self._said_at(live.heard_at),
            attention=int(decision.attention),
            delivery=int(decision.delivery),
            findings=_findings.encode(decision.findings).decode() if decision.findings else None,
            version=decision.version,
            item=item,
            incident=incident,
            after=keep.after,
        )
        self._store.submit(messages.say, row, partial(self._kept, live, keep, row))

    def _kept(self, live: OpenRoom, keep: Keep, row: Spoken, answer: Kept | Exception) -> None:
        if type(answer) is Kept:
            seq = answer.seq
            if seq is not None and seq > live.room.head + 1:
                self._elsewhere.wait(live, seq, partial(self._kept, live, keep, row, answer))
                return
            reachable = answer.incident is not None and self._reachable()
            self._elsewhere.kept(live, row, seq)  # what it calls for is told behind the words
            self.perform(live, live.room.kept(row.mid, seq, reachable=reachable))
            if row.item is not None:
                self._item_changed(row.item.id)
            if answer.incident is not None:
                self._incident_raised()
            if self._judged is not None:
                self._judged(_asked_about(live, keep))
        elif isinstance(answer, DuplicateCid):
            self._soon(self._answer_again(live, keep))
        else:
            code = "ended" if isinstance(answer, RoomEnded) else "unavailable"
            self.perform(live, live.room.not_kept(row.mid, code))
            self._elsewhere.doubt(live)
            if row.item is not None:  # it may be kept, where only the answer was lost
                self._item_changed(row.item.id)

    async def _answer_again(self, live: OpenRoom, keep: Keep) -> None:
        self.perform(live, await answered_before(live, keep, self._elsewhere))

    def _settle(self, live: OpenRoom, settle: Settle) -> None:
        row = messages.Settle(settle.mid, live.room.id, settle.state)
        self._store.submit(messages.settle, row, partial(self._settled, live, settle))

    def _settled(self, live: OpenRoom, settle: Settle, answer: int | Exception | None) -> None:
        if isinstance(answer, Exception):
            self.perform(live, live.room.not_settled(settle.mid))
            if not isinstance(answer, NotHeld):
                return
            # Somebody else has settled it, or an earlier answer was lost.
            self._soon(self._elsewhere.find_out(live, settle.mid))
        elif answer is not None and answer > live.room.head + 1:
            self._elsewhere.wait(live, answer, partial(self._settled, live, settle, answer))
            return
        else:
            self.perform(live, live.room.settled(settle.mid, settle.state, answer))
            self._elsewhere.changed(live.room.id)
        if settle.state == "taken_back":
            self.perform(live, [Unhold(settle.mid)])

    def unhold_all(self, live: OpenRoom) -> None:
        """A room is over: what it held goes to nobody, and moderators see that."""
        if any(seat.line for seat in live.room.seats):
            self._store.submit(items.unhold, items.Unhold(live.room.id), self._unheld)

    def _unheld(self, found: list[str] | Exception) -> None:
        for item in () if isinstance(found, Exception) else found:
            self._item_changed(item)

    # --- staff -------------------------------------------------------------------------------

    async def speak(self, live: OpenRoom, speech: Speech) -> str | None:
        """Commit words of staff with their entry in the audit log, then send them."""
        text = typed.shown(speech.text)
        row = spoken(speech, text, live, self._said_at(self._clock()))
        answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        told = partial(self._spoken, live, row, text, answered)
        self._store.submit(messages.say, row, told)
        return await answered

    def _spoken(
        self,
        live: OpenRoom,
        row: Spoken,
        text: str,
        answered: asyncio.Future[str | None],
        answer: Kept | Exception,
    ) -> None:
        """Sent here, in the order of the commits, so that places reach the pages in theirs."""
        code = None
        if isinstance(answer, Kept) and answer.seq and answer.seq > live.room.head + 1:
            again = partial(self._spoken, live, row, text, answered, answer)
            self._elsewhere.wait(live, answer.seq, again)
            return
        if isinstance(answer, Kept):
            self.perform(live, said(live.room, row.mid, row.seat, answer.seq, text))
            self._elsewhere.kept(live, row, answer.seq)
        else:
            self._elsewhere.doubt(live)
        if not isinstance(answer, Kept | DuplicateCid):
            code = "ended" if isinstance(answer, RoomEnded) else "unavailable"
        if not answered.done():
            answered.set_result(code)

    # --- one leaves, and the end -------------------------------------------------------------

    def _leave(self, live: OpenRoom, leave: Leave) -> None:
        row = leaving.Leave(live.room.id, leave.seat, int(self._clock() * 1000), leave.why)
        self._store.submit(leaving.leave, row, partial(self._has_left, live, leave))

    def _has_left(self, live: OpenRoom, leave: Leave, answer: bool | Exception) -> None:  # noqa: FBT001
        if isinstance(answer, Exception):
            self.perform(live, ending.not_left(live.room, leave.seat))
            self._elsewhere.doubt(live)
        elif answer:
            self._left(live, leave.seat, leave.why)
            self._elsewhere.changed(live.room.id)
        elif ending.end(live.room, leave.why):
            self._ended(live, End(leave.why, leave.seat), answer=True)

    def _end(self, live: OpenRoom, end: End) -> None:
        row = EndRoom(live.room.id, int(self._clock() * 1000), end.why)
        self._store.submit(leaving.end_if_away, row, partial(self._ended, live, end))

    def _ended(self, live: OpenRoom, end: End, answer: bool | Exception) -> None:  # noqa: FBT001
        if isinstance(answer, Exception):
            live.room.over = None
            self._elsewhere.doubt(live)
            return
        self.perform(live, ending.ended(live.room, end.why, end.seat))
        self.unhold_all(live)
        self._over(live)
        self._elsewhere.over(live.room.id, end.why, end.seat)

    # --- parts -------------------------------------------------------------------------------

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    def _incident(self, live: OpenRoom, seat: int, decision: Decision) -> NewIncident:
        return NewIncident(
            code=new_code(),
            school=self._school,
            room=live.room.id,
            seat=seat,
            category=heard_in(decision),
            at=int(self._clock() * 1000),
            said_at=int(live.heard_at * 1000),
            told=decision.asks_for_help,
            there=frozenset(who for who, _ in live.staff),
        )

    def _said_at(self, heard: float) -> int:
        """Unix microseconds, never the same twice on this node."""
        at, last = int(heard * 1_000_000), self._last_said
        self._last_said = at = at if at > last else last + 1
        return at


def _asked_about(live: OpenRoom, keep: Keep) -> Asked:
    waiting = keep.waiting
    return Asked(live.room.id, waiting.seat, waiting.mid, Text(keep.text), keep.decision.attention)
