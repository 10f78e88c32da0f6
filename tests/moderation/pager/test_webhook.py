import asyncio
import base64
import hashlib
import hmac
import json
import logging

import pytest

from moderation.pager.channel import Notice, Outcome
from moderation.pager.networks import networks
from moderation.pager.post import Poster
from moderation.pager.webhook import Webhook, new_key
from tests.moderation.pager.listeners import web_server

NOTICE = Notice("ABC-DEFG", "possible suicide risk", "02:14 UTC", "https://chat.test/x", "page-7")


def _webhook(seconds: float = 5) -> Webhook:
    return Webhook(Poster(seconds, networks(["127.0.0.1"])), lambda: 1_790_000_000.9)


async def test_P1_post_holds_only_code_class_time_link() -> None:
    """The bytes posted are one JSON object of exactly four fields."""
    async with web_server() as hook:
        outcome = await _webhook().send(hook.url + "/bell?token=a%2Fb", NOTICE)
    assert outcome is Outcome.SENT
    ((_, body),) = hook.posts
    assert json.loads(body) == {
        "code": NOTICE.code,
        "class": NOTICE.kind,
        "time": NOTICE.when,
        "link": NOTICE.link,
    }


async def test_posts_are_signed_as_standard_webhooks_say() -> None:
    """Whoever has the key can tell that page, time and body are ours; the key is never sent."""
    key = new_key(lambda count: b"k" * count)
    async with web_server() as hook:
        assert await _webhook().send(f"{hook.url}/bell#{key}", NOTICE) is Outcome.SENT
    ((headers, body),) = hook.posts
    signed = b"page-7.1790000000." + body
    right = base64.b64encode(hmac.digest(b"k" * 32, signed, hashlib.sha256)).decode()
    assert headers["webhook-id"] == "page-7"
    assert headers["webhook-timestamp"] == "1790000000"
    assert headers["webhook-signature"] == f"v1,{right}"
    assert key not in repr(hook.posts)


async def test_F21_every_try_of_one_page_has_the_same_id() -> None:
    """A receiver can tell a repeat; another page has another id."""
    key = new_key(lambda count: b"k" * count)
    async with web_server(500) as hook:
        for notice in (NOTICE, NOTICE, Notice("ABC-DEFG", "a", "b", "c", "page-8")):
            await _webhook().send(f"{hook.url}/bell#{key}", notice)
    assert [headers["webhook-id"] for headers, _ in hook.posts] == ["page-7", "page-7", "page-8"]


async def test_login_of_a_url_is_sent_as_basic_authorization() -> None:
    """A quoted login in the URL arrives unquoted in the header, and not in the path."""
    async with web_server() as hook:
        url = hook.url.replace("http://", "http://bell:p%40ss%25@")
        assert await _webhook().send(url + "/x", NOTICE) is Outcome.SENT
    ((headers, _),) = hook.posts
    assert headers["Authorization"] == "Basic YmVsbDpwQHNzJQ=="


@pytest.mark.parametrize("status", [302, 400, 404, 410, 429, 500, 503])
async def test_F19_provider_error_fails_for_now(status: int) -> None:
    """Every answer but success is tried again, and a redirect is not followed."""
    async with web_server(status) as hook:
        outcome = await _webhook().send(hook.url + "/bell", NOTICE)
    assert outcome is Outcome.FAILED_FOR_NOW
    assert len(hook.posts) == 1


async def test_F19_hanging_provider_fails_for_now() -> None:
    """A provider that never answers is given up at the time-out."""
    async with web_server(hang=asyncio.Event()) as hook:
        assert await _webhook(0.3).send(hook.url, NOTICE) is Outcome.FAILED_FOR_NOW


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bell",
        "ftp://bell.example/",
        "http://",
        "http://[::1",
        "http://bell.example/a b",
        "https://10.0.0.1/bell",
        "https://bell.example/#whsec_c2hvcnQ=",
        "https://bell.example/#elsewhere",
    ],
)
async def test_what_is_not_a_url_fails_for_good(address: str) -> None:
    """What can never be posted to is known before anybody is asked."""
    assert not _webhook().accepts(address)
    assert await _webhook().send(address, NOTICE) is Outcome.FAILED_FOR_GOOD


async def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither login nor path of the URL stands in any log record at any level."""
    caplog.set_level(logging.NOTSET)
    async with web_server(500) as hook:
        url = hook.url.replace("http://", "http://bell:sesame@")
        await _webhook().send(url + "/hidden-path", NOTICE)
    for secret in ("sesame", "hidden-path"):
        assert secret not in caplog.text
