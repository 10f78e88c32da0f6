"""Who holds a place at the door without having said who they are; they give way when it is full.

A hostile network can open connections faster than anybody can look at them, and a school comes from
one address, so neither is counted. Instead no place is anybody's who has not signed in: where all
are taken, the connection that has asked for nothing for longest is cut off, and the one that comes
is let in. A page that is about to sign in is among the youngest; a flood that holds places is not.
No address is looked at. Made by `front_door.py`; told by every kind of connection.
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
