"""The life of one room, as scripts of events and effects."""

from __future__ import annotations

from chat.errors import error
from chat.frames import to_student
from chat.rooms.effects import Keep, Send, Settle, Waiting
from chat.rooms.room import Room
from chat.rooms.seat import RECENT, Seat
from tests.chat.rooms.scripts import (
    CRY,
    PLAIN,
    SLUR,
    SWORE,
    a_room,
    heard,
    held,
    keep,
    kept,
    repeat,
    say,
    settled,
)
from tests.playbook import Playbook


def test_message_reaches_the_peer_only_after_it_is_kept() -> None:
    """A plain message is acked and delivered by its commit, not before."""
    script = Playbook(a_room())
    script >> say(0, "1", PLAIN)
    script << keep(0, "1", PLAIN, release=True)
    script >> kept("1", 1)
    script << Send(0, to_student.Ack("1", "m1", "released", 1))
    script << Send(1, to_student.Message(1, "m1", "peer", "hello"))
    script.done()


def test_S6_masked_message_tells_its_writer_what_the_peer_sees() -> None:
    """The ack of a masked message carries the words as the peer sees them."""
    script = Playbook(a_room())
    script >> say(0, "1", SWORE, "oh fuck")
    waiting = Waiting("1", "m1", 0, "oh ****", "masked", checked=True)
    script << Keep(waiting, "oh fuck", SWORE, release=True)
    script >> kept("1", 1)
    script << Send(0, to_student.Ack("1", "m1", "masked", 1, "oh ****"))
    script << Send(1, to_student.Message(1, "m1", "peer", "oh ****", None, "masked"))
    script.done()


def test_held_message_is_acked_and_goes_nowhere() -> None:
    """A held message is kept without a place and the peer hears nothing."""
    script = Playbook(a_room())
    script >> say(0, "1", SLUR)
    script << keep(0, "1", SLUR, release=False)
    script >> kept("1", None)
    script << Send(0, to_student.Ack("1", "m1", "held"))
    script.done()


def test_what_follows_a_held_message_waits_behind_it() -> None:
    """Later words of the same seat are released in their order once the first is settled."""
    script = Playbook(a_room())
    held(script, "1", SLUR)
    held(script, "2", PLAIN)
    script >> settled("1", "withheld", None)
    script << Send(0, to_student.Status("1", "m1", "withheld"))
    script << Settle("m2", "released")
    script >> settled("2", "released", 1)
    script << Send(0, to_student.Status("2", "m2", "released", 1))
    script << Send(1, to_student.Message(1, "m2", "peer", "hello"))
    script.done()


def test_the_other_seat_goes_on_while_one_message_is_held() -> None:
    """A held message of one seat delays nothing of the other."""
    script = Playbook(a_room())
    script >> say(0, "1", SLUR)
    script << keep(0, "1", SLUR, release=False)
    script >> say(1, "2", PLAIN)
    script << keep(1, "2", PLAIN, release=True)
    script.done()


def test_S10_cry_for_help_waits_behind_nothing() -> None:
    """A disclosure is delivered past a held message, and both pages hear that an adult comes."""
    script = Playbook(a_room())
    script >> say(0, "1", SLUR)
    script << keep(0, "1", SLUR, release=False)
    heard(script, "2")
    script.done()


def test_F24_while_nobody_watches_what_is_said_waits_and_a_cry_for_help_does_not() -> None:
    """Both are told, what is said is kept and held, and goes on in its order afterwards."""
    script = Playbook(a_room())
    script >> (lambda room: room.pause())
    script << Send(0, to_student.Notice("paused"))
    script << Send(1, to_student.Notice("paused"))
    script >> (lambda room: room.pause())
    held(script, "1", PLAIN)
    script >> (lambda room: room.unblocked())
    heard(script, "2")
    script >> (lambda room: room.go_on())
    script << Send(0, to_student.Notice("unpaused"))
    script << Send(1, to_student.Notice("unpaused"))
    script << Settle("m1", "released")
    script >> settled("1", "released", 2)
    script << Send(0, to_student.Status("1", "m1", "released", 2))
    script << Send(1, to_student.Message(2, "m1", "peer", "hello"))
    script >> (lambda room: room.go_on())
    script.done()


def test_F24_one_student_alone_is_never_paused() -> None:
    """They wait for staff; there is nobody whom their words could reach unwatched."""
    alone = Room("room", "e" * 16, "help", [Seat("ann", "Calm Otter")], 0)
    assert alone.pause() == []
    assert not alone.paused


def test_S9_no_adult_is_promised_when_none_can_be_reached() -> None:
    """With nobody to page, both are told the truth."""
    script = Playbook(a_room())
    script >> say(0, "1", CRY)
    script << keep(0, "1", CRY, release=True)
    script >> kept("1", 1, reachable=False)
    script << Send(0, to_student.Ack("1", "m1", "released", 1))
    script << Send(1, to_student.Message(1, "m1", "peer", "help me"))
    script << Send(0, to_student.Notice("no_adult"))
    script << Send(1, to_student.Notice("peer_no_adult"))
    script.done()


