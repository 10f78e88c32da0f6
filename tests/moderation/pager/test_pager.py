"""The channels of the registry, and what each of them sends of a page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from moderation.pager import Ways, channels, networks
from moderation.pager.channel import Channel, Notice, Outcome
from moderation.records.vault import Vault
from tests.moderation.pager.listeners import mail_server, web_server
from tests.moderation.pager.test_mail import Server
from tests.moderation.pager.test_push import Browser

NOTICE = Notice(
    code="ABC-DEFG",
    kind="possible suicide risk",
    when="02:14 on Tuesday 03 March 2026 (GMT)",
    link="https://chat.test/staff/page/WORD",
    key="page-7",
)
KEY = Vault(bytes(32)).push_key()


@dataclass
class Account:
    """A service as settings describe it."""

    url: str
    label: str = "Service"
    asks: str = "name"
    spoken: bool = False


def _ways(port: int = 0, **more: Any) -> Ways:
    return Ways(
        Server(port=port),
        5,
        named=networks(["127.0.0.1"]),
        push_key=KEY,
        site="https://chat.test",
        **more,
    )


def test_channels_are_those_that_are_set_up() -> None:
    """Without a mail server there is no mail channel; webhooks and push need nothing."""
    assert set(channels(_ways())) == {"webhook", "mail", "push"}
    bare = Ways(replace(Server(), host=""), 5)
    assert set(channels(bare)) == {"webhook"}
    texts = {"sms": Account("ntfys://ntfy.example/{address}")}
    assert set(channels(replace(bare, services=texts))) == {"webhook", "sms"}


def test_no_service_takes_the_name_of_a_channel() -> None:
    """Contacts know channels by name, so that a name means one thing."""
    with pytest.raises(ValueError, match="a channel already"):
        channels(_ways(services={"mail": Account("ntfys://ntfy.example/{address}")}))


async def test_P1_every_payload_holds_code_class_time_link_and_nothing_else() -> None:
    """One page over every channel there is; each payload, taken apart, is those four things."""
    browser = Browser()
    async with mail_server() as box, web_server() as hook:
        local = hook.url.removeprefix("http://")
        services = {
            "chat": Account(f"ntfy://{local}/{{address}}"),
            "call": Account(f"form://{local}/{{address}}", spoken=True),
        }
        registry = channels(_ways(box.port, services=services))
        addresses = {
            "mail": "adult@school.example",
            "webhook": hook.url + "/hook",
            "push": browser.subscription(hook.url + "/push"),
            "chat": "adult",
            "call": "adult",
        }
        await _send(registry, addresses)
    assert set(registry) == set(addresses), "a new channel is looked at here too"
    (letter,) = box.letters
    text = bytes(letter.content or b"").decode()
    assert text.partition("\r\n\r\n")[2].split("\r\n\r\n")[0].split("\r\n")[:4] == [
        NOTICE.code, NOTICE.kind, NOTICE.when, NOTICE.link,
    ]  # fmt: skip
    webhook, push, chat, call = (body for _, body in hook.posts)
    four = {"code": NOTICE.code, "class": NOTICE.kind, "time": NOTICE.when, "link": NOTICE.link}
    assert json.loads(webhook) == four
    assert json.loads(browser.opened(push)) == four
    assert json.loads(chat) == {
        "topic": "adult",
        "title": f"Peerline {NOTICE.code}: {NOTICE.kind}",
        "message": "\n".join(four.values()),
    }
    spoken = f"{NOTICE.kind}. {NOTICE.when}. The code is A, B, C, D, E, F, G."
    assert set(_form(call)) == {"version", "title", "message", "type"}
    assert (_form(call)["title"], _form(call)["message"]) == ("", spoken)


async def _send(registry: Mapping[str, Channel], addresses: Mapping[str, str]) -> None:
    for name, address in addresses.items():
        assert registry[name].accepts(address), name
        assert await registry[name].send(address, NOTICE) is Outcome.SENT, name


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))
