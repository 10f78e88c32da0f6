"""A test of the core reads as a script: `>>` feeds an event, `<<` expects the next effect.

After mitmproxy's idea of the same name. A script that ends with effects nobody expected fails in
`done`, and a failure shows what the core really asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from chat.rooms.effects import Effect
from chat.rooms.room import Room

Event = Callable[[Room], "list[Effect] | None"]


class Playbook:
    """One room and what it has asked for so far."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._asked: list[Effect] = []

    def __rshift__(self, event: Event) -> Self:
        assert not self._asked, f"not expected before the next event: {self._asked}"
        self._asked = list(event(self.room) or [])
        return self

    def __lshift__(self, expected: Effect) -> Self:
        assert self._asked, f"expected {expected}, but nothing was asked for"
        assert self._asked[0] == expected, f"asked for {self._asked[0]}, expected {expected}"
        del self._asked[0]
        return self

    def done(self) -> None:
        """Nothing more was asked for."""
        assert not self._asked, f"not expected: {self._asked}"
