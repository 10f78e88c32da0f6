"""Events of a room, and what they lead to, for scripts of `tests/playbook.py`.

Message `1` has the cid `1` and the mid `m1`.
"""

from __future__ import annotations

from chat.frames import to_student
from chat.rooms.effects import Keep, Send, Waiting
from chat.rooms.room import Room
from chat.rooms.seat import Seat
from moderation.terms import Attention, Category, Decision, Delivery, Finding, State
from tests.playbook import Event, Playbook

PLAIN = Decision(Attention.NONE, Delivery.DELIVER, (), "hello", "v1")


def _decided(
    category: Category, attention: Attention, delivery: Delivery, detector: str, shown: str
) -> Decision:
    """What is decided about a message in which one thing was found."""
    found = Finding(category, attention, delivery, detector, "r")
    return Decision(attention, delivery, (found,), shown, "v1")


SLUR = _decided(Category.HATE, Attention.QUEUE, Delivery.HOLD, "slurs", "a slur")
CRY = _decided(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER, "phrases", "help me")
SWORE = _decided(Category.PROFANITY, Attention.NONE, Delivery.MASK, "profanity", "oh ****")


def a_room() -> Room:
    return Room("room", "e" * 16, "mood", [Seat("ann", "Calm Otter"), Seat("bo", "Kind Fox")], 0)


def say(seat: int, cid: str, decision: Decision, text: str | None = None) -> Event:
    words = decision.shown if text is None else text
    return lambda room: room.say(seat, cid, "m" + cid, words, decision)


def repeat(seat: int, cid: str, text: str) -> Event:
    return lambda room: room.repeat(seat, cid, text)


def kept(cid: str, seq: int | None, *, reachable: bool = True) -> Event:
    return lambda room: room.kept("m" + cid, seq, reachable=reachable)


def settled(cid: str, state: State, seq: int | None) -> Event:
    return lambda room: room.settled("m" + cid, state, seq)


def keep(seat: int, cid: str, decision: Decision, *, release: bool) -> Keep:
    states: dict[Delivery, State] = {
        Delivery.DELIVER: "released",
        Delivery.MASK: "masked",
        Delivery.HOLD: "released",
    }
    checked = decision.delivery is not Delivery.HOLD
    waiting = Waiting(cid, "m" + cid, seat, decision.shown, states[decision.delivery], checked)
    return Keep(waiting, decision.shown, decision, release)


def held(script: Playbook, cid: str, decision: Decision) -> None:
    """Seat 0 says that, and it is kept and waits."""
    script >> say(0, cid, decision)
    script << keep(0, cid, decision, release=False)
    script >> kept(cid, None)
    script << Send(0, to_student.Ack(cid, "m" + cid, "held"))


def heard(script: Playbook, cid: str) -> None:
    """Seat 0 cries for help, and both hear that an adult comes."""
    script >> say(0, cid, CRY)
    script << keep(0, cid, CRY, release=True)
    script >> kept(cid, 1)
    script << Send(0, to_student.Ack(cid, "m" + cid, "released", 1))
    script << Send(1, to_student.Message(1, "m" + cid, "peer", "help me"))
    script << Send(0, to_student.Notice("adult_coming"))
    script << Send(1, to_student.Notice("peer_adult_coming"))
