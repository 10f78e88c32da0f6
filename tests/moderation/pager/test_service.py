from dataclasses import dataclass

import pytest

from moderation.pager.channel import Notice, Outcome
from moderation.pager.service import Service
from tests.moderation.pager.listeners import web_server

NOTICE = Notice("ABC-DEFG", "possible abuse", "02:14 UTC", "https://chat.test/staff/x", "page-7")


@dataclass
class Account:
    """A service as settings describe it."""

    url: str
    label: str = "Text message"
    asks: str = "phone"
    spoken: bool = False


@pytest.mark.parametrize(
    ("asks", "right", "wrong"),
    [
        ("phone", "+447700900123", "07700 900123"),
        ("phone", "+15551234567", "+15551234567,+15557654321"),
        ("name", "ola.on-call_2", "ola/../other"),
        ("name", "a", "a?overflow=split"),
        ("nothing", "", "anything"),
    ],
)
def test_a_person_types_one_word_of_the_kind_asked_for(asks: str, right: str, wrong: str) -> None:
    """A number, a name, or nothing: never a second recipient or a part of the account."""
    url = "ntfys://ntfy.example/topic" + ("" if asks == "nothing" else "{address}")
    service = Service(Account(url, asks=asks), 5)
    assert service.accepts(right)
    assert not service.accepts(wrong)


@pytest.mark.parametrize(
    "account",
    [
        Account("ntfys://ntfy.example/topic"),
        Account("ntfys://{address}:{address}@ntfy.example"),
        Account("ntfys://ntfy.example/{address}", asks="nothing"),
        Account("ntfys://ntfy.example/{address}", asks="password"),
        Account("{address}"),
    ],
)
def test_an_account_that_reaches_nobody_stops_the_start(account: Account) -> None:
    """A mistake in the settings is told before anybody relies on it."""
    with pytest.raises(ValueError, match=r"address|asks|service"):
        Service(account, 5)


async def test_what_was_typed_is_quoted_into_the_account() -> None:
    """The word reaches the provider as its target; another kind of word reaches nobody."""
    async with web_server() as hook:
        local = hook.url.removeprefix("http://")
        service = Service(Account(f"json://{local}/sms/{{address}}"), 5)
        assert await service.send("+447700900123", NOTICE) is Outcome.SENT
        assert await service.send("no number", NOTICE) is Outcome.FAILED_FOR_GOOD
    assert len(hook.posts) == 1


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500])
async def test_F19_service_error_fails_for_now(status: int) -> None:
    """Whatever a provider answers but success, the page is tried again."""
    async with web_server(status) as hook:
        local = hook.url.removeprefix("http://")
        service = Service(Account(f"ntfy://{local}/{{address}}", asks="name"), 5)
        assert await service.send("ola", NOTICE) is Outcome.FAILED_FOR_NOW


async def test_service_nobody_knows_fails_for_good() -> None:
    """A name Apprise has no plug-in for is no matter for a retry."""
    service = Service(Account("nosuchthing://x/{address}"), 5)
    assert await service.send("+447700900123", NOTICE) is Outcome.FAILED_FOR_GOOD
