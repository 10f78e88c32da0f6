"""Patience with wrong passwords: after each failure that login has to wait longer; pure.

Used by `brakes.py`. Guessing becomes too slow to be worth it, and no wait is longer than half a
minute. Whoever comes first after it has the look, so strangers can keep an owner waiting who is
counted with them: an adult on call must get in at night, and is counted apart where they are known
(`people.py`). A try that comes too soon is told how long to wait; nobody looks at it, so it teaches
nothing and costs nothing. Every try that is looked at counts as wrong until it was right, so trying
many at once gains nothing.
"""

from __future__ import annotations

from collections import OrderedDict

MAX_LOGINS = 10_000
"""Logins remembered; beyond that the one tried longest ago is forgotten."""
FREE = 3
"""Failures that cost nothing: people mistype."""
LONGEST = 30.0
"""Longest wait after a failure, in seconds; what seems longer was set before a clock went back."""


class Patience:
    """How long each login has to wait; remembers nothing of those that succeed."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def left(self, login: str, now: float) -> float:
        """Seconds until a try may be looked at; asking does not count."""
        if login not in self._known:
            return 0.0
        self._known.move_to_end(login)
        left = self._known[login][1] - now
        return left if 0 < left <= LONGEST else 0.0

    def wait(self, login: str, now: float) -> float:
        """Seconds until a try is looked at; at 0 this one is, and counts as a failure meanwhile."""
        left = self.left(login, now)
        if not left:
            failures = self._known.get(login, (0, now))[0] + 1
            self._remember(login, failures, now + _pause(failures))
        return left

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
