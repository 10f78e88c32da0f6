from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

import house
import run_server
from chat.settings_file import load
from moderation.people.appointing import GUARDED
from moderation.people.sessions import StaffMember
from tests.commands.conftest import audited
from tests.journeys.conftest import PASSWORD, PLAIN


async def _sign_in(config: Path, login: str, password: str) -> StaffMember | None:
    async with house.open_ground(load(config, {}), terms=PLAIN) as ground:
        token = await ground.people.sign_in_staff(login, password)
        return await ground.people.sessions.staff(token) if token else None


def test_staff_are_added_changed_and_closed(
    config: Path, types: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A password comes from the terminal or a pipe, never from the command line."""
    adding = ["staff", "add", "--login", "mo", "--name", "Mo", "--role", "counsellor"]
    types(f"{PASSWORD}\n")
    assert run_server.main(_with(config, adding)) == 0
    found = asyncio.run(_sign_in(config, "mo", PASSWORD))
    assert found is not None
    assert (found.name, found.role) == ("Mo", "counsellor")

    types(f"{PASSWORD}\n")
    assert run_server.main(_with(config, adding)) == 2
    told = capsys.readouterr().err
    assert told.startswith("peerline: ")
    assert PASSWORD not in told

    types("another long password\n")
    assert run_server.main(_with(config, ["staff", "password", "--login", "mo"])) == 0
    assert asyncio.run(_sign_in(config, "mo", PASSWORD)) is None
    reaching = ["staff", "contact", "--login", "mo", "--channel", "mail", "--address", "mo@elm.x"]
    assert run_server.main(_with(config, reaching)) == 0
    assert run_server.main(_with(config, ["staff", "disable", "--login", "mo"])) == 0
    assert asyncio.run(_sign_in(config, "mo", "another long password")) is None


def test_what_the_console_does_stands_in_the_audit_log(
    config: Path, types: Callable[[str], None]
) -> None:
    """Accounts, passwords, ways to reach people are written down, what was refused as well."""
    adding = ["staff", "add", "--login", "mo", "--name", "Mo", "--role", "counsellor"]
    for status in (0, 2):
        types(f"{PASSWORD}\n")
        assert run_server.main(_with(config, adding)) == status
    reaching = ["staff", "contact", "--login", "nobody", "--channel", "mail", "--address", "a@b.c"]
    assert run_server.main(_with(config, reaching)) == 2
    acts = [("add_staff", "counsellor")] * 2 + [("add_contact", "mail")]
    assert asyncio.run(audited(config)) == [("console", *act) for act in acts]
    types("another long password\n")
    assert run_server.main(_with(config, ["staff", "password", "--login", "mo"])) == 0
    assert run_server.main(_with(config, ["staff", "disable", "--login", "mo"])) == 0
    *_, password, disable = asyncio.run(audited(config))
    assert [password[:2], disable[:2]] == [("console", "set_password"), ("console", "disable")]
    assert password[2] == disable[2]


@pytest.mark.parametrize("rank", list(GUARDED))
def test_P10_the_console_adds_nobody_who_opens_half_an_identity(
    config: Path, capsys: pytest.CaptureFixture[str], rank: str
) -> None:
    """Whoever has the machine can invite a lead or senior leader; both ranks then agree or not."""
    adding = ["staff", "add", "--login", "mo", "--name", "Mo", "--role", str(rank)]
    with pytest.raises(SystemExit):
        run_server.main(_with(config, adding))
    assert "invalid choice" in capsys.readouterr().err


def _with(config: Path, arguments: list[str]) -> list[str]:
    """The configuration belongs to the verb, so it stands right behind it."""
    verb, *rest = arguments
    return [verb, "--config", str(config), *rest]


def test_an_invitation_is_printed_as_a_link(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link names the address browsers use and hides its secret behind #, and it works."""
    asked = ["invite", "--role", "auditor", "--login", "una", "--name", "Una"]
    assert run_server.main(_with(config, ["staff", *asked])) == 0
    link, words = capsys.readouterr().out.strip().split("\n", 1)
    address, _, token = link.partition("#")
    assert address == "https://chat.elm.example/staff/welcome"
    assert "works once, for 14 days" in words
    assert "must agree" not in words

    async def role() -> str | None:
        async with house.open_ground(load(config, {})) as ground:
            found = await ground.people.accounts.invitation(token)
            return found and found.role

    assert asyncio.run(role()) == "auditor"


def test_an_invitation_to_a_rank_that_the_school_has_says_who_must_agree(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link alone opens nothing then, and whoever gives it on knows where the others agree."""

    async def hire() -> None:
        async with house.open_ground(load(config, {})) as ground:
            for login, rank in (("lee", "safeguarding_lead"), ("sue", "senior_leader")):
                await ground.people.add_staff(login, login.title(), rank, PASSWORD)

    asyncio.run(hire())
    asked = ["staff", "invite", "--role", "safeguarding_lead", "--name", "Lena"]
    assert run_server.main([*asked, "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "a safeguarding lead and a senior leader must agree, on their account page" in told


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (["disable", "--login", "nobody"], "nobody has that login"),
        (["contact", "--login", "no", "--channel", "mail", "--address", "a@b.example"], "nobody"),
        (["add", "--login", "mo", "--name", "M", "--role", "moderator"], "somebody has that login"),
        (["contact", "--login", "mo", "--channel", "male", "--address", "a@b.example"], "by mail,"),
        (["contact", "--login", "mo", "--channel", "mail", "--address", "nonsense"], "cannot be"),
    ],
)
def test_P1_what_the_console_cannot_do_is_told_in_words(
    config: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    act: list[str],
    told: str,
) -> None:
    """A wrong login, and a contact over which no page could leave, are said to be wrong."""
    monkeypatch.setattr("commands.staff.secret", lambda _: "a long enough password")
    mo = ["add", "--login", "mo", "--name", "Mo", "--role", "moderator"]
    assert run_server.main(["staff", *mo, "--config", str(config)]) == 0
    assert run_server.main(["staff", *act, "--config", str(config)]) == 2
    assert told in capsys.readouterr().err
