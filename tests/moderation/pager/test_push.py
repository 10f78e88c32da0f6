import base64
import json
from urllib.parse import urlsplit

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from moderation.pager.channel import Notice, Outcome
from moderation.pager.networks import networks
from moderation.pager.post import Poster
from moderation.pager.push import Push, public_key
from moderation.records.vault import Vault
from tests.moderation.pager.listeners import web_server

NOTICE = Notice("ABC-DEFG", "possible abuse", "02:14 UTC", "https://chat.test/staff/x", "page-7")
KEY = Vault(bytes(32)).push_key()


class Browser:
    """What a browser keeps for one subscription: a key pair and a secret."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = bytes(range(16))

    def subscription(self, endpoint: str) -> str:
        """What the page is given, and sends to be saved."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _word(point), "auth": _word(self._secret)}
        return json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys})

    def opened(self, body: bytes) -> bytes:
        """What the service worker reads of a push."""
        opened: bytes = http_ece.decrypt(
            body, private_key=self._key, auth_secret=self._secret, version="aes128gcm"
        )
        return opened


def _word(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _push(seconds: float = 5) -> Push:
    poster = Poster(seconds, networks(["127.0.0.1"]))
    return Push(poster, KEY, "https://chat.test")


async def test_P1_only_the_browser_can_read_a_push() -> None:
    """The push service carries sealed bytes; opened, they are the four things."""
    browser = Browser()
    async with web_server(201) as hook:
        assert await _push().send(browser.subscription(hook.url + "/p/1"), NOTICE) is Outcome.SENT
    ((headers, body),) = hook.posts
    assert b"possible" not in body
    assert json.loads(browser.opened(body)) == NOTICE.fields
    assert (headers["TTL"], headers["Urgency"]) == ("120", "high")
    assert headers["Content-Encoding"] == "aes128gcm"


async def test_pushes_prove_which_house_they_come_from() -> None:
    """The token is signed with the key browsers subscribed for, and made for this endpoint."""
    async with web_server(201) as hook:
        await _push().send(Browser().subscription(hook.url + "/p/1"), NOTICE)
    ((headers, _),) = hook.posts
    assert Vapid02.verify(headers["Authorization"])
    token, _, key = headers["Authorization"].removeprefix("vapid t=").partition(",k=")
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["sub"] == "https://chat.test"
    assert claims["aud"] == "http://" + urlsplit(hook.url).netloc
    assert key == public_key(KEY)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_gone_fails_for_good(status: int) -> None:
    """A browser that took pages back is not asked again."""
    async with web_server(status) as hook:
        sent = await _push().send(Browser().subscription(hook.url), NOTICE)
    assert sent is Outcome.FAILED_FOR_GOOD


@pytest.mark.parametrize("status", [302, 400, 413, 429, 500, 503])
async def test_F19_push_service_error_fails_for_now(status: int) -> None:
    """Whatever else a push service answers, the page is tried again."""
    async with web_server(status) as hook:
        sent = await _push().send(Browser().subscription(hook.url), NOTICE)
    assert sent is Outcome.FAILED_FOR_NOW
    assert len(hook.posts) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "{}",
        "https://push.example/1",
        Browser().subscription("https://10.0.0.1/p"),
        Browser().subscription("https://push.example/p").replace('"auth": "', '"auth": "AA'),
        '{"endpoint": "https://push.example/p", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}',
    ],
)
async def test_what_is_no_subscription_fails_for_good(address: str) -> None:
    """Nothing is sent to an endpoint inside, or for a browser that could not read it."""
    assert not _push().accepts(address)
    assert await _push().send(address, NOTICE) is Outcome.FAILED_FOR_GOOD
