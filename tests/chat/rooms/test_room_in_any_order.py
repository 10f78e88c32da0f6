"""Whatever happens in a room, and in whichever order, both seats see its messages in theirs."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chat.frames import shared, to_student
from chat.rooms.effects import Effect, Keep, Send, Settle
from moderation.terms import Decision, State
from tests.chat.rooms.scripts import PLAIN, SLUR, SWORE, a_room


class RoomMachine(RuleBasedStateMachine):
    """Any order of saying, committing, failing and deciding keeps the rules."""

    def __init__(self) -> None:
        super().__init__()
        self.room = a_room()
        self.said = 0
        self.seq = 0
        self.commits: list[Keep | Settle] = []
        self.delivered: list[list[int]] = [[], []]
        self.order: list[list[str]] = [[], []]
        self.shown: list[list[str]] = [[], []]

    def take(self, effects: list[Effect] | None) -> None:
        for effect in effects or []:
            if isinstance(effect, (Keep, Settle)):
                self.commits.append(effect)
            elif isinstance(effect, Send):
                self.see(effect.seat, effect.frame)

    def see(self, seat: int, frame: shared.Frame) -> None:
        seq = getattr(frame, "seq", None)
        if seq is not None:
            self.delivered[seat].append(seq)
        if isinstance(frame, to_student.Message):
            self.shown[seat].append(frame.mid)

    @rule(seat=st.integers(0, 1), decision=st.sampled_from([PLAIN, SLUR, SWORE]))
    def says(self, seat: int, decision: Decision) -> None:
        self.said += 1
        cid = str(self.said)
        self.order[seat].append("m" + cid)
        self.take(self.room.say(seat, cid, "m" + cid, decision.shown, decision))

    @precondition(lambda self: self.commits)
    @rule(fails=st.booleans())
    def commits_next(self, *, fails: bool) -> None:
        effect = self.commits.pop(0)
        mid = effect.waiting.mid if isinstance(effect, Keep) else effect.mid
        if isinstance(effect, Keep):
            self.commit_keep(effect, mid, fails=fails)
        elif fails:
            self.take(self.room.not_settled(mid))
        else:
            self.take(self.room.settled(mid, effect.state, self.place(effect.state)))

    def commit_keep(self, effect: Keep, mid: str, *, fails: bool) -> None:
        if fails:
            self.take(self.room.not_kept(mid, "unavailable"))
        else:
            seq = self.place("released") if effect.release else None
            self.take(self.room.kept(mid, seq, reachable=True))

    def place(self, state: str) -> int | None:
        if state in ("withheld", "taken_back"):
            return None
        self.seq += 1
        return self.seq

    @precondition(lambda self: any(seat.line for seat in self.room.seats))
    @rule(seat=st.integers(0, 1), release=st.booleans())
    def decides(self, seat: int, *, release: bool) -> None:
        unkept = {c.waiting.mid for c in self.commits if isinstance(c, Keep)}
        line = [w for w in self.room.seats[seat].line.values() if w.mid not in unkept]
        if line and not line[0].checked:
            state: State = line[0].state if release else "withheld"
            self.take(self.room.settled(line[0].mid, state, self.place(state)))

    @rule(watched=st.booleans())
    def moderators_come_and_go(self, *, watched: bool) -> None:
        self.take(self.room.go_on() if watched else self.room.pause())

    @rule()
    def ticks(self) -> None:
        self.take(self.room.unblocked())

    @invariant()
    def both_hear_of_every_place_in_order(self) -> None:
        """Neither seat is ever told a place twice, late, or with a gap."""
        for seqs in self.delivered:
            assert seqs == list(range(1, len(seqs) + 1))

    @invariant()
    def each_seat_is_heard_in_the_order_it_spoke(self) -> None:
        """What the peer sees of a seat is in the order that seat said it."""
        for seat in (0, 1):
            said = self.order[seat]
            seen = [said.index(mid) for mid in self.shown[1 - seat]]
            assert seen == sorted(seen)


TestRoomMachine = RoomMachine.TestCase
TestRoomMachine.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
