"""Talking to a school's own sign-in: its description, its keys, and a code for a token.

Made by `house/` when one is set up, used by the pages. Keys are asked for again when a token
names one that is not known, at most once a minute. Nothing that was said is logged.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from moderation import limited_read
from moderation.people.oidc import Asked, Client, Person, SsoFailed, ask, code_of, judge
from moderation.records.of_school import SchoolRecords
from moderation.records.vault import Tampered

SECONDS = 10.0
"""Seconds one question to the issuer may take."""
MOST = 256 * 1024
"""Bytes of one answer."""
AGAIN = 60
"""Seconds before keys are asked for again."""
_ABOUT = "sign-in at the issuer"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class _Known:
    """What the issuer says of itself."""

    authorize: str
    token: str
    keys: str


class Issuer:
    """One issuer, as this school is known to it."""

    def __init__(self, client: Client, records: SchoolRecords) -> None:
        self.client = client
        self._vault = records.vault
        self._clock = records.clock
        self._known: _Known | None = None
        self._keys: KeySet | None = None
        self._keys_at = 0.0
        self._asking = asyncio.Lock()

    def leave(self, wanted: str = "", link: str = "") -> tuple[Asked, str]:
        """A new question, and the same sealed for the browser to carry."""
        asked = ask(secrets.token_bytes(96), int(self._clock()), wanted, link)
        sealed = self._vault.seal_field(msgspec.json.encode(asked).decode(), _ABOUT)
        return asked, base64.urlsafe_b64encode(sealed).decode()

    async def back(self, sealed: str, query: Mapping[str, str], back: str) -> tuple[Person, Asked]:
        """Who came back, from the sealed question and the query; raises SsoFailed."""
        try:
            opened = self._vault.open_field(base64.urlsafe_b64decode(sealed), _ABOUT)
            asked = msgspec.json.decode(str(opened), type=Asked)
        except (Tampered, ValueError, msgspec.MsgspecError):
            raise SsoFailed("question") from None
        code = code_of(self.client, asked, query, int(self._clock()))
        return await self._person(code, back, asked), asked

    async def authorize(self) -> str:
        """Where browsers sign in there; raises SsoFailed when the issuer cannot be reached."""
        return (await self._description()).authorize

    async def _person(self, code: str, back: str, asked: Asked) -> Person:
        """Whom a code is about; raises SsoFailed."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.client.id,
            "code_verifier": asked.verifier,
        }
        if self.client.secret:
            form["client_secret"] = self.client.secret
        answer = await self._fetch((await self._description()).token, form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SsoFailed("no_token")
        keys = await self._keys_for(token)
        return judge(self.client, token, keys, asked, int(self._clock()))

    async def _description(self) -> _Known:
        async with self._asking:
            if self._known is None:
                self._known = await self._ask()
            return self._known

    async def _ask(self) -> _Known:
        issuer = self.client.issuer
        said = await self._fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        found = [said.get(name) for name in names]
        if said.get("issuer") != issuer or not all(_fit(one, issuer) for one in found):
            raise SsoFailed("description")
        return _Known(*(str(one) for one in found))

    async def _keys_for(self, token: str) -> KeySet:
        try:
            named = jws.extract_compact(token.encode()).headers().get("kid")
        except (JoseError, ValueError):
            raise SsoFailed("signature") from None
        known = self._keys is not None and any(key.kid == named for key in self._keys.keys)
        if self._keys is None or (not known and self._clock() - self._keys_at >= AGAIN):
            said = await self._fetch((await self._description()).keys)
            try:
                self._keys = KeySet.import_key_set({"keys": said["keys"]})
            except (JoseError, ValueError, KeyError, TypeError):
                raise SsoFailed("keys") from None
            self._keys_at = self._clock()
        return self._keys

    async def _fetch(self, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        """JSON from the issuer; never another place it sends us to."""
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        method = "GET" if form is None else "POST"
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.request(method, url, data=form, allow_redirects=False) as answer,
            ):
                value = json.loads(await limited_read.body(answer, MOST)) if answer.ok else None
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise SsoFailed("unreachable") from None
        if not isinstance(value, dict):
            raise SsoFailed("unreachable")
        return value


def _fit(url: object, issuer: str) -> bool:
    """Whether an address the issuer names is encrypted, or on this machine like itself."""
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    here = parts.hostname in _LOOPBACK and urlsplit(issuer).hostname in _LOOPBACK
    return parts.scheme == "http" and here
