"""Pages by Web Push: to a browser that a member of staff switched pages on in.

A channel; named in the registry only, and only when the optional extra `push` is installed. The
address is what the browser gave (RFC 8030: an endpoint, and the keys that only this browser can
open, RFC 8291), so the push service of its maker carries bytes it cannot read. Who sends is proven
with a key of this house (VAPID, RFC 8292), made from the master key.
"""

from __future__ import annotations

import base64
import binascii
import importlib.util
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey as PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from moderation.pager.channel import Notice, Outcome
from moderation.pager.post import Poster, posted

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""RFC 8030 section 7.3: the browser has let go of this subscription."""
_KEPT_FOR = 120
"""Seconds a push service keeps a page for a phone without signal; by then a new round has begun."""
_SIGNED_FOR = 3600
_POINT_BYTES = 65
_SECRET_BYTES = 16

Word = Annotated[str, msgspec.Meta(max_length=256)]


class Keys(msgspec.Struct, frozen=True):
    """The browser's public key and shared secret, base64url."""

    p256dh: Word
    auth: Word


class Subscription(msgspec.Struct, frozen=True):
    """What `PushSubscription.toJSON()` says; its other fields do not matter here."""

    endpoint: Annotated[str, msgspec.Meta(max_length=2048)]
    keys: Keys


def is_installed() -> bool:
    """Whether the extra `push` is there."""
    return importlib.util.find_spec("pywebpush") is not None


def public_key(key: EllipticCurvePrivateKey) -> str:
    """The house's public key as `PushManager.subscribe` wants it, base64url."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


class Push:
    """The channel `push`; `contact` is where a push service may ask about us, a https URL."""

    def __init__(
        self,
        poster: Poster,
        key: EllipticCurvePrivateKey,
        contact: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._poster = poster
        self._key = key
        self._contact = contact
        self._clock = clock

    def accepts(self, address: str) -> bool:
        """Whether this is a subscription whose endpoint pages may go to."""
        found = _subscription(address)
        return found is not None and self._poster.accepts(found.endpoint)

    async def send(self, address: str, notice: Notice) -> Outcome:
        """Post one sealed page; a subscription that is gone fails for good."""
        found = _subscription(address)
        if found is None or not self._poster.accepts(found.endpoint):
            return Outcome.FAILED_FOR_GOOD
        body = _sealed(found, msgspec.json.encode(notice.fields))
        answer = await posted(self._poster, found.endpoint, body, self._headers(found.endpoint))
        if isinstance(answer, Outcome):
            return answer
        if answer in _GONE:
            return Outcome.FAILED_FOR_GOOD
        taken = HTTPStatus.OK <= answer < HTTPStatus.MULTIPLE_CHOICES
        return Outcome.SENT if taken else Outcome.FAILED_FOR_NOW

    def _headers(self, endpoint: str) -> Mapping[str, str]:
        from py_vapid import Vapid02  # noqa: PLC0415 - there only with the extra

        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": self._contact,
            "exp": int(self._clock()) + _SIGNED_FOR,
        }
        return {
            **Vapid02(self._key).sign(claims),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(_KEPT_FOR),
            "Urgency": "high",
        }


def _sealed(to: Subscription, body: bytes) -> bytes:
    from pywebpush import WebPusher  # noqa: PLC0415 - there only with the extra

    sealed: bytes = WebPusher(msgspec.to_builtins(to)).encode(body)["body"]
    return sealed


def _subscription(address: str) -> Subscription | None:
    """The subscription in an address; None when a key in it is no key."""
    try:
        found = msgspec.json.decode(address, type=Subscription)
        point, secret = _bytes(found.keys.p256dh), _bytes(found.keys.auth)
        PublicKey.from_encoded_point(SECP256R1(), point)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        return None
    right = len(point) == _POINT_BYTES and len(secret) == _SECRET_BYTES
    return found if right else None


def _bytes(word: str) -> bytes:
    return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
