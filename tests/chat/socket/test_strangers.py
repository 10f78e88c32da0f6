from __future__ import annotations

from dataclasses import dataclass

from chat.socket.strangers import Strangers


@dataclass(eq=False)
class Someone:
    """A connection that notes its end."""

    known: bool = False
    ended: bool = False

    def abort(self) -> None:
        self.ended = True


def test_who_asked_for_nothing_for_longest_gives_way() -> None:
    """Whoever asks for something stands behind all who have not since."""
    strangers = Strangers()
    one, two, three = Someone(), Someone(), Someone()
    for came in (one, two, three, one):
        strangers.asked(came)
    strangers.gone(two)
    assert strangers.make_room()
    assert [came.ended for came in (one, two, three)] == [False, False, True]
    assert strangers.make_room()
    assert one.ended
    assert not strangers.make_room()
    assert strangers.gave_way == 2


def test_nobody_who_has_signed_in_gives_way() -> None:
    """A place is kept by who has said who they are, however long they are silent."""
    strangers = Strangers()
    one, two = Someone(), Someone()
    strangers.asked(one)
    strangers.asked(two)
    one.known = True
    assert strangers.make_room()
    assert (one.ended, two.ended) == (False, True)
    assert not strangers.make_room()
