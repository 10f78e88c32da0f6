"""An open room: who sits where, and what waits for a replay."""

from __future__ import annotations

import pytest

from chat.frames import shared, to_student
from chat.rooms.open_room import OpenRoom
from chat.rooms.room import Room
from chat.rooms.seat import Seat
from chat.settings import Chat
from moderation.records.vault import Vault
from tests.chat.shells import Page


def a_live() -> tuple[OpenRoom, Page]:
    room = Room("room", "e" * 16, "mood", [Seat("ann", "Calm Otter"), Seat("bo", "Kind Fox")], 0)
    key, _ = Vault(b"k" * 32).new_room()
    live = OpenRoom(room, key, Chat(messages_per_10_seconds=2), now=5.0)
    page = Page()
    live.pages[0] = page
    return live, page


def message(seq: int) -> to_student.Message:
    return to_student.Message(seq, f"m{seq}", "peer", "hello")


def test_a_seat_is_found_by_its_student() -> None:
    """Students of the room have a seat, nobody else has."""
    live, _ = a_live()
    assert [live.seat_of("ann"), live.seat_of("bo")] == [0, 1]
    with pytest.raises(StopIteration):
        live.seat_of("eve")


def test_a_frame_for_an_empty_seat_goes_nowhere() -> None:
    """Neither an absent page nor a seat that does not exist is an error."""
    live, page = a_live()
    live.send(1, shared.Typing())
    live.send(2, shared.Typing())
    assert page.seen == []


def test_what_was_said_elsewhere_is_earned_again_no_sooner() -> None:
    """Of two a seat may say at once, one said four seconds after the other leaves a second."""
    live, _ = a_live()
    for second in (5, 9):
        live.spent(0, second * 1_000_000)
    assert live.allowances[0].spend(9.0) == pytest.approx(1.0)
    assert live.allowances[1].spend(9.0) == 0.0


def test_what_is_said_during_a_replay_comes_after_it() -> None:
    """Frames wait, and messages that the replay has sent are not sent again."""
    live, page = a_live()
    later = live.hold_back(0)
    for frame in (message(1), shared.Typing(), message(2), message(3)):
        live.send(0, frame)
    assert page.seen == []
    live.send_held_back(0, later, 2)
    assert page.seen == [shared.Typing(), message(3)]
    live.send(0, message(4))
    assert page.seen[-1] == message(4)


def test_S8_what_is_said_again_during_a_replay_is_acked() -> None:
    """Also where the replay has shown it: a page that asked again would wait for ever."""
    live, page = a_live()
    later = live.hold_back(0)
    ack = to_student.Ack("c" * 22, "m" * 22, "released", 2)
    live.send(0, ack)
    live.send_held_back(0, later, 2)
    assert page.seen == [ack]


def test_the_later_of_two_replays_decides() -> None:
    """When a replay begins anew, the older one lets nothing through before its time."""
    live, page = a_live()
    older = live.hold_back(0)
    newer = live.hold_back(0)
    live.send(0, message(1))
    live.send_held_back(0, older, 0)
    assert page.seen == []
    live.send_held_back(0, newer, 0)
    assert page.seen == [message(1)]


def test_each_seat_has_its_own_allowance() -> None:
    """One seat's haste costs the other nothing."""
    live, _ = a_live()
    assert [live.allowances[0].spend(5.0) for _ in range(3)] == [0.0, 0.0, 5.0]
    assert live.allowances[1].spend(5.0) == 0.0
