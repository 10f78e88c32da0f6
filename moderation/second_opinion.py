"""A school's own scorer, asked about messages after they were delivered; it may only raise.

A shell around `scorers/`. What was judged is offered and forgotten: nothing waits for the answer,
the queue is bounded, and what does not fit is left out and counted. An answer can make a moderator
look, or page if the school says so; it can never make anybody look less, hide a message or delay
one. A scorer that fails again and again, or that finds something in nearly everything, is put aside
for a while and the operator is told. Made by `house/` where the settings name a scorer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from moderation.scorers import Scorer, ScorerError
from moderation.terms import Attention, Category, Delivery, Finding, Text

_log = structlog.get_logger()

FAILURES_IN_A_ROW = 3
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How a scorer is used; times in seconds, scores from 0 to 1.

    `queue_from` is the score from which a moderator looks, `page_from` that from which an adult is
    paged (None: never). `raised_per_hour` bounds what it may queue, and what it may page.
    """

    seconds: float = 2.0
    prepare_seconds: float = 60.0
    waiting: int = 200
    queue_from: float = 0.9
    page_from: float | None = None
    raised_per_hour: int = 60
    aside_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that was kept: where it is, and what the rules made of it."""

    room: str
    seat: int
    mid: str
    text: Text
    attention: Attention


@dataclass(slots=True)
class Tally:
    """What happened since the start, for operators."""

    asked: int = 0
    raised: int = 0
    left_out: int = 0
    failed: int = 0


Raised = Callable[[Asked, Finding], Awaitable[None]]


class SecondOpinion:
    """Asks one scorer, one message at a time."""

    def __init__(
        self, scorer: Scorer, limits: Limits, raised: Raised, clock: Callable[[], float]
    ) -> None:
        """`raised` carries out what the scorer raises; `clock` is in seconds, monotonic."""
        self.tally = Tally()
        self._scorer = scorer
        self._limits = limits
        self._raised = raised
        self._clock = clock
        self._queue: asyncio.Queue[Asked] = asyncio.Queue(limits.waiting)
        self._failures = 0
        self._ready = False
        self._aside_until = float("-inf")
        self._recent: dict[Attention, deque[float]] = defaultdict(deque)
        self._bounded: set[Attention] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask."""
        self._task = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        """Stop asking; what still waits is left out."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._scorer.close()

    @property
    def aside(self) -> bool:
        """Whether the scorer is put aside for now."""
        return self._clock() < self._aside_until

    def offer(self, asked: Asked) -> None:
        """Ask about a message some time soon; returns at once, whatever the scorer does."""
        if asked.attention is Attention.PAGE:
            return
        if self.aside or self._queue.full():
            self.tally.left_out += 1
            return
        self._queue.put_nowait(asked)

    async def quiet(self) -> None:
        """Wait until everything that was offered is answered or left out."""
        await self._queue.join()

    async def _run(self) -> None:
        while True:
            asked = await self._queue.get()
            try:
                await self._ask(asked)
            except Exception as error:  # noqa: BLE001 - it must go on being asked
                self._failed(error)
            finally:
                self._queue.task_done()

    async def _ask(self, asked: Asked) -> None:
        if self.aside:
            self.tally.left_out += 1
            return
        finding = await self._opinion(asked)
        if finding is not None and self._may_raise(finding.attention):
            await self._raised(asked, finding)
            self.tally.raised += 1
        self._failures = 0

    async def _opinion(self, asked: Asked) -> Finding | None:
        if not self._ready:
            async with asyncio.timeout(self._limits.prepare_seconds):
                await self._scorer.prepare()
            self._ready = True
        self.tally.asked += 1
        async with asyncio.timeout(self._limits.seconds):
            scores = await self._scorer.score(asked.text)
        category = max(scores, key=scores.__getitem__, default=None)
        if category is None:
            return None
        attention = self._attention(scores[category])
        return _finding(category, attention) if attention > asked.attention else None

    def _attention(self, score: float) -> Attention:
        page_from = self._limits.page_from
        if page_from is not None and score >= page_from:
            return Attention.PAGE
        return Attention.QUEUE if score >= self._limits.queue_from else Attention.NONE

    def _may_raise(self, attention: Attention) -> bool:
        """Whether few enough were raised so of late: items for the queue use up no page's share."""
        now, recent = self._clock(), self._recent[attention]
        while recent and recent[0] <= now - _HOUR:
            recent.popleft()
        if len(recent) < self._limits.raised_per_hour:
            recent.append(now)
            self._bounded.discard(attention)
            return True
        self.tally.left_out += 1
        if attention not in self._bounded:
            self._bounded.add(attention)
            _log.error("second_opinion_raises_too_much", to=attention.word)
        return False

    def _failed(self, error: Exception) -> None:
        """Start the scorer anew, and put it aside when that keeps happening."""
        self._ready = False
        self._failures += 1
        self.tally.failed += 1
        reason = str(error) if isinstance(error, ScorerError) else type(error).__name__
        _log.warning("second_opinion_failed", reason=reason)
        if self._failures >= FAILURES_IN_A_ROW:
            self._failures = 0
            self._aside_until = self._clock() + self._limits.aside_seconds
            _log.error("second_opinion_put_aside", seconds=self._limits.aside_seconds)


def _finding(category: Category, attention: Attention) -> Finding:
    """What a scorer raises: it covers the whole message and never touches what is shown."""
    return Finding(category, attention, Delivery.DELIVER, "second_opinion", f"scored.{category}")
