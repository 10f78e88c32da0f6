"""A school's own sign-in on this machine: a real issuer, and one that cheats in one way."""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from moderation.people.issuer import MOST

CLIENT, SECRET = "peerline", "quiet otter"
Claims = dict[str, Any]


@functools.cache
def _a_key() -> RSAKey:
    """What issuers sign with: to make it takes longer than a test."""
    return RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"})


@dataclass
class SchoolIssuer:
    """An issuer at `url`; `cheat` names the one thing it does wrong."""

    clock: Callable[[], float]
    url: str = ""
    cheat: str = ""
    methods: tuple[str, ...] = ("pwd",)
    codes: dict[str, Claims] = field(default_factory=dict)
    key: RSAKey = field(default_factory=_a_key)

    def sign_in(self, address: str, subject: str) -> str:
        """What a browser's visit to `address` ends with: the query it comes back with."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**query, "sub": subject}
        return f"code={code}&state={query['state']}"

    async def description(self, _request: web.Request) -> web.Response:
        """What it says of itself."""
        issuer = "https://another.example" if self.cheat == "description" else self.url
        keys = "http://192.0.2.7/keys" if self.cheat == "plain keys" else f"{self.url}/keys"
        return web.json_response(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": keys,
            }
        )

    async def keys(self, request: web.Request) -> web.StreamResponse:
        """Its public keys, in pieces, as a network brings what is long."""
        if self.cheat == "no keys":
            return web.Response(status=500)
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        told = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        for start in range(0, len(told), 100):
            await answer.write(told[start : start + 100])
            await asyncio.sleep(0)
        if self.cheat == "endless keys":
            await answer.write(b" " * MOST)
        return answer

    async def token(self, request: web.Request) -> web.Response:
        """A code for a token, once, for whoever has the verifier and the secret."""
        form = await request.post()
        known = self.codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = known is not None and (known["code_challenge"], known["redirect_uri"]) == (
            challenge,
            form["redirect_uri"],
        )
        if known is None or not right or form["client_secret"] != SECRET:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if self.cheat == "redirect":
            raise web.HTTPFound(f"{self.url}/keys")
        if self.cheat == "no token":
            return web.json_response({"access_token": "x"})
        return web.json_response({"id_token": self._token(known)})

    def _token(self, known: Claims) -> str:
        now = int(self.clock())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": known["sub"],
            "nonce": known["nonce"],
            "iat": now,
            "exp": now + 300,
            "amr": list(self.methods),
        }
        claims |= _LIES.get(self.cheat, lambda _now: {})(now)
        claims = {name: value for name, value in claims.items() if value is not None}
        return self._signed(claims)

    def _signed(self, claims: Claims) -> str:
        if self.cheat == "alg none":
            parts = ({"alg": "none", "kid": "one"}, claims)
            plain = [
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts
            ]
            return b".".join([*plain, b""]).decode()
        if self.cheat == "shared secret":
            public = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "one"}, claims, public)
        if self.cheat == "another key":
            other = RSAKey.generate_key(2048, {"kid": "one"})
            return jwt.encode({"alg": "RS256", "kid": "one"}, claims, other)
        if self.cheat == "unknown key":
            curve = ECKey.generate_key("P-256", {"kid": "two"})
            return jwt.encode({"alg": "ES256", "kid": "two"}, claims, curve)
        if self.cheat == "nonsense":
            return "no.token.at all"
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)


_LIES: dict[str, Callable[[int], Claims]] = {
    "iss": lambda _now: {"iss": "https://another.example"},
    "aud": lambda _now: {"aud": "another"},
    "no aud": lambda _now: {"aud": None},
    "azp": lambda _now: {"aud": [CLIENT, "another"], "azp": "another"},
    "many aud": lambda _now: {"aud": [CLIENT, "another"]},
    "nonce": lambda _now: {"nonce": "another"},
    "no nonce": lambda _now: {"nonce": None},
    "odd nonce": lambda _now: {"nonce": 7},
    "expired": lambda now: {"exp": now - 61},
    "no exp": lambda _now: {"exp": None},
    "odd exp": lambda _now: {"exp": True},
    "old": lambda now: {"iat": now - 601},
    "future": lambda now: {"iat": now + 61},
    "no sub": lambda _now: {"sub": None},
    "empty sub": lambda _now: {"sub": ""},
    "long sub": lambda _now: {"sub": "x" * 256},
    "odd sub": lambda _now: {"sub": ["dana"]},
}

CHEATS = (
    *_LIES,
    "alg none",
    "shared secret",
    "another key",
    "unknown key",
    "nonsense",
    "description",
    "plain keys",
    "no keys",
    "endless keys",
    "redirect",
    "no token",
)


@asynccontextmanager
async def open_issuer(clock: Callable[[], float]) -> AsyncIterator[SchoolIssuer]:
    """An issuer on a free port."""
    issuer = SchoolIssuer(clock)
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", issuer.description)
    app.router.add_get("/keys", issuer.keys)
    app.router.add_post("/token", issuer.token)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield issuer
    finally:
        await runner.cleanup()
