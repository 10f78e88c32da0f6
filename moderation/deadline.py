"""Lets a judge think no longer than a fixed time, even one that loops for ever.

A shell around `moderation/pipeline.py`. On the main thread a timer (`setitimer`, POSIX) runs while
messages are judged; its handler raises only when the message being judged is overdue, so a hanging
Python loop or regular expression ends and the message is held and queued. The timer is set at most
once in a time limit, not once a message, because a system call costs more than most detectors.
Off the main thread no signal can be delivered: judging then runs unguarded, and relies on every
detector being linear.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from moderation.conversation import ConversationState, remember
from moderation.decide import decide
from moderation.pipeline import Judge, fault
from moderation.terms import Category, Decision

FAILURES_IN_A_ROW = 3
ASIDE_SECONDS = 30.0
_FAILURES = frozenset({"overdue", "failed", "crashed", "unreadable"})


class OverdueError(BaseException):
    """Judging took too long; not an `Exception`, so that no detector's own handler eats it."""


class Deadline:
    """A judge with a time limit, put aside for a while when it keeps failing.

    `limit_seconds` bounds one message. After three failures in a row the judge is not called for
    thirty seconds of `clock` (seconds, monotonic): every message is held and queued at once.
    Create it on the main thread, before anything else uses SIGALRM.
    """

    def __init__(self, judge: Judge, limit_seconds: float, clock: Callable[[], float]) -> None:
        self.inner = judge
        self.unjudged = 0
        self._limit = limit_seconds
        self._clock = clock
        self._since: float | None = None
        self._timing = False
        self._watched: int | None = None
        self._failures = 0
        self._aside_until = float("-inf")
        if threading.current_thread() is threading.main_thread():
            self._watched = threading.get_ident()
            signal.signal(signal.SIGALRM, self._overdue)

    @property
    def version(self) -> str:
        """The version of the rules that judge now."""
        return self.inner.version

    def swap(self, judge: Judge) -> None:
        """Judge by `judge` from the next message on; a message under way keeps the old one.

        The new judge starts without the failures of the old.
        """
        self.inner = judge
        self._failures = 0

    def close(self) -> None:
        """Stop the timer: at the end of a process it would meet no handler, and kill it."""
        if threading.get_ident() == self._watched:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._timing = False

    def judge_turn(self, text: str, state: ConversationState, seat: int) -> Decision:
        """As `Judge.judge_turn`, but always in time; a message not judged is still remembered."""
        own = state.seats[seat]
        before = own.turns
        decision = self._in_time(text, state, seat)
        if own.turns == before:
            remember(state, seat, text, ())
        return decision

    def _in_time(self, text: str, state: ConversationState, seat: int) -> Decision:
        if self._failures >= FAILURES_IN_A_ROW:
            if self._clock() < self._aside_until:
                return self._held(text, "put_aside")
            self._failures = 0
        try:
            try:
                if threading.get_ident() == self._watched:
                    self._since = time.monotonic()
                    if not self._timing:
                        self._set_timer(self._limit)
                decision = self.inner.judge_turn(text, state, seat)
            except Exception:  # noqa: BLE001 - whatever went wrong, the message must not pass
                decision = self._held(text, "crashed")
            finally:
                self._since = None
        except OverdueError:
            self._since = None  # it may have come before the line above that says so
            decision = self._held(text, "overdue")
        if decision.attention or self._failures:  # a failure is always seen by somebody
            self._count(decision)
        return decision

    def _set_timer(self, seconds: float) -> None:
        self._timing = True
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def _count(self, decision: Decision) -> None:
        """Put the judge aside when it has failed too often in a row."""
        faults = [f.rule for f in decision.findings if f.category is Category.FAULT]
        self.unjudged += bool(faults)
        if not _FAILURES.isdisjoint(faults):
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW:
                self._aside_until = self._clock() + ASIDE_SECONDS
        elif not faults:
            self._failures = 0

    def _held(self, text: str, rule: str) -> Decision:
        return decide(text, [fault(rule, "deadline")], self.version, self.inner.table)

    def _overdue(self, _number: int, _frame: FrameType | None) -> None:
        """The timer: nothing is judged, or it has time left, or it is overdue."""
        self._timing = False
        if self._since is None:
            return
        left = self._limit - (time.monotonic() - self._since)
        if left > 0:
            self._set_timer(left)
        else:
            # Again: Python swallows what is raised in a finalizer or a callback of its collector.
            self._set_timer(self._limit)
            raise OverdueError
