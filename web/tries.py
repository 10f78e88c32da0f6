"""How often an address may fail to sign in as staff, and an account to name a receipt.

Used by `signin.py` and `incidents.py`. In memory only: what counts is never kept, only an HMAC of
it under a key made at start, and that for ten minutes at most (a leaky bucket, as in RFC 6585's 429
answers). A whole school often shares one address, so what works gives its try back. Where there are
several nodes, what is spent at one is spent at all; each node's own limit holds all the same.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Protocol

WINDOW = 600.0
"""Seconds after which an address is forgotten."""
MOST = 10_000
"""Addresses remembered at once; the one touched longest ago makes room."""


class Tries:
    """Counts failed tries by address: `allowed` at once, refilled evenly over the window."""

    def __init__(self, key: bytes, allowed: int) -> None:
        self._key = key
        self._allowed = allowed
        self._rate = allowed / WINDOW
        self._buckets: dict[bytes, tuple[float, float]] = {}

    @property
    def allowed(self) -> int:
        """How many tries an address has at once."""
        return self._allowed

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, address: str, now: float) -> float | None:
        """Spend one try at `now` (seconds); None, or how many seconds to wait first."""
        self._forget(now)
        name = self._name(address)
        level = self._level(name, now)
        if level + 1 > self._allowed:
            return (level + 1 - self._allowed) / self._rate
        self._put(name, level + 1, now)
        return None

    def give_back(self, address: str, now: float) -> None:
        """The try worked: it does not count."""
        name = self._name(address)
        level = self._level(name, now)
        if level > 1:
            self._put(name, level - 1, now)
        else:
            self._buckets.pop(name, None)

    def _level(self, name: bytes, now: float) -> float:
        level, at = self._buckets.get(name, (0.0, now))
        return max(0.0, level - max(0.0, now - at) * self._rate)

    def _put(self, name: bytes, level: float, now: float) -> None:
        self._buckets.pop(name, None)
        if len(self._buckets) >= MOST:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[name] = (level, now)

    def _forget(self, now: float) -> None:
        while self._buckets:
            oldest = next(iter(self._buckets))
            if abs(now - self._buckets[oldest][1]) <= WINDOW:
                return
            del self._buckets[oldest]

    def _name(self, address: str) -> bytes:
        return hmac.digest(self._key, _network(address).encode(), hashlib.sha256)


class Elsewhere(Protocol):
    """Tries at all nodes together; while nobody can say, there is nothing to wait for."""

    async def take(self, address: str, allowed: int, seconds: float) -> float:
        """Spend one try of an address, of so many in so long; seconds to wait first, or 0."""

    async def give_back(self, address: str, allowed: int, seconds: float) -> None:
        """The try of that address worked: it does not count."""


class Limit:
    """The tries of each address, here and at every node."""

    def __init__(self, here: Tries, elsewhere: Elsewhere | None) -> None:
        self._here = here
        self._elsewhere = elsewhere

    @property
    def allowed(self) -> int:
        """How many tries an address has at once."""
        return self._here.allowed

    async def take(self, address: str, now: float) -> float | None:
        """Spend one try at `now` (seconds); None, or how many seconds to wait first."""
        wait = self._here.take(address, now)
        if wait is not None or self._elsewhere is None:
            return wait
        return await self._elsewhere.take(_network(address), self.allowed, WINDOW) or None

    async def give_back(self, address: str, now: float) -> None:
        """The try worked: it does not count."""
        self._here.give_back(address, now)
        if self._elsewhere is not None:
            await self._elsewhere.give_back(_network(address), self.allowed, WINDOW)


def _network(address: str) -> str:
    """An IPv6 client owns its whole /64 (RFC 6177), so that is what is counted."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - the version of IP
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
