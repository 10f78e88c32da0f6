"""Tries to sign in, counted over all nodes of a school in Redis.

Made by `node.py`. Whoever guesses at several nodes is slowed as if there were one: the script,
`tries.lua`, counts as `moderation/people/patience.py` and `web/tries.py` do. Redis learns no login
and no address, only hashes under a key of this house, and keeps at most as many as one node does.
While it is away nothing is added to a node's own rule, which always holds beside this one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from moderation.faults import told_safely
from moderation.people.patience import FREE, LONGEST, MAX_LOGINS

SOON = 1.0
"""Seconds in which Redis must answer; nobody waits longer for it in order to sign in."""
REMEMBERED = 86_400
"""Seconds without any try after which all failures of a school are forgotten."""

_SCRIPT = (Path(__file__).parent / "tries.lua").read_text(encoding="utf-8")

_log = structlog.get_logger()


class RedisTries:
    """Failed tries of one school; `hashed` makes of a name what Redis may know."""

    def __init__(
        self,
        redis: Redis,
        school: str,
        hashed: Callable[[str], bytes],
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Redis's own clock counts, which is the same for all nodes, unless a test has one."""
        self._base = f"peerline:{{{school}}}"
        self._script = redis.register_script(_SCRIPT)
        self._hashed = hashed
        self._clock = clock

    async def wait(self, who: str) -> float:
        """Seconds until a try in that name is looked at; at 0 this one is."""
        rule = (MAX_LOGINS, REMEMBERED, FREE, LONGEST)
        return await self._do("logins", "wait", who, *rule)

    async def succeeded(self, who: str) -> None:
        """A try in that name was right: start afresh."""
        await self._do("logins", "succeeded", who)

    async def take(self, address: str, allowed: int, seconds: float) -> float:
        """Spend one try of an address, of so many in so long; seconds to wait first, or 0."""
        return await self._do("addresses", "take", address, MAX_LOGINS, int(seconds), allowed)

    async def give_back(self, address: str, allowed: int, seconds: float) -> None:
        """The try of that address worked: it does not count."""
        await self._do("addresses", "give_back", address, MAX_LOGINS, int(seconds), allowed)

    async def _do(self, kind: str, act: str, name: str, *rule: float) -> float:
        now = "" if self._clock is None else repr(self._clock())
        args: list[str | bytes | float] = [act, now, self._hashed(f"{kind} {name}"), *rule]
        try:
            async with asyncio.timeout(SOON):
                return float(await self._script(keys=[f"{self._base}:{kind}"], args=args))
        except (RedisError, OSError) as error:  # a time-out is an OSError
            _log.warning("redis_gone", act=act, **told_safely(error))
            return 0.0
