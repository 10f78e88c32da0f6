"""Live state in this process: the embedded default, for one machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat.students.matching import Pair, Ticket, Tickets


class MemoryLive:
    """The tickets of one process, paired by `students/matching.py` as they are."""

    def __init__(self) -> None:
        self._tickets = Tickets()

    async def knock(self, ticket: Ticket, now: float) -> Pair | None:
        """Pair the ticket at once, or let it wait."""
        return self._tickets.add(ticket, now)

    async def withdraw(self, student: str) -> Ticket | None:
        """Take a student's ticket back; None when there was none."""
        return self._tickets.remove(student)

    async def widened(self, now: float) -> list[Pair]:
        """Pairs that waiting has made possible since the last call."""
        return self._tickets.widened(now)

    async def renew(self, students: Sequence[str], now: float) -> Iterable[str]:  # noqa: ARG002
        """Keep the tickets of these; answers those whose tickets are gone."""
        return [student for student in students if student not in self._tickets]
