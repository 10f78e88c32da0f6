"""Calls for a person and reports of one page: never refused, only put off, and never twice.

Everything else a page sends too fast is refused, with a time. A call must not be: whoever presses
in fear presses often. So these have an allowance of their own, what is beyond it waits its turn,
and what waits already need not wait again. Owned by `session.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from chat.frames import from_student
from chat.rooms.allowance import Allowance

CALLS, CALLS_OVER = 10, 30.0
"""Calls and reports that are heard at once within so many seconds."""

MOST = 64
"""Different ones that may wait: more than there are reasons and rooms of one student."""

Call = from_student.Help | from_student.Report


class Calling:
    """What a page has called for and is not done yet, in the order it came; `hear` does it."""

    __slots__ = ("_allowance", "_clock", "_hear", "_line", "_timer")

    def __init__(
        self,
        hear: Callable[[Call], None],
        clock: Callable[[], float],
        every: float = CALLS_OVER / CALLS,
    ) -> None:
        self._hear = hear
        self._clock = clock
        self._allowance = Allowance(CALLS, every)
        self._line: list[Call] = []
        self._timer: asyncio.TimerHandle | None = None

    def take(self, call: Call) -> bool:
        """Have this done in its turn; False where too many wait that are something else."""
        if call in self._line:
            return True
        if len(self._line) >= MOST:
            return False
        self._line.append(call)
        if self._timer is None:
            self._go_on()
        return True

    def close(self) -> None:
        """The page is gone; whoever called has called."""
        if self._timer is not None:
            self._timer.cancel()
        for call in self._line:
            self._hear(call)
        self._line.clear()

    def _go_on(self) -> None:
        """Do what may be done now, and the rest when its time has come."""
        self._timer = None
        while self._line:
            if wait := self._allowance.spend(self._clock()):
                self._timer = asyncio.get_running_loop().call_later(wait, self._go_on)
                return
            self._hear(self._line.pop(0))
