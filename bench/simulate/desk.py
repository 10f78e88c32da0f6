"""Moderators at work: the most pressing items first, with care (both as in `chat/desk/`).

A moderator takes the most pressing item that is not better taken by a colleague, and stays with it
until it is done: nobody is called away. Times are seconds of the simulated day.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, deque
from dataclasses import dataclass, field

from bench.simulate.school import HOUR, School
from chat.desk import care, urgency
from chat.frames import to_staff


@dataclass(frozen=True)
class Job:
    """An item and how long somebody will be with it."""

    item: to_staff.Item
    seconds: float

    @property
    def came(self) -> float:
        """When it came."""
        return self.item.since / 1000


@dataclass(frozen=True)
class Taken:
    """An item in somebody's hands."""

    job: Job
    moderator: int
    at: float

    @property
    def age(self) -> float:
        """Seconds it had waited."""
        return self.at - self.job.came

    @property
    def until(self) -> float:
        """When it is done."""
        return self.at + self.job.seconds


@dataclass
class Desk:
    """The queue of a school and its moderators, all of them on shift all day."""

    school: School
    _queue: list[tuple[tuple[int, int, str], Job]] = field(default_factory=list)
    _free: deque[int] = field(default_factory=deque)
    _read: list[deque[tuple[float, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._free.extend(range(self.school.moderators))
        self._read.extend(deque() for _ in range(self.school.moderators))

    def __len__(self) -> int:
        return len(self._queue)

    def comes(self, job: Job, now: float) -> list[Taken]:
        """An item is new; answers what is taken up at once."""
        insort(self._queue, (urgency.pressing(job.item), job), key=lambda entry: entry[0])
        return self._take(now)

    def done(self, taken: Taken, now: float) -> list[Taken]:
        """Somebody is free again; answers what is taken up at once."""
        self._free.append(taken.moderator)
        return self._take(now)

    def _take(self, now: float) -> list[Taken]:
        found = []
        for _ in range(len(self._free)):
            moderator = self._free.popleft()
            place = self._suits(moderator, now) if self._queue else None
            if place is None:
                self._free.append(moderator)
                continue
            _, job = self._queue.pop(place)
            self._read[moderator].append((now, job.item.category))
            found.append(Taken(job, moderator, now))
        return found

    def _suits(self, moderator: int, now: float) -> int | None:
        """The place of the most pressing item that is not better for somebody else."""
        mine = self._lately(moderator, now)
        if not care.is_enough(mine, self.school.heavy_looks):
            return 0
        others = [self._lately(n, now) for n in range(self.school.moderators) if n != moderator]
        for place, (_, job) in enumerate(self._queue):
            if not care.for_another(job.item.category, mine, others, self.school.heavy_looks):
                return place
        return None

    def _lately(self, moderator: int, now: float) -> Counter[str]:
        read = self._read[moderator]
        while read and now - read[0][0] > self.school.heavy_hours * HOUR:
            read.popleft()
        return Counter(category for _, category in read)
