"""What a seat says is kept in the order it was said, however its page, its lines and its nodes do.

Around the real rooms of several nodes stands as little of the world as can be: records that answer
as `moderation/records/messages.py` does, lines that lose what is on them, and a page that has many
messages under way and says again at once whatever it hears refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chat.frames import shared, to_student
from chat.rooms.effects import Effect, Keep, Refuse, Send
from chat.rooms.order import MOST, Order
from chat.rooms.room import Room
from chat.rooms.seat import Seat
from moderation.terms import Attention, Decision, Delivery

PLAIN = Decision(Attention.NONE, Delivery.DELIVER, (), "hello", "v1")
NODES = 2
OVER = "over"
"""What the end of a connection is on its line."""


def test_what_was_said_before_is_known_until_it_is_kept() -> None:
    """A message waits for everything before it whose end is not known, and for nothing else."""
    order = Order()
    for cid in ("1", "2", "3"):
        order.under_way(cid)
    order.done("1")
    assert order.before("3") == ("2",)
    assert order.before("4") == ("2", "3")
    assert not order.misses(("2", "3"))
    order.refused("2")
    assert order.misses(("2", "3"))
    order.under_way("2")
    assert order.before("2") == ()


def test_a_new_connection_knows_nothing_of_what_was_refused() -> None:
    """Only what is still under way is waited for, and what that stands behind keeps its place."""
    order = Order()
    order.refused("1")
    order.under_way("2")
    order.refused("3")
    order.begin_anew()
    assert order.before("4") == ("1", "2")
    order.refused("2")
    order.begin_anew()
    assert order.before("4") == ()


def test_what_a_page_leaves_unsaid_is_bounded() -> None:
    """A page that lets refusal after refusal lie has lost its place."""
    order = Order()
    for cid in range(MOST):
        order.refused(str(cid))
    assert not order.full()
    order.refused("one more")
    assert order.full()


@dataclass
class Line:
    """One connection, both ways; `lost` once the page gave it up, which its node may not know."""

    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    lost: bool = False


class Node:
    """A node: its room, what it has handed to the records, and the line it thinks the page has."""

    def __init__(self) -> None:
        self.room = Room("room", "e" * 16, "mood", [Seat("ann", "Calm Otter")], 0)
        self.handed_in: list[Keep] = []
        self.line: Line | None = None
        self.said = 0

    def take(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Keep):
                self.handed_in.append(effect)
            elif isinstance(effect, Refuse):
                self.answer(OVER)
                self.line = None
            elif isinstance(effect, Send) and isinstance(effect.frame, to_student.Ack):
                self.answer(f"ack {effect.frame.cid}")
            elif isinstance(effect, Send) and isinstance(effect.frame, shared.Error):
                self.answer(f"no {effect.frame.cid}")

    def answer(self, word: str) -> None:
        if self.line is not None:
            self.line.down.append(word)

    def hear(self, cid: str) -> None:
        effects = self.room.repeat(0, cid, "hello")
        if effects is None:
            self.said += 1
            effects = self.room.say(0, cid, f"m{self.said}", "hello", PLAIN)
        self.take(effects)


class AnyClient(RuleBasedStateMachine):
    """A page that never waits for an answer, at nodes whose commits fail and whose lines break."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes = [Node() for _ in range(NODES)]
        self.kept: list[str] = []
        self.said: list[str] = []
        self.waiting: list[str] = []
        self.line = Line()
        self.nodes[0].line = self.line

    @rule()
    def says(self) -> None:
        cid = str(len(self.said))
        self.said.append(cid)
        self.waiting.append(cid)
        self.line.up.append(cid)

    @precondition(lambda self: any(node.line and node.line.up for node in self.nodes))
    @rule(number=st.integers(1, 4), data=st.data())
    def arrives(self, number: int, data: st.DataObject) -> None:
        """Also on a line that the page has given up."""
        node = data.draw(st.sampled_from([n for n in self.nodes if n.line and n.line.up]))
        for _ in range(number):
            if node.line is not None and node.line.up:
                node.hear(node.line.up.pop(0))

    @precondition(lambda self: self.line.down)
    @rule()
    def hears(self) -> None:
        word, _, cid = self.line.down.pop(0).partition(" ")
        if word == OVER:
            self.moves(0)
        elif word == "ack":
            self.waiting = [each for each in self.waiting if each != cid]
        elif cid in self.waiting:
            self.line.up.append(cid)

    @precondition(lambda self: any(node.handed_in for node in self.nodes))
    @rule(
        number=st.integers(1, 4),
        ends=st.sampled_from(["kept", "kept", "refused", "kept and not told"]),
        data=st.data(),
    )
    def commits(self, number: int, ends: str, data: st.DataObject) -> None:
        """A batch is kept, or is not, or is and the records' answer is lost."""
        node = data.draw(st.sampled_from([n for n in self.nodes if n.handed_in]))
        batch, node.handed_in = node.handed_in[:number], node.handed_in[number:]
        answers = ["refused" if ends == "refused" else self.keep(each) for each in batch]
        for keep, answer in zip(batch, answers, strict=True):
            mid = keep.waiting.mid
            if ends != "kept" or answer == "refused":
                node.take(node.room.not_kept(mid, "unavailable"))
            elif answer == "kept":
                node.take(node.room.kept(mid, None, reachable=True))
            else:
                node.room.not_kept(mid, "cid_conflict")
                node.answer(f"ack {keep.waiting.cid}")

    def keep(self, keep: Keep) -> str:
        if keep.waiting.cid in self.kept:
            return "known"
        if not set(keep.after) <= set(self.kept):
            return "refused"
        self.kept.append(keep.waiting.cid)
        return "kept"

    @rule(to=st.integers(0, NODES - 1))
    def moves(self, to: int) -> None:
        """The page gives its line up and comes back somewhere; the node it left may not notice."""
        self.line.lost = True
        self.line = self.nodes[to].line = Line(up=list(self.waiting))
        self.nodes[to].room.came(0)

    @rule()
    def notices(self) -> None:
        """Nodes hear that a line is given up: what was on it never comes."""
        for node in self.nodes:
            if node.line is not None and node.line.lost:
                node.line = None

    @invariant()
    def all_is_kept_in_the_order_it_was_said(self) -> None:
        """Nothing is kept before what was said before it."""
        assert self.kept == self.said[: len(self.kept)]

    def teardown(self) -> None:
        """Once nothing fails any more, everything said is kept."""
        self.moves(0)
        while self.waiting:
            for node in self.nodes:
                node.line = node.line if node.line is self.line else None
            while self.line.down:
                self.hears()
            for node in self.nodes:
                while node.line and node.line.up:
                    node.hear(node.line.up.pop(0))
                self.settle(node)
        assert self.kept == self.said

    def settle(self, node: Node) -> None:
        batch, node.handed_in = node.handed_in, []
        for keep in batch:
            mid, answer = keep.waiting.mid, self.keep(keep)
            if answer == "kept":
                node.take(node.room.kept(mid, None, reachable=True))
            elif answer == "known":
                node.room.not_kept(mid, "cid_conflict")
                node.answer(f"ack {keep.waiting.cid}")
            else:
                node.take(node.room.not_kept(mid, "unavailable"))


TestAnyClient = AnyClient.TestCase
TestAnyClient.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
