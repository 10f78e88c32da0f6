"""What the core may ask for is plain data that can be compared."""

from __future__ import annotations

import typing

from chat.frames import shared
from chat.rooms.effects import Effect, Send, Settle


def test_effects_are_equal_by_value() -> None:
    """A script of a test can expect an effect it made itself."""
    assert Send(0, shared.Typing()) == Send(0, shared.Typing())
    assert Send(0, shared.Typing()) != Send(1, shared.Typing())
    assert Settle("m", "released") != Settle("m", "withheld")


def test_there_are_seven_kinds() -> None:
    """The journal carries out exactly these, so an eighth must be seen here."""
    kinds = {kind.__name__ for kind in typing.get_args(Effect)}
    assert kinds == {"Keep", "Settle", "Send", "Refuse", "Leave", "Unhold", "End"}
