"""Live state in Redis: the tickets of all nodes of a school, paired by one atomic script.

Made by `chat/node.py` when settings name a Redis. The script, `tickets.lua`, pairs exactly as
`students/matching.py` does. Redis is the only copy of nothing: what it loses, waiting students' own
nodes put back (`renew`), and while it is away everybody keeps waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from chat.settings import BadSettings
from chat.students.matching import ANYTHING, WIDEN, Pair, Ticket
from moderation.faults import told_safely
from moderation.records.server import is_loopback

LEASE = 15.0
"""Seconds a ticket outlives the last promise of its node that the student is still there."""

PATIENCE = 2.0
"""Seconds a Redis may take to answer before it counts as gone."""

_SCRIPT = (Path(__file__).parent / "tickets.lua").read_text(encoding="utf-8")

_log = structlog.get_logger()


class _Written(msgspec.Struct, frozen=True):
    """A ticket as the script reads it; `avoid` is a map, for JSON has no sets."""

    student: str
    school: str
    band: str
    topic: str
    since: float
    avoid: dict[str, bool]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Written).decode


def connect(url: str) -> Redis:
    """A Redis that answers soon or fails, never retries by itself, and is safely reached.

    Raises:
        BadSettings: It is elsewhere and has no password, or is not spoken to over TLS.
    """
    found = Redis.from_url(
        url,
        protocol=3,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    arguments = found.connection_pool.connection_kwargs
    if not is_loopback(arguments.get("host", "localhost")):
        if not url.startswith("rediss://"):
            raise BadSettings("redis: a Redis elsewhere needs TLS: rediss://…")
        if not arguments.get("password"):
            raise BadSettings("redis: a Redis elsewhere needs a password")
    return found


class RedisLive:
    """The tickets of one school, shared by its nodes."""

    def __init__(self, redis: Redis, school: str) -> None:
        self._base = f"peerline:{{{school}}}"
        self._script = redis.register_script(_SCRIPT)

    async def knock(self, ticket: Ticket, now: float) -> Pair | None:
        """Pair the ticket at once, or let it wait; in vain while Redis is gone."""
        raw = _written(ticket)
        args = [raw, repr(ticket.since), repr(now + LEASE), repr(now), ANYTHING, WIDEN]
        found = await self._do("knock", *args)
        return (_read(found[0]), _read(found[1])) if found else None

    async def withdraw(self, student: str) -> Ticket | None:
        """Take a student's ticket back; None when there was none, or Redis is gone."""
        found = await self._do("withdraw", student)
        return _read(found) if found else None

    async def leave(self, ticket: Ticket, now: float, keep: float) -> None:
        """Keep the ticket of a student whose page is gone; in vain while Redis is."""
        await self._do("leave", _written(ticket), repr(now), repr(now + keep))

    async def ticket_of(self, student: str, now: float) -> Ticket | None:
        """The ticket of a student who waits, or who may come back; None while Redis is gone."""
        found = await self._do("ticket_of", student, repr(now))
        return _read(found) if found else None

    async def widened(self, now: float, most: int) -> list[Pair]:
        """Pairs that waiting has made possible since any node asked last, at most so many."""
        found = await self._do("widened", repr(now), ANYTHING, WIDEN, most) or []
        tickets = [_read(raw) for raw in found]
        return list(zip(tickets[::2], tickets[1::2], strict=True))

    async def renew(self, students: Sequence[str], now: float) -> Iterable[str]:
        """Promise again that these wait; answers those of whom Redis knows nothing."""
        if not students:
            return []
        found = await self._do("renew", repr(now + LEASE), *students) or []
        return [student.decode() for student in found]

    async def _do(self, act: str, *args: Any) -> Any:
        try:
            return await self._script(keys=[self._base], args=[act, *args])
        except (RedisError, OSError) as error:
            _log.warning("redis_gone", act=act, **told_safely(error))
            return None


def _written(ticket: Ticket) -> bytes:
    avoid = dict.fromkeys(ticket.avoid, True)
    return _encode(
        _Written(ticket.student, ticket.school, ticket.band, ticket.topic, ticket.since, avoid)
    )


def _read(raw: bytes) -> Ticket:
    ticket = _decode(raw)
    return Ticket(
        student=ticket.student,
        school=ticket.school,
        band=ticket.band,
        topic=ticket.topic,
        since=ticket.since,
        avoid=frozenset(ticket.avoid),
    )
