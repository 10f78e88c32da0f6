"""One day of one school, event by event, over the rules that the product itself pairs by.

Every student who knocks waits in `chat/students/matching.py`; rooms open only while moderators are
enough for one more, as `house/` has it. Chance comes from one seed, so a day can be lived again.
"""

from __future__ import annotations

import heapq
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from bench.simulate.desk import Desk, Job, Taken
from bench.simulate.school import HOUR, MINUTE, SPREAD, School, Work
from chat.desk import urgency
from chat.frames import to_staff
from chat.students.matching import WIDEN, Pair, Ticket, Tickets


@dataclass
class Account:
    """What happened on a day. Times in seconds."""

    knocks: int = 0
    waits: list[float] = field(default_factory=list)
    """How long each waited who was paired."""
    gave_up: int = 0
    still_waiting: int = 0
    full: int = 0
    """Knocks that met a chat with as many rooms as its moderators are enough for."""
    rooms: list[tuple[float, float]] = field(default_factory=list)
    """From when to when each room was open."""
    pairs: list[Pair] = field(default_factory=list)
    ages: dict[urgency.Class, list[float]] = field(
        default_factory=lambda: {"page": [], "waiting": [], "look": []}
    )
    """How long items of each class waited for a moderator."""
    items: int = 0
    undone: int = 0
    """Items nobody had taken when the day was over."""
    busy: float = 0.0
    """Seconds of moderators with items."""


@dataclass
class Day:
    """A day in progress; `live` runs it."""

    school: School
    chance: Random
    keep_pairs: bool = False
    account: Account = field(default_factory=Account)
    _now: float = 0.0
    _count: int = 0
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _tickets: Tickets = field(default_factory=Tickets)
    _early: OrderedDict[str, Ticket] = field(default_factory=OrderedDict)
    """Who came while no more rooms might be open, in the order they came."""
    _open: int = 0

    def live(self) -> Account:
        """Everything from the first hour to when the last room is over."""
        self._desk = Desk(self.school)
        for at in self._arrivals():
            self._at(at, self._knocks)
        while self._events:
            self._now, _, happen = heapq.heappop(self._events)
            happen()
        self.account.still_waiting = len(self._tickets) + len(self._early)
        self.account.undone = len(self._desk)
        return self.account

    def _at(self, when: float, happen: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, happen))

    def _arrivals(self) -> list[float]:
        found = []
        for hour, share in self.school.hours.items():
            mean = self.school.students * self.school.visits * share
            found += [(hour + self.chance.random()) * HOUR for _ in range(self._poisson(mean))]
        return sorted(found)

    def _poisson(self, mean: float) -> int:
        """How often something happens that happens `mean` times on average."""
        if mean > 500:  # there the normal distribution is as good
            return max(0, round(self.chance.gauss(mean, math.sqrt(mean))))
        count, left = 0, self.chance.expovariate(1.0)
        while left < mean:
            count += 1
            left += self.chance.expovariate(1.0)
        return count

    def _one_of(self, shares: dict[str, float]) -> str:
        return self.chance.choices(list(shares), list(shares.values()))[0]

    # --- students ------------------------------------------------------------------------------

    def _knocks(self) -> None:
        school, account = self.school, self.account
        account.knocks += 1
        ticket = Ticket(
            student=str(account.knocks),
            school="school",
            band=self._one_of(dict(school.bands)),
            topic=self._one_of(dict(school.topics)),
            since=self._now,
        )
        gives_up = self._now + self.chance.expovariate(1 / school.patience)
        self._at(gives_up, partial(self._gives_up, ticket))
        if self._room_for():
            self._wish(ticket)
        else:
            account.full += 1
            self._early[ticket.student] = ticket

    def _room_for(self) -> int:
        return max(0, self.school.rooms_each * self.school.moderators - self._open)

    def _wish(self, ticket: Ticket) -> None:
        pair = self._tickets.add(ticket, self._now)
        if pair is not None:
            self._meet(pair)
        else:
            self._at(max(self._now, ticket.since + WIDEN), self._widen)

    def _widen(self) -> None:
        for pair in self._tickets.widened(self._now, self._room_for()):
            self._meet(pair)

    def _gives_up(self, ticket: Ticket) -> None:
        if self._tickets.remove(ticket.student) or self._early.pop(ticket.student, None):
            self.account.gave_up += 1

    # --- rooms ---------------------------------------------------------------------------------

    def _meet(self, pair: Pair) -> None:
        account = self.account
        account.waits += [self._now - ticket.since for ticket in pair]
        if self.keep_pairs:
            account.pairs.append(pair)
        stay = self._about(self.school.stay)
        account.rooms.append((self._now, self._now + stay))
        self._open += 1
        self._at(self._now + stay, self._ends)
        for name, work in self.school.work.items():
            messages = self.school.messages_a_minute * stay / MINUTE
            for _ in range(self._poisson(work.a_message * messages + work.a_room)):
                at = self._now + stay * self.chance.random()
                self._at(at, partial(self._flags, name, work))

    def _about(self, median: float) -> float:
        return median * math.exp(self.chance.gauss(0.0, SPREAD))

    def _ends(self) -> None:
        self._open -= 1
        while self._early and self._room_for():
            _, ticket = self._early.popitem(last=False)
            self._wish(ticket)
        self._widen()

    # --- moderators ----------------------------------------------------------------------------

    def _flags(self, name: str, work: Work) -> None:
        self.account.items += 1
        item = to_staff.Item(
            id=f"{name}{self.account.items:09}",
            kind=work.kind,  # type: ignore[arg-type]
            category=work.category,
            attention=work.attention,  # type: ignore[arg-type]
            held=work.held,
            since=round(self._now * 1000),
            topic="",
        )
        job = Job(item, self._about(work.minutes * MINUTE))
        self._taken(self._desk.comes(job, self._now))

    def _taken(self, found: list[Taken]) -> None:
        for taken in found:
            age = max(0.0, taken.age)
            self.account.ages[urgency.class_of(taken.job.item)].append(age)
            self.account.busy += taken.job.seconds
            self._at(taken.until, partial(self._done, taken))

    def _done(self, taken: Taken) -> None:
        self._taken(self._desk.done(taken, self._now))
