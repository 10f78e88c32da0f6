"""One student's side of a room; pure. Owned by `room.py`, with what `marking.py` notes in it."""

from __future__ import annotations

from chat.rooms.effects import Keep, Waiting
from chat.rooms.order import Order
from moderation.terms import Decision

RECENT = 8
"""Own messages of each seat that are remembered in memory, to answer a repeated `cid`.

Only a page that has just lost its connection repeats any; the records answer for older ones.
"""


class Seat:
    """One student's side of a room: what it said lately and what still waits.

    `left` says why its student is gone for good, while the room goes on for the other one, and
    `leaving` that this is being committed. `muted_until` is the time (seconds) until
    which a moderator lets it say nothing. `marked` are words by their `cid` of which the page was
    told what would be hidden (`marking.py`).
    """

    __slots__ = (
        "handle",
        "leaving",
        "left",
        "line",
        "marked",
        "muted_until",
        "order",
        "recent",
        "student",
    )

    def __init__(self, student: str, handle: str) -> None:
        self.student = student
        self.handle = handle
        self.left: str | None = None
        self.leaving = False
        self.muted_until = 0.0
        self.line: dict[str, Waiting] = {}
        self.order = Order()
        self.recent: dict[str, Keep] = {}
        self.marked: dict[str, tuple[str, Decision]] = {}
