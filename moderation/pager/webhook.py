"""Pages by webhook: a signed POST of four JSON fields to a URL that staff entered.

A channel; named in the registry only. It serves gateways for text messages and calls, school bells
and anything else that listens on HTTP. The URL may hold a login and a secret path, and is treated
like a password; its fragment, which is never sent, is the key that posts are signed with. Signing
follows Standard Webhooks 1.0, for which receivers find libraries in every language: the same
`webhook-id` comes with every try of one page, so that a receiver can tell a repeat.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

import msgspec

from moderation.pager.channel import Notice, Outcome
from moderation.pager.post import Poster, posted, split

KEY_BYTES = 32
_KEY_NAME = "whsec_"
_ok = range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES)


class Webhook:
    """The channel `webhook`; `clock` gives seconds since 1970 for the time that is signed."""

    def __init__(self, poster: Poster, clock: Callable[[], float] = time.time) -> None:
        self._poster = poster
        self._clock = clock

    def accepts(self, address: str) -> bool:
        """Whether this is a URL pages may go to, and its fragment a key or nothing."""
        url, _, fragment = address.partition("#")
        return self._poster.accepts(url) and (not fragment or _key(fragment) is not None)

    async def send(self, address: str, notice: Notice) -> Outcome:
        """Post `{"code", "class", "time", "link"}`; any answer outside 200-299 is a failure."""
        url, _, fragment = address.partition("#")
        if split(url) is None or not self.accepts(address):
            return Outcome.FAILED_FOR_GOOD
        body = msgspec.json.encode(notice.fields)
        headers = {"Content-Type": "application/json", "User-Agent": "Peerline"}
        key = _key(fragment)
        if key is not None:
            headers |= signature(key, notice.key, int(self._clock()), body)
        answer = await posted(self._poster, url, body, headers)
        if isinstance(answer, Outcome):
            return answer
        return Outcome.SENT if answer in _ok else Outcome.FAILED_FOR_NOW


def new_key(chance: Callable[[int], bytes]) -> str:
    """A fresh key, as receivers' libraries read it; `chance` gives so many random bytes."""
    return _KEY_NAME + base64.b64encode(chance(KEY_BYTES)).decode()


def signature(key: bytes, page: str, at: int, body: bytes) -> Mapping[str, str]:
    """The three headers of a signed post: HMAC-SHA256 over id, time and body."""
    signed = f"{page}.{at}.".encode() + body
    mac = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {"webhook-id": page, "webhook-timestamp": str(at), "webhook-signature": f"v1,{mac}"}


def _key(fragment: str) -> bytes | None:
    """The key in a fragment; None when there is none, or none that is long enough."""
    try:
        found = base64.b64decode(fragment.removeprefix(_KEY_NAME), validate=True)
    except (binascii.Error, ValueError):
        return None
    right = fragment.startswith(_KEY_NAME) and len(found) >= KEY_BYTES
    return found if right else None
