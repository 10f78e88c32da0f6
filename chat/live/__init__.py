"""Live state: what may be lost at any time and is then made again by the connections themselves.

`Live` is what `students/lobby.py` asks for those who wait; `memory.py` and `redis.py` are its two
kinds. The other files are what nodes tell one another, and count together (`chat/node.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from chat.students.matching import Pair, Ticket


class Live(Protocol):
    """The tickets of everybody who waits. Times are seconds of one clock."""

    async def knock(self, ticket: Ticket, now: float) -> Pair | None:
        """Pair the ticket at once, or let it wait; a student's earlier ticket is replaced."""

    async def withdraw(self, student: str) -> Ticket | None:
        """Take a student's ticket back; None when there was none."""

    async def leave(self, ticket: Ticket, now: float, keep: float) -> None:
        """The student's page is gone: the ticket is in no queue, and kept for so many seconds."""

    async def ticket_of(self, student: str, now: float) -> Ticket | None:
        """The ticket of a student who waits, at any node, or whose page is gone for a while."""

    async def widened(self, now: float, most: int) -> list[Pair]:
        """Pairs that waiting has made possible since the last call, at most so many."""

    async def renew(self, students: Sequence[str], now: float) -> Iterable[str]:
        """Keep the tickets of these, who wait here; answers those whose tickets are gone."""
