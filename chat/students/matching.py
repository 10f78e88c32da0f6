"""Who may meet whom: tickets in, pairs out; pure.

Two rules are absolute: nobody meets across schools or age bands, and two students of whom one
has blocked or reported the other never meet again. Within them, whoever has waited longest is
paired first, about the same topic; after `WIDEN` seconds both of a pair may have named different
topics, and `ANYTHING` goes with every topic at once. One `Tickets` holds the tickets of one
place; `live/memory.py` keeps it, and any other live store must pair exactly alike.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import takewhile

ANYTHING = "anything"
"""The topic of a student who is glad to talk about whatever the other one named."""

WIDEN = 20.0
"""Seconds after which a ticket may be paired with a ticket about another topic."""

Pool = tuple[str, str]
"""School and age band: nobody is ever paired outside it."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A student's wish to be matched. `since` in seconds; `avoid` names students never to meet."""

    student: str
    school: str
    band: str
    topic: str
    since: float
    avoid: frozenset[str] = frozenset()

    @property
    def pool(self) -> Pool:
        """The students this one may meet at all."""
        return (self.school, self.band)


Pair = tuple[Ticket, Ticket]
"""Two tickets that meet; the one that waited longer stands first."""


def may_meet(one: Ticket, other: Ticket) -> bool:
    """Whether two students may ever share a room, whatever they want to talk about."""
    return (
        one.student != other.student
        and one.pool == other.pool
        and one.student not in other.avoid
        and other.student not in one.avoid
    )


def suits(one: Ticket, other: Ticket, now: float) -> bool:
    """Whether two tickets go together by topic at the time `now` (seconds)."""
    if one.topic == other.topic or ANYTHING in (one.topic, other.topic):
        return True
    return now - max(one.since, other.since) >= WIDEN


@dataclass(slots=True)
class Tickets:
    """The tickets that wait, each student at most once, oldest first within pool and topic.

    However many wait, a pairing looks at the first of each topic and no further than who may not
    meet; an OrderedDict, for the first of a plain dict lies behind all that were ever taken.
    """

    _queues: dict[Pool, dict[str, OrderedDict[str, Ticket]]] = field(default_factory=dict)
    _by_student: dict[str, Ticket] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._by_student)

    def __contains__(self, student: str) -> bool:
        return student in self._by_student

    def of(self, student: str) -> Ticket | None:
        """The ticket of a student, if they wait."""
        return self._by_student.get(student)

    def add(self, ticket: Ticket, now: float) -> Pair | None:
        """Pair `ticket` with the one that has waited longest for it, or let it wait."""
        self.remove(ticket.student)
        other = self._partner(ticket, now)
        if other is not None:
            self.remove(other.student)
            return _in_order(other, ticket)
        self._put(ticket)
        return None

    def remove(self, student: str) -> Ticket | None:
        """Take a student's ticket back; None when there was none."""
        ticket = self._by_student.pop(student, None)
        if ticket is not None:
            queue = self._queues[ticket.pool][ticket.topic]
            del queue[student]
        return ticket

    def widened(self, now: float, most: int) -> list[Pair]:
        """Pairs that time alone has made possible since the tickets were added; at most so many."""
        ripe = [
            ticket
            for topics in self._queues.values()
            for queue in topics.values()
            for ticket in takewhile(lambda t: now - t.since >= WIDEN, queue.values())
        ]
        pairs: list[Pair] = []
        for ticket in sorted(ripe, key=_place):
            if len(pairs) >= most:
                break
            other = self._partner(ticket, now) if ticket.student in self._by_student else None
            if other is not None:
                self.remove(ticket.student)
                self.remove(other.student)
                pairs.append(_in_order(ticket, other))
        return pairs

    def _put(self, ticket: Ticket) -> None:
        queue = self._queues.setdefault(ticket.pool, {}).setdefault(ticket.topic, OrderedDict())
        mine = _place(ticket)  # a page that came back keeps its place before those who came later
        later = list(takewhile(lambda t: _place(t) > mine, reversed(queue.values())))
        queue[ticket.student] = self._by_student[ticket.student] = ticket
        for other in reversed(later):
            queue.move_to_end(other.student)

    def _partner(self, ticket: Ticket, now: float) -> Ticket | None:
        """The ticket that has waited longest among those that may be paired with this one."""
        best: Ticket | None = None
        for queue in self._queues.get(ticket.pool, {}).values():
            for other in queue.values():
                if best is not None and _place(other) >= _place(best):
                    break
                if not suits(ticket, other, now):
                    break
                if may_meet(ticket, other):
                    best = other
                    break
        return best


def _place(ticket: Ticket) -> tuple[float, str]:
    """Whoever waited longest stands first; of two who came in the same moment, one for certain."""
    return (ticket.since, ticket.student)


def _in_order(one: Ticket, other: Ticket) -> Pair:
    return (one, other) if _place(one) <= _place(other) else (other, one)
