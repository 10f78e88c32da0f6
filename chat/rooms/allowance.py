"""How fast one seat may speak, or one page send frames: a token bucket; pure.

A burst is free up to `burst` messages, then one is earned every `every` seconds. The bucket is
the usual one (RFC 2697's committed bucket without colours); time is an argument.
"""

from __future__ import annotations


class Allowance:
    """The allowance of one seat. `now` is any clock in seconds from 0."""

    __slots__ = ("_at", "_burst", "_every", "_left")

    def __init__(self, burst: int, every: float) -> None:
        """A full bucket: `burst` messages at once, then one each `every` seconds."""
        self._burst = float(burst)
        self._every = every
        self._left = self._burst
        self._at = 0.0

    def spend(self, now: float) -> float:
        """Spend one message: 0.0 if it was there, else the seconds until one will be."""
        left = self._left
        if now > self._at:
            left += (now - self._at) / self._every
            if left > self._burst:  # noqa: PLR1730 - `min` is several times as dear
                left = self._burst
        self._at = now  # also where the clock was set back
        if left >= 1.0:
            self._left = left - 1.0
            return 0.0
        self._left = left
        return (1.0 - left) * self._every

    def spent(self, at: float) -> None:
        """One message was spent then where this bucket did not see it; times may be unordered."""
        if at > self._at:
            if self.spend(at):
                self._left = 0.0
        elif self._at - at <= self._burst * self._every:  # else it has been earned again since
            self._left = max(0.0, self._left - 1.0)
