"""A student leaves, and a room ends, as scripts of events and effects."""

from __future__ import annotations

from chat.errors import error
from chat.frames import to_student
from chat.rooms import ending
from chat.rooms.effects import End, Leave, Send, Settle, Unhold
from tests.chat.rooms.scripts import PLAIN, SLUR, a_room, held, keep, kept, repeat, say
from tests.playbook import Playbook


def test_S12_leaving_ends_the_room_for_both() -> None:
    """Who leaves sees the end, the peer sees that they left, and nobody can speak any more."""
    script = Playbook(a_room())
    script >> (lambda room: ending.end(room, "left", 0))
    script << End("left", 0)
    script >> repeat(1, "1", "are you there")
    script << Send(1, error("ended", "1"))
    script >> (lambda room: ending.ended(room, "left", 0))
    script << Send(0, to_student.Ended("left"))
    script << Send(1, to_student.PeerLeft())
    script.done()


def test_S10_whom_a_person_is_called_for_stays_when_the_other_leaves() -> None:
    """Until it is committed who stays is heard; then each reads what became, and it goes on."""
    room = a_room()
    script = Playbook(room)
    held(script, "1", SLUR)
    script >> (lambda room: ending.leave(room, 0, "left"))
    script << Leave(0, "left")
    script >> (lambda room: ending.leave(room, 0, "left"))
    script >> repeat(0, "2", "one more")
    script << Send(0, error("ended", "2"))
    script >> say(1, "3", PLAIN)
    script << keep(1, "3", PLAIN, release=True)
    script >> (lambda room: ending.left(room, 0, "left"))
    script << Unhold("m1")
    script << Send(0, to_student.Ended("left"))
    script << Send(1, to_student.Notice("peer_gone"))
    script >> (lambda room: ending.left(room, 0, "left"))
    script >> kept("3", 1)
    script << Send(1, to_student.Ack("3", "m3", "released", 1))
    script << Send(0, to_student.Message(1, "m3", "peer", "hello"))
    script >> (lambda room: room.pause())
    script >> (lambda room: room.alive())
    script << Send(1, to_student.Resumed(1))
    script >> (lambda room: ending.ended(room, "left", 1))
    script << Send(1, to_student.Ended("left"))
    script.done()
    assert room.held("m1") is None


def test_what_waited_for_a_moderator_goes_on_for_whoever_stays() -> None:
    """One student alone waits for staff anyhow; what the leaver said unchecked goes to nobody."""
    script = Playbook(a_room())
    script >> (lambda room: room.pause())
    script << Send(0, to_student.Notice("paused"))
    script << Send(1, to_student.Notice("paused"))
    for seat, cid in ((0, "1"), (1, "2")):
        script >> say(seat, cid, PLAIN)
        script << keep(seat, cid, PLAIN, release=False)
        script >> kept(cid, None)
        script << Send(seat, to_student.Ack(cid, "m" + cid, "held"))
    script >> (lambda room: ending.left(room, 0, "moderator"))
    script << Unhold("m1")
    script << Send(0, to_student.Ended("moderator"))
    script << Send(1, to_student.Notice("peer_gone"))
    script << Send(1, to_student.Notice("unpaused"))
    script << Settle("m2", "released")
    script.done()


def test_who_could_not_leave_is_told_and_still_heard() -> None:
    """Where it was not kept they are still there, and may leave again."""
    script = Playbook(a_room())
    script >> (lambda room: ending.leave(room, 0, "left"))
    script << Leave(0, "left")
    script >> (lambda room: ending.not_left(room, 0))
    script << Send(0, error("unavailable"))
    script >> (lambda room: ending.leave(room, 0, "left"))
    script << Leave(0, "left")
    script.done()


def test_a_room_closed_by_a_moderator_says_so_to_both() -> None:
    """Both pages hear that a moderator closed the room."""
    script = Playbook(a_room())
    script >> (lambda room: ending.end(room, "moderator"))
    script << End("moderator", None)
    script >> (lambda room: ending.ended(room, "moderator", None))
    script << Send(0, to_student.Ended("moderator"))
    script << Send(1, to_student.Ended("moderator"))
    script.done()