def test_S8_a_repeated_message_gets_its_stored_answer() -> None:
    """The same cid with the same words is answered again and kept once."""
    script = Playbook(a_room())
    script >> say(0, "1", PLAIN)
    script << keep(0, "1", PLAIN, release=True)
    script >> repeat(0, "1", "hello")
    script >> kept("1", 1)
    script << Send(0, to_student.Ack("1", "m1", "released", 1))
    script << Send(1, to_student.Message(1, "m1", "peer", "hello"))
    script >> repeat(0, "1", "hello")
    script << Send(0, to_student.Ack("1", "m1", "released", 1))
    script.done()


def test_a_cid_with_other_words_is_a_conflict() -> None:
    """The same cid with other words is refused."""
    script = Playbook(a_room())
    script >> say(0, "1", PLAIN)
    script << keep(0, "1", PLAIN, release=True)
    script >> repeat(0, "1", "other words")
    script << Send(0, error("cid_conflict", "1"))
    script.done()


def test_a_message_that_cannot_be_kept_is_refused_and_may_come_again() -> None:
    """When the commit fails the writer is told, and the same cid is new again."""
    room = a_room()
    script = Playbook(room)
    script >> say(0, "1", PLAIN)
    script << keep(0, "1", PLAIN, release=True)
    script >> (lambda room: room.not_kept("m1", "unavailable"))
    script << Send(0, error("unavailable", "1"))
    assert room.repeat(0, "1", "hello") is None
    script.done()


def test_a_held_message_that_cannot_be_kept_holds_nothing_up() -> None:
    """When its commit fails it leaves the line, and what its seat says anew is released."""
    script = Playbook(a_room())
    script >> say(0, "1", SLUR)
    script << keep(0, "1", SLUR, release=False)
    script >> (lambda room: room.not_kept("m1", "unavailable"))
    script << Send(0, error("unavailable", "1"))
    script >> (lambda room: room.came(0))
    script >> say(0, "2", PLAIN)
    script << keep(0, "2", PLAIN, release=True)
    script.done()


def test_what_waits_is_not_released_before_it_is_kept() -> None:
    """When the message before it is settled first, its own commit is waited for."""
    script = Playbook(a_room())
    held(script, "1", SLUR)
    script >> say(0, "2", PLAIN)
    script << keep(0, "2", PLAIN, release=False)
    script >> settled("1", "withheld", None)
    script << Send(0, to_student.Status("1", "m1", "withheld"))
    script >> kept("2", None)
    script << Send(0, to_student.Ack("2", "m2", "held"))
    script << Settle("m2", "released")
    script.done()


def test_S7_the_writer_may_take_a_held_message_back() -> None:
    """A message that is being checked can be taken back, once, and frees those behind it."""
    script = Playbook(a_room())
    held(script, "1", SLUR)
    script >> (lambda room: room.take_back(0, "1"))
    script << Settle("m1", "taken_back")
    script >> (lambda room: room.take_back(0, "1"))
    script << Send(0, error("not_found", "1"))
    script >> settled("1", "taken_back", None)
    script << Send(0, to_student.Status("1", "m1", "taken_back"))
    script.done()


def test_M7_a_decision_about_a_settled_message_does_nothing() -> None:
    """What is no longer held is neither shown nor told of again."""
    script = Playbook(a_room())
    held(script, "1", SLUR)
    script >> settled("1", "withheld", None)
    script << Send(0, to_student.Status("1", "m1", "withheld"))
    script >> settled("1", "released", 1)
    script.done()


def test_a_settling_that_fails_leaves_the_message_held() -> None:
    """When the commit fails, it can be taken back again; while one is under way, it cannot."""
    script = Playbook(a_room())
    held(script, "1", SLUR)
    script >> (lambda room: room.take_back(0, "1"))
    script << Settle("m1", "taken_back")
    script >> (lambda room: room.take_back(0, "1"))
    script << Send(0, error("not_found", "1"))
    script >> (lambda room: room.not_settled("m1"))
    script >> (lambda room: room.take_back(0, "1"))
    script << Settle("m1", "taken_back")
    script.done()


def test_after_a_restart_what_has_nothing_before_it_is_released() -> None:
    """A message that only waited behind a settled one is released when the room is loaded."""
    room = a_room()
    room.wait(Waiting("2", "m2", 0, "hello", "released", checked=True))
    script = Playbook(room)
    script >> (lambda room: room.unblocked())
    script << Settle("m2", "released")
    script >> (lambda room: room.unblocked())
    script.done()


def test_only_the_latest_messages_are_remembered() -> None:
    """Memory for repeated cids is bounded for each seat."""
    room = a_room()
    for n in range(RECENT + 10):
        room.say(0, str(n), f"m{n}", "hello", PLAIN)
        room.kept(f"m{n}", n + 1, reachable=True)
    assert len(room.seats[0].recent) == RECENT
