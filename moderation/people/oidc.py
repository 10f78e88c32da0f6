"""A school's own sign-in (OpenID Connect): what is asked, and which answer counts; pure.

Used by `issuer.py` and the pages. The code flow with PKCE (RFC 7636, S256), `state` and `nonce`;
the answer is a signed token of which issuer, audience, times, nonce and subject are judged here
(OpenID Connect Core 1.0, section 3.1.3.7). Only signatures by a key of the issuer count.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

SIGNATURES = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
"""Never `none`, and nothing that a shared secret could forge."""
LEEWAY = 60
"""Seconds two clocks may differ."""
ASKED_FOR = 600
"""Seconds between leaving for the issuer and coming back."""
LONGEST_SUBJECT = 255
"""Characters (OpenID Connect Core 1.0, section 2)."""


class SsoFailed(Exception):  # noqa: N818 - an answer; `why` is for the log, in one word
    """The sign-in at the school's issuer does not count."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Client:
    """Us, as the issuer knows us; `amr` are methods that count as a second factor there."""

    issuer: str
    id: str
    secret: str = ""
    amr: Collection[str] = ("mfa",)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser carries, sealed, to the issuer and back; `link` is whose account to link."""

    state: str
    nonce: str
    verifier: str
    at: int
    wanted: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the issuer vouches for, and whether for a second factor as well."""

    issuer: str
    subject: str
    strong: bool


def ask(chance: bytes, at: int, wanted: str = "", link: str = "") -> Asked:
    """A new question of 96 random bytes at that time, in seconds."""
    state, nonce, verifier = (_text(chance[n : n + 32]) for n in (0, 32, 64))
    return Asked(state, nonce, verifier, at=at, wanted=wanted, link=link)


def address(client: Client, endpoint: str, back: str, asked: Asked) -> str:
    """Where to send the browser."""
    digest = hashlib.sha256(asked.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": back,
        "scope": "openid",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": _text(digest),
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def code_of(client: Client, asked: Asked, query: Mapping[str, str], now: int) -> str:
    """The code a browser came back with.

    Raises:
        SsoFailed: It is late, of another question, of another issuer (RFC 9207), or a refusal.
    """
    if not 0 <= now - asked.at <= ASKED_FOR:
        raise SsoFailed("late")
    if not hmac.compare_digest(query.get("state", "").encode(), asked.state.encode()):
        raise SsoFailed("state")
    if query.get("iss", client.issuer) != client.issuer:
        raise SsoFailed("issuer")
    if "error" in query or not query.get("code"):
        raise SsoFailed("refused")
    return query["code"]


def judge(client: Client, token: str, keys: KeySet, asked: Asked, now: int) -> Person:
    """Whom the issuer's token is about; raises SsoFailed when it does not count."""
    try:
        claims = jwt.decode(token, keys, algorithms=SIGNATURES).claims
    except (JoseError, ValueError, TypeError, KeyError):
        raise SsoFailed("signature") from None
    if claims.get("iss") != client.issuer:
        raise SsoFailed("issuer")
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    if client.id not in meant or claims.get("azp", client.id) != client.id:
        raise SsoFailed("audience")
    if len(meant) > 1 and "azp" not in claims:
        raise SsoFailed("audience")
    _in_time(claims, now)
    nonce = claims.get("nonce")
    said = nonce.encode() if isinstance(nonce, str) else b""
    if not hmac.compare_digest(said, asked.nonce.encode()):
        raise SsoFailed("nonce")
    subject = claims.get("sub")
    if not (isinstance(subject, str) and 1 <= len(subject) <= LONGEST_SUBJECT):
        raise SsoFailed("subject")
    methods = claims.get("amr")
    strong = isinstance(methods, list) and any(one in client.amr for one in methods)
    return Person(client.issuer, subject, strong)


def _in_time(claims: Mapping[str, Any], now: int) -> None:
    ends, made = claims.get("exp"), claims.get("iat")
    if type(ends) not in {int, float} or type(made) not in {int, float}:
        raise SsoFailed("times")
    if now > float(ends or 0) + LEEWAY or not now - ASKED_FOR <= float(made or 0) <= now + LEEWAY:
        raise SsoFailed("times")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
