"""Patience with wrong passwords: each failure makes the next answer for that login slower; pure.

Used by `brakes.py`. Nobody is ever locked out, for an adult on call must get in at night whatever
somebody else tried in their name; guessing merely becomes too slow to be worth it. Attempts on one
login queue up behind one another, so trying many at once gains nothing.
"""

from __future__ import annotations

from collections import OrderedDict

MAX_LOGINS = 10_000
"""Logins remembered; beyond that the one tried longest ago is forgotten."""
FREE = 3
"""Failures that cost nothing: people mistype."""
LONGEST = 30.0
"""Longest pause after a failure, in seconds."""
MAX_QUEUE = 60.0
"""An attempt that would wait longer than this many seconds is refused without being looked at."""


class Patience:
    """How long each login has to wait; remembers nothing of those that succeed."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, login: str, now: float) -> float | None:
        """Seconds to wait before looking at this attempt, or None to refuse it unseen."""
        failures, free_at = self._known.get(login, (0, now))
        starts = max(now, free_at)
        if starts - now > MAX_QUEUE:
            return None
        self._remember(login, failures + 1, starts + _pause(failures + 1))
        return starts - now

    def succeeded(self, login: str) -> None:
        """The attempt was right: start afresh."""
        self._known.pop(login, None)

    def _remember(self, login: str, failures: int, free_at: float) -> None:
        self._known[login] = (failures, free_at)
        self._known.move_to_end(login)
        if len(self._known) > MAX_LOGINS:
            self._known.popitem(last=False)


def _pause(failures: int) -> float:
    if failures < FREE:
        return 0.0
    return float(min(2 ** min(failures - FREE, 16), LONGEST))
