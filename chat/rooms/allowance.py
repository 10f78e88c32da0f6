"""How fast one seat may speak: a token bucket; pure.

A burst is free up to `burst` messages, then one is earned every `every` seconds. The bucket is
the usual one (RFC 2697's committed bucket without colours); time is an argument.
"""

from __future__ import annotations


class Allowance:
    """The allowance of one seat. `now` is any clock in seconds that never runs back."""

    __slots__ = ("_at", "_burst", "_every", "_left")

    def __init__(self, burst: int, every: float, now: float) -> None:
        """A full bucket: `burst` messages at once, then one each `every` seconds."""
        self._burst = float(burst)
        self._every = every
        self._left = self._burst
        self._at = now

    def spend(self, now: float) -> float:
        """Spend one message: 0.0 if it was there, else the seconds until one will be."""
        self._left = min(self._burst, self._left + (now - self._at) / self._every)
        self._at = now
        if self._left >= 1.0:
            self._left -= 1.0
            return 0.0
        return (1.0 - self._left) * self._every
