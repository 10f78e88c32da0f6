import email
import logging
from dataclasses import dataclass

import pytest

from moderation.pager.channel import Notice, Outcome
from moderation.pager.mail import Mail
from tests.moderation.pager.listeners import mail_server

NOTICE = Notice("ABC-DEFG", "possible suicide risk", "02:14 UTC", "https://chat.test/staff/x")


@dataclass
class Server:
    """A mail server as settings describe it."""

    host: str = "127.0.0.1"
    port: int = 0
    sender: str = "peerline@school.example"
    user: str = ""
    password: str = ""
    encrypt: bool = False


async def test_P1_letter_holds_only_code_class_time_link() -> None:
    """The letter on the wire says the four things in its subject and body, and nothing else."""
    async with mail_server() as box:
        outcome = await Mail(Server(port=box.port), 5).send("adult@school.example", NOTICE)
    assert outcome is Outcome.SENT
    (envelope,) = box.letters
    letter = email.message_from_bytes(envelope.content)
    assert envelope.rcpt_tos == ["adult@school.example"]
    assert letter["Subject"] == "Peerline ABC-DEFG: possible suicide risk"
    assert letter.get_content_type() == "text/plain"
    body = letter.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().split() == NOTICE.body.split()


async def test_login_with_every_awkward_character_arrives_as_it_was_set() -> None:
    """A login full of characters that mean something in a URL reaches the server unchanged."""
    user, password = "pages+on@school.example", "p%40s s:/?#[]@!$&'()*+,;=%%"
    async with mail_server() as box:
        server = Server(port=box.port, user=user, password=password)
        outcome = await Mail(server, 5).send("adult@school.example", NOTICE)
    assert outcome is Outcome.SENT
    (login,) = box.logins
    assert (login.login, login.password) == (user.encode(), password.encode())


@pytest.mark.parametrize("answer", ["451 later", "550 no such user", "552 full"])
async def test_F19_refusing_mail_server_fails_for_now(answer: str) -> None:
    """Whatever a mail server refuses with, the page is tried again."""
    async with mail_server(answer=answer) as box:
        outcome = await Mail(Server(port=box.port), 5).send("adult@school.example", NOTICE)
    assert outcome is Outcome.FAILED_FOR_NOW


async def test_F19_absent_mail_server_fails_for_now() -> None:
    """A mail server that is down is an outcome, not an exception."""
    async with mail_server() as box:
        port = box.port
    outcome = await Mail(Server(port=port), 5).send("adult@school.example", NOTICE)
    assert outcome is Outcome.FAILED_FOR_NOW


async def test_F19_server_without_encryption_is_refused_when_it_is_wanted() -> None:
    """A setting that asks for encryption never falls back to a plain connection."""
    async with mail_server() as box:
        server = Server(port=box.port, encrypt=True)
        outcome = await Mail(server, 5).send("adult@school.example", NOTICE)
    assert outcome is Outcome.FAILED_FOR_NOW
    assert box.letters == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "adult",
        "a@b.example,c@d.example",
        "a@b.example\nBcc: c@d.example",
        "Adult <a@b.example>",
    ],
)
async def test_what_is_not_one_address_fails_for_good(address: str) -> None:
    """An address that could reach a second person, or nobody, is never handed to a server."""
    async with mail_server() as box:
        outcome = await Mail(Server(port=box.port), 5).send(address, NOTICE)
    assert outcome is Outcome.FAILED_FOR_GOOD
    assert box.letters == []


async def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither address nor password stands in any log record at any level, failing or not."""
    caplog.set_level(logging.NOTSET)
    logging.getLogger("apprise").setLevel(logging.NOTSET)
    async with mail_server(answer="550 no") as box:
        server = Server(port=box.port, user="login-name", password="open-sesame")
        await Mail(server, 5).send("adult@school.example", NOTICE)
        await Mail(server, 5).send("not an address", NOTICE)
    ours = [record for record in caplog.records if record.name != "mail.log"]  # the listener's
    for secret in ("adult", "open-sesame", "login-name"):
        assert not [record for record in ours if secret in record.getMessage()]
