"""The life of one room, events in and effects out; pure. How it ends is in `ending.py`.

Five rules, and all of them live in this file:

1. Nothing is sent to a peer before the shell has reported it committed (`kept`, `settled`).
2. A released message takes its place, `seq`, from that commit; both seats hear of the places in
   order and without a gap.
3. While a person checks a message, what its writer says next waits behind it, so that words cannot
   be smuggled past in parts. A cry for help never waits behind anything, and the writer may take
   the checked message back.
4. What a seat says behind a message that could not be kept is not kept before it, whether its
   writer has heard or not (`order.py`). A cry for help does not wait for that either.
5. While no moderator is there, nor staff in the room at this node, it is paused: what is said is
   kept and waits in its line. A cry for help goes on all the same.

Theory of operation: `say` (or `repeat`, for a message seen before) → `Keep` → the shell commits
→ `kept` → `Ack` to the writer and, if released, `Message` to the peer. A held message stays in
its seat's line until a person decides (`settled`) or its writer takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable

from chat.errors import error, refusal
from chat.frames import to_student
from chat.rooms.calls import Calls
from chat.rooms.effects import STATE_WHEN_SHOWN, Effect, Keep, Refuse, Send, Waiting
from chat.rooms.seat import RECENT, Seat
from moderation.terms import Attention, Decision, Delivery, State

_HOLD, _PAGE = Delivery.HOLD, Attention.PAGE  # to look up an enum's member costs as much as a call


class Room:
    """Two seats and what is said between them. `head` is the place of the last shown message.

    `paused`: no moderator is there, and nothing but cries for help goes on.
    """

    __slots__ = (
        "_changes",
        "_unkept",
        "calls",
        "epoch",
        "head",
        "id",
        "over",
        "paused",
        "seats",
        "topic",
    )

    def __init__(self, room: str, epoch: str, topic: str, seats: Iterable[Seat], head: int) -> None:
        self.id = room
        self.epoch = epoch
        self.topic = topic
        self.seats = tuple(seats)
        self.calls = Calls(len(self.seats))
        self.head = head
        self.over: str | None = None
        self.paused = False
        self._unkept: dict[str, Keep] = {}
        self._changes = 0

    @property
    def moment(self) -> tuple[int, int]:
        """Another one whenever something was shown, settled, held again or a seat stopped."""
        return self.head, self._changes

    def matched(self, seat: int) -> to_student.Matched:
        """What a page needs to draw this room from one seat."""
        mine = self.seats[seat].handle
        peer = self.seats[1 - seat].handle if len(self.seats) > 1 else ""
        return to_student.Matched(self.id, self.epoch, self.topic, mine, peer, self.head)

    def here(self) -> list[int]:
        """The seats whose students have not left for good."""
        return [seat for seat, each in enumerate(self.seats) if each.left is None]

    def is_over(self, seat: int) -> bool:
        """Whether that student says nothing here any more: it is over, or they are leaving."""
        return self.over is not None or self.seats[seat].leaving

    # --- a message is said -----------------------------------------------------------------

    def repeat(self, seat: int, cid: str, text: str) -> list[Effect] | None:
        """The answer to a message whose `cid` was said before, or None when it is new."""
        if self.is_over(seat):
            return [Send(seat, error("ended", cid))]
        before = self.seats[seat].recent.get(cid)
        if before is None:
            return None
        if before.text != text:
            return [Send(seat, error("cid_conflict", cid))]
        return [Send(seat, before.ack)] if before.ack else []

    def say(self, seat: int, cid: str, mid: str, text: str, decision: Decision) -> list[Effect]:
        """A judged message, new in this room: keep it, and release it if nothing forbids."""
        mine = self.seats[seat]
        after = mine.order.before(cid)
        if after and decision.asks_for_help:
            after = ()
        elif after and mine.order.misses(after):
            return self._out_of_turn(seat, cid)
        checked = decision.delivery is not _HOLD
        shown = decision.shown if checked else text
        waiting = Waiting(cid, mid, seat, shown, STATE_WHEN_SHOWN[decision.delivery], checked)
        free = not mine.line and not self.paused
        release = checked and (free or decision.asks_for_help)
        if not release:
            mine.line[mid] = waiting
        keep = self._unkept[mid] = Keep(waiting, text, decision, release, None, after)
        mine.order.under_way(cid)
        recent = mine.recent
        recent[cid] = keep
        if len(recent) > RECENT:
            del recent[next(iter(recent))]
        if mine.marked:
            mine.marked.pop(cid, None)
        return [keep]

    def kept(self, mid: str, seq: int | None, *, reachable: bool) -> list[Effect]:
        """A message is committed, with its place when it was released.

        `reachable` says whether an adult on call can be paged, so that no page promises one.
        """
        keep = self._unkept.pop(mid)
        waiting, decision = keep.waiting, keep.decision
        self.seats[waiting.seat].order.done(waiting.cid)
        state: State = waiting.state if keep.release else "held"
        keep.ack = to_student.Ack(waiting.cid, mid, state, seq, waiting.instead(state))
        effects: list[Effect] = [Send(waiting.seat, keep.ack)]
        if seq is not None:
            effects.append(self._to_peer(waiting, seq))
        if decision.attention is _PAGE and decision.asks_for_help:
            effects += self.calls.adult(waiting.seat, reachable=reachable)
        return effects if keep.release else effects + self._next_in_line(waiting.seat)

    def not_kept(self, mid: str, code: str) -> list[Effect]:
        """A message could not be committed: the writer is told, and may send it again."""
        waiting = self._unkept.pop(mid).waiting
        seat, mine = waiting.seat, self.seats[waiting.seat]
        mine.line.pop(mid, None)
        mine.recent.pop(waiting.cid, None)
        refuse = self.put_off if refusal(code).retry else self.turn_down
        return [*refuse(seat, waiting.cid, code), *self._next_in_line(seat)]

    def put_off(self, seat: int, cid: str, code: str, wait: float | None = None) -> list[Effect]:
        """Refused for now: nothing its seat says behind it is kept before it is said again."""
        order = self.seats[seat].order
        order.refused(cid)
        if order.full():
            return [Refuse(seat, "out_of_turn")]
        return [Send(seat, error(code, cid, retry_after=wait))]

    def turn_down(self, seat: int, cid: str, code: str, wait: float | None = None) -> list[Effect]:
        """Refused for good: nothing waits for it."""
        self.seats[seat].order.done(cid)
        return [Send(seat, error(code, cid, retry_after=wait))]

    def mark(self, seat: int, marked: to_student.Marked) -> list[Effect]:
        """A message is its writer's again, to change or to say as it is: nothing waits for it."""
        self.seats[seat].order.done(marked.cid)
        return [Send(seat, marked)]

    def came(self, seat: int) -> None:
        """A page sits there that was not there before."""
        self.seats[seat].order.begin_anew()

    # --- a held message is settled ---------------------------------------------------------

    def take_back(self, seat: int, cid: str) -> list[Effect]:
        """The writer no longer wants a message that is still being checked."""
        for mid, waiting in self.seats[seat].line.items():
            if waiting.cid == cid and mid not in self._unkept and not waiting.settling:
                return [waiting.settle("taken_back")]
        return [Send(seat, error("not_found", cid))]

    def settled(
        self, mid: str, state: State, seq: int | None, hidden: str | None = None
    ) -> list[Effect]:
        """It is committed what became of a held message, and `seq` if it was shown.

        `hidden` is what the peer sees instead, where a person hid part of it.
        """
        self._changes += 1
        for seat, mine in enumerate(self.seats):
            waiting = mine.line.pop(mid, None)
            if waiting is not None:
                if hidden is not None:
                    waiting.shown, waiting.state = hidden, state
                return self._settled(seat, waiting, state, seq)
        return []

    def not_settled(self, mid: str) -> list[Effect]:
        """The end of a held message could not be committed: it stays held."""
        waiting = self.held(mid)
        if waiting is not None:
            waiting.settling = False
        return []

    def hold_again(self, waiting: Waiting) -> list[Effect]:
        """It is committed that a withheld message is being checked again."""
        self._changes += 1
        self.wait(waiting)
        return [Send(waiting.seat, to_student.Status(waiting.cid, waiting.mid, "held"))]

    def mute(self, seat: int, until: float) -> list[Effect]:
        """It is committed that a seat may say nothing until then (seconds; 0: it may again)."""
        self._changes += 1
        self.seats[seat].muted_until = until
        return [Send(seat, to_student.Notice("muted" if until else "unmuted"))]

    def held(self, mid: str) -> Waiting | None:
        """The message of that id while it waits in a line."""
        return next((seat.line[mid] for seat in self.seats if mid in seat.line), None)

    def wait(self, waiting: Waiting) -> None:
        """Put a message that was held before a restart back in its line, in the order said."""
        self.seats[waiting.seat].line[waiting.mid] = waiting

    def take_place(self, mid: str, stored: Waiting) -> None:
        """What was said again turns out to be held already, under another mid."""
        mine = self.seats[stored.seat]
        line = [stored if each.mid == mid else each for each in mine.line.values()]
        mine.line = {each.mid: each for each in line}

    def empty_line(self, seat: int) -> list[str]:
        """Nothing of that seat waits any more; answers which of it is kept, by mid."""
        self._changes += 1
        line, self.seats[seat].line = self.seats[seat].line, {}
        return [mid for mid in line if mid not in self._unkept]

    def unblocked(self) -> list[Effect]:
        """After a restart or a pause: release what has nothing before it any more."""
        return [effect for seat in range(len(self.seats)) for effect in self._next_in_line(seat)]

    def committing(self) -> bool:
        """Whether something said here is not committed yet."""
        return bool(self._unkept)

    def alive(self) -> list[Effect]:
        """A sign of life for every page: how far the room has come."""
        return [Send(seat, to_student.Resumed(self.head)) for seat in self.here()]

    # --- nobody watches ----------------------------------------------------------------------

    def pause(self) -> list[Effect]:
        """No moderator is there any more; one student alone waits for staff anyhow."""
        here = self.here()
        if self.paused or len(here) < 2:  # noqa: PLR2004 - a room of two
            return []
        self.paused = True
        return [Send(seat, to_student.Notice("paused")) for seat in here]

    def go_on(self) -> list[Effect]:
        """A moderator is there again: what waited for that is released, in its order."""
        if not self.paused:
            return []
        self.paused = False
        told = [Send(seat, to_student.Notice("unpaused")) for seat in self.here()]
        return [*told, *self.unblocked()]

    # --- parts -------------------------------------------------------------------------------

    def _out_of_turn(self, seat: int, cid: str) -> list[Effect]:
        """Something said before this is missing. A page that says it again must connect anew."""
        if cid in self.seats[seat].order:
            return [Refuse(seat, "out_of_turn")]
        return self.put_off(seat, cid, "unavailable")

    def _to_peer(self, waiting: Waiting, seq: int) -> Effect:
        if seq > self.head:  # noqa: PLR1730 - `max` is several times as dear
            self.head = seq
        message = to_student.Message(seq, waiting.mid, "peer", waiting.shown, None, waiting.state)
        return Send(1 - waiting.seat, message)

    def _settled(self, seat: int, waiting: Waiting, state: State, seq: int | None) -> list[Effect]:
        told = to_student.Status(waiting.cid, waiting.mid, state, seq, waiting.instead(state))
        effects: list[Effect] = [Send(seat, told)]
        before = self.seats[seat].recent.get(waiting.cid)
        if before is not None:
            before.ack = to_student.Ack(told.cid, told.mid, told.state, told.seq, told.text)
        if seq is not None:
            effects.append(self._to_peer(waiting, seq))
        return effects + self._next_in_line(seat)

    def _next_in_line(self, seat: int) -> list[Effect]:
        """Release what waited only because something before it was being checked."""
        first = next(iter(self.seats[seat].line.values()), None)
        if self.paused or first is None or not first.checked:
            return []
        if first.settling or first.mid in self._unkept:
            return []
        return [first.settle(first.state)]
