import asyncio
import json
import logging

import pytest

from moderation.pager.channel import Notice, Outcome
from moderation.pager.webhook import Webhook
from tests.moderation.pager.listeners import web_server

NOTICE = Notice("ABC-DEFG", "possible suicide risk", "02:14 UTC", "https://chat.test/staff/x")


async def test_P1_post_holds_only_code_class_time_link() -> None:
    """The bytes posted are one JSON object of exactly four fields."""
    async with web_server() as hook:
        outcome = await Webhook(5).send(hook.url + "/bell?token=a%2Fb", NOTICE)
    assert outcome is Outcome.SENT
    ((_, body),) = hook.posts
    assert json.loads(body) == {
        "code": NOTICE.code,
        "class": NOTICE.kind,
        "time": NOTICE.when,
        "link": NOTICE.link,
    }


async def test_login_of_a_url_is_sent_as_basic_authorization() -> None:
    """A quoted login in the URL arrives unquoted in the header, and not in the path."""
    async with web_server() as hook:
        url = hook.url.replace("http://", "http://bell:p%40ss%25@")
        assert await Webhook(5).send(url + "/x", NOTICE) is Outcome.SENT
    ((headers, _),) = hook.posts
    assert headers["Authorization"] == "Basic YmVsbDpwQHNzJQ=="


@pytest.mark.parametrize("status", [302, 400, 404, 410, 429, 500, 503])
async def test_F19_provider_error_fails_for_now(status: int) -> None:
    """Every answer but success is tried again, and a redirect is not followed."""
    async with web_server(status) as hook:
        outcome = await Webhook(5).send(hook.url + "/bell", NOTICE)
    assert outcome is Outcome.FAILED_FOR_NOW
    assert len(hook.posts) == 1


async def test_F19_hanging_provider_fails_for_now() -> None:
    """A provider that never answers is given up at the time-out."""
    async with web_server(hang=asyncio.Event()) as hook:
        assert await Webhook(0.3).send(hook.url, NOTICE) is Outcome.FAILED_FOR_NOW


@pytest.mark.parametrize(
    "address",
    ["", "bell", "ftp://bell.example/", "http://", "http://[::1", "http://bell.example/a b"],
)
async def test_what_is_not_a_url_fails_for_good(address: str) -> None:
    """What can never be posted to is known before anybody is asked."""
    assert not Webhook(5).accepts(address)
    assert await Webhook(5).send(address, NOTICE) is Outcome.FAILED_FOR_GOOD


async def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither login nor path of the URL stands in any log record at any level."""
    caplog.set_level(logging.NOTSET)
    async with web_server(500) as hook:
        url = hook.url.replace("http://", "http://bell:sesame@")
        await Webhook(5).send(url + "/hidden-path", NOTICE)
    for secret in ("sesame", "hidden-path"):
        assert secret not in caplog.text
