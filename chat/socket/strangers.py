"""Strangers: connections over which nobody has signed in. They give way when all places are taken.

A hostile network can open connections faster than anybody can sign in, and a whole school comes
from one address, so neither connections nor addresses are counted. Instead, a place belongs only to
whoever has signed in: when all are taken, the stranger that has asked for nothing for longest is
cut off, and the newcomer is let in. A page that is about to sign in is among the youngest
strangers; connections that a flood holds open are not. Made by `front_door.py`; every kind of
connection reports to it.
"""

from __future__ import annotations

from typing import Protocol


class Stranger(Protocol):
    """What is asked of a connection."""

    @property
    def known(self) -> bool:
        """Whether somebody at its other end has signed in."""

    def abort(self) -> None:
        """End at once."""


class Strangers:
    """Connections of strangers, the one that has asked for nothing for longest first."""

    def __init__(self) -> None:
        self._waiting: dict[Stranger, None] = {}
        self.gave_way = 0

    def asked(self, one: Stranger) -> None:
        """It has come, or asked for something: all others have been silent for longer."""
        self._waiting.pop(one, None)
        self._waiting[one] = None

    def gone(self, one: Stranger) -> None:
        """It has ended, or is no stranger any more."""
        self._waiting.pop(one, None)

    def make_room(self) -> bool:
        """End the one that has been silent for longest; answers whether there was one."""
        while self._waiting:
            first = next(iter(self._waiting))
            del self._waiting[first]
            if not first.known:
                first.abort()
                self.gave_way += 1
                return True
        return False
