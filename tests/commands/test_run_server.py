"""The command line, as an operator uses it."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path

import pytest

import run_server
from moderation.roles import Action, Role, may
from tests.servers import Postgres


@pytest.mark.parametrize(
    ("setting", "named"),
    [('database = "postgresql://x/y"\n', "database"), ("[server]\nprot = 1\n", "prot"), ("[", "")],
)
def test_a_wrong_setting_is_told_in_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], setting: str, named: str
) -> None:
    """No traceback: the status is 2 and the line names what is wrong."""
    config.write_text(setting)
    assert run_server.main(["cards", "issue", "--config", str(config)]) == 2
    told = capsys.readouterr().err.strip()
    assert told.startswith("peerline: ")
    assert named in told
    assert "\n" not in told


def test_a_port_that_is_taken_is_told_with_the_way_out(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first thing that goes wrong for a newcomer: which setting chooses another port."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        config.write_text(re.sub(r"(?m)^port = \d+", f"port = {port}", config.read_text()))
        assert run_server.main(["serve", "--config", str(config)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("peerline: server.host and server.port: cannot listen at 127.0.0.1")
    assert str(port) in told
    assert "PEERLINE__SERVER__PORT" in told


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["staff"], ["cards", "burn"]])
def test_what_nobody_can_mean_is_explained(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown verbs and acts answer how it is used."""
    with pytest.raises(SystemExit) as ended:
        run_server.main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_every_verb_stands_in_the_table() -> None:
    """A new verb without an action fails here; an administrator may do each."""
    (verbs,) = [one for one in run_server._parser()._actions if one.dest == "verb"]
    assert isinstance(verbs.choices, dict)
    assert set(verbs.choices) == set(run_server.VERBS)
    assert all(may(Role.ADMINISTRATOR, action) for action in run_server.VERBS.values())


def test_a_verb_that_is_not_for_an_administrator_does_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the machine has no right to content by the command line either."""
    monkeypatch.setitem(run_server.VERBS, "cards", Action.TAKE_CASE)
    assert run_server.main(["cards", "issue", "--config", str(config)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "not for an administrator" in told.err


@pytest.mark.parametrize("verb", [["check"], ["serve"], ["cards", "issue"], ["audit", "--once"]])
def test_K9_nobody_is_served_as_who_could_read_every_school(
    config: Path, postgres: Postgres, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    """With an address that passes over what keeps schools apart, each verb says which to use."""
    url = asyncio.run(postgres.database("elm")).replace("peerline_elm@", "peerline@")
    config.write_text(f'database = "{url}"\n{config.read_text()}')
    assert run_server.main([*verb, "--config", str(config)]) == 2
    assert "connect as peerline_elm" in capsys.readouterr().err
