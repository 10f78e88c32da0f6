"""Live state in this process: the embedded default, for one machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat.students.matching import Pair, Ticket, Tickets


class MemoryLive:
    """The tickets of one process, paired by `students/matching.py` as they are."""

    def __init__(self) -> None:
        self._tickets = Tickets()
        self._left: dict[str, tuple[Ticket, float]] = {}

    async def knock(self, ticket: Ticket, now: float) -> Pair | None:
        """Pair the ticket at once, or let it wait."""
        self._left.pop(ticket.student, None)
        return self._tickets.add(ticket, now)

    async def withdraw(self, student: str) -> Ticket | None:
        """Take a student's ticket back; None when there was none."""
        self._left.pop(student, None)
        return self._tickets.remove(student)

    async def leave(self, ticket: Ticket, now: float, keep: float) -> None:
        """Keep the ticket of a student whose page is gone, unless they have made another wish."""
        self._left = {who: kept for who, kept in self._left.items() if kept[1] > now}
        newer = self._tickets.of(ticket.student)
        if newer is None or newer.since <= ticket.since:
            self._tickets.remove(ticket.student)
            self._left[ticket.student] = (ticket, now + keep)

    async def ticket_of(self, student: str, now: float) -> Ticket | None:
        """The ticket of a student who waits, or who may come back."""
        left, until = self._left.get(student, (None, 0.0))
        return self._tickets.of(student) or (left if until > now else None)

    async def widened(self, now: float, most: int) -> list[Pair]:
        """Pairs that waiting has made possible since the last call, at most so many."""
        return self._tickets.widened(now, most)

    async def renew(self, students: Sequence[str], now: float) -> Iterable[str]:  # noqa: ARG002
        """Keep the tickets of these; answers those whose tickets are gone."""
        return [student for student in students if student not in self._tickets]
