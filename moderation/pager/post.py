"""One guarded POST over HTTP, for channels whose address somebody typed in.

Used by `webhook.py` and `push.py`. The host is resolved once, every address it has must be allowed
(`networks.py`), and the connection goes to exactly those addresses: a name that answers something
else a moment later (DNS rebinding) changes nothing. No redirect is followed, no proxy of the
environment is asked, no cookie is kept, and nothing of the answer but its status is read.
Plain `http` is for networks an administrator named; everywhere else a page is encrypted on its way.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import SplitResult, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from moderation.pager.channel import Outcome
from moderation.pager.networks import Network, is_named, is_public

THREADS = 16
"""Names looked up at the same time; a name server that hangs holds up pages only."""

_PORTS = {"http": 80, "https": 443}

Lookup = Callable[[str, int], Sequence[str]]
"""A host and a port to its addresses; blocking, raises OSError."""


class Forbidden(Exception):  # noqa: N818 - an answer
    """That address is none a page may be posted to."""


class Poster:
    """Posts pages; `seconds` bounds the whole of one, `named` are networks an administrator named.

    `lookup` asks the system's resolver unless a test hands in another.
    """

    def __init__(
        self, seconds: float, named: Sequence[Network] = (), lookup: Lookup | None = None
    ) -> None:
        self._seconds = seconds
        self._named = named
        self._lookup = lookup or addresses
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="lookup")

    def accepts(self, url: str) -> bool:
        """Whether a page could be posted there, judged without asking a name server."""
        parts = split(url)
        if parts is None or parts.hostname is None:
            return False
        host = parts.hostname
        literal = is_public(host) or is_named(host, self._named)
        if ":" in host or host.replace(".", "").isdigit():
            return literal and (parts.scheme == "https" or is_named(host, self._named))
        return parts.scheme == "https" or bool(self._named)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status that answered.

        Raises:
            Forbidden: This is no URL, or its host has an address that is not allowed.
            OSError: Nobody answered, or not within the time-out (`TimeoutError`).
            aiohttp.ClientError: What answered was not HTTP, or its certificate is wrong.
        """
        parts = split(url)
        if parts is None or parts.hostname is None:
            raise Forbidden
        async with asyncio.timeout(self._seconds):
            found = await self._resolve(parts)
            connector = aiohttp.TCPConnector(
                resolver=Pinned(found), use_dns_cache=False, force_close=True
            )
            async with (
                aiohttp.ClientSession(
                    connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
                ) as session,
                session.post(
                    URL(url), data=body, headers=dict(headers), allow_redirects=False
                ) as answer,
            ):
                return answer.status

    async def _resolve(self, parts: SplitResult) -> Sequence[str]:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._lookup, host, port)
        named = [is_named(address, self._named) for address in found]
        if not all(
            known or (parts.scheme == "https" and is_public(address))
            for known, address in zip(named, found, strict=True)
        ):
            raise Forbidden
        return found


async def posted(
    poster: Poster, url: str, body: bytes, headers: Mapping[str, str]
) -> int | Outcome:
    """The status, or what became of a page that no answer came for."""
    try:
        return await poster.post(url, body, headers)
    except Forbidden:
        return Outcome.FAILED_FOR_GOOD
    except (OSError, aiohttp.ClientError):
        return Outcome.FAILED_FOR_NOW


def split(url: str) -> SplitResult | None:
    """The parts of a whole http or https URL without blanks; None for anything else.

    Nor is a name one that no name server could be asked for, which the system's resolver raises.
    """
    try:
        parts = urlsplit(url)
        whole = parts.scheme in _PORTS and parts.hostname and parts.port != 0
        (parts.hostname or "").encode("idna")
    except ValueError:
        return None
    return parts if whole and url.isprintable() and " " not in url else None


class Pinned(AbstractResolver):
    """Answers the addresses that were judged, and asks nobody."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All of them, whatever family was asked for."""
        del family
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=int(socket.AI_NUMERICHOST | socket.AI_NUMERICSERV),
            )
            for address in self.addresses
        ]

    async def close(self) -> None:
        """Nothing is held open."""


def addresses(host: str, port: int) -> list[str]:
    """Every address of a host, asked of the system; blocking, raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
