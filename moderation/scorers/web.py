"""A scorer that listens on HTTP on the school's own network.

A POST of `{"text": …}` is answered with `{"scores": {"suicide": 0.93, …}}`. Children's words must
not leave the school, so every address of its host has to be in a network an administrator named,
and the connection goes to exactly those addresses: a name that answers something else a moment
later changes nothing. No redirect is followed and no proxy of the environment is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import aiohttp
import msgspec
from yarl import URL

from moderation import limited_read
from moderation.limited_read import TooMuchError
from moderation.pager.networks import Network, is_named
from moderation.pager.post import Lookup, Pinned, addresses, split
from moderation.scorers import ScorerError, scores_of
from moderation.terms import Category

MOST_BYTES = 64 * 1024
"""Largest answer that is read."""

_PORTS = {"http": 80, "https": 443}


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scores: dict[str, float]


class WebScorer:
    """Posts messages to one address; `token`, if any, goes along as a bearer token."""

    def __init__(
        self,
        url: str,
        own: Sequence[Network],
        token: str = "",
        lookup: Lookup | None = None,
    ) -> None:
        """Use `url` on the networks `own`; `lookup` asks the system unless a test hands one in.

        Raises:
            ValueError: this is no whole http or https URL.
        """
        parts = split(url)
        if parts is None or parts.hostname is None:
            raise ValueError("the scorer's address is no whole http or https URL")
        self._url = URL(url)
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._own = own
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._lookup: Callable[[str, int], Sequence[str]] = lookup or addresses
        self._session: aiohttp.ClientSession | None = None

    async def prepare(self) -> None:
        """Look the host up, and refuse an address outside the school's own networks."""
        await self.close()
        try:
            found = await asyncio.to_thread(self._lookup, self._host, self._port)
        except OSError as error:
            raise ScorerError("the scorer's host has no address") from error
        if not found or not all(is_named(address, self._own) for address in found):
            raise ScorerError("the scorer's host is not on a network of the school")
        connector = aiohttp.TCPConnector(resolver=Pinned(found), use_dns_cache=False)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        )

    async def score(self, text: str) -> Mapping[Category, float]:
        """The scores of one message."""
        if self._session is None:
            raise ScorerError("the scorer is not ready")
        body = msgspec.json.encode({"text": text.encode("utf-8", "replace").decode()})
        headers = {**self._headers, "Content-Type": "application/json"}
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                raw = await limited_read.body(answer, MOST_BYTES)
        except TooMuchError:
            raise ScorerError("the answer is too long") from None
        except (OSError, aiohttp.ClientError) as error:
            raise ScorerError("the scorer did not answer") from error
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise ScorerError(f"the scorer answered {answer.status}")
        try:
            return scores_of(msgspec.json.decode(raw, type=_Answer).scores)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ScorerError("the answer is not what a scorer answers") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None
