"""Patience with wrong passwords: after each failure that login has to wait longer; pure.

Used by `brakes.py`. Nobody is ever locked out, for an adult on call must get in at night whatever
somebody else tried in their name; guessing merely becomes too slow to be worth it. A try that
comes too soon is told how long to wait; nobody looks at it, so it teaches nothing and costs
nothing. Every try that is looked at counts as wrong until it was right, so trying many at once
gains nothing.
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

    def wait(self, login: str, now: float) -> float:
        """Seconds until a try is looked at; at 0 this one is, and counts as a failure meanwhile."""
        failures, free_at = self._known.get(login, (0, now))
        if 0 < free_at - now <= LONGEST:
            self._remember(login, failures, free_at)
            return free_at - now
        self._remember(login, failures + 1, now + _pause(failures + 1))
        return 0.0

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
