"""The command line, as an operator uses it."""

from __future__ import annotations

import asyncio
import io
import re
import resource
import signal
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

import doctor
import house
import run_server
from chat.settings import Settings, convert, load
from moderation.people.people import StaffMember
from moderation.roles import Action, Role, may
from tests.journeys.conftest import PASSWORD, PLAIN, free_port
from tests.moderation.custody import school

ROOT = Path(__file__).parents[1]
SAFE = """
[school]
id = "elm"
[server]
port = {port}
data = "{data}"
origins = ["https://chat.elm.example"]
[pager.mail]
host = "mail.elm.example"
[audit]
dead_man_url = "https://watch.example/ping"
[drills]
at = "07:45"
"""


@pytest.fixture
def config(tmp_path: Path, logs_as_before: None) -> Path:  # noqa: ARG001 - for what comes after
    """Settings with which nothing is unsafe."""
    path = tmp_path / "peerline.toml"
    path.write_text(SAFE.format(port=free_port(), data=tmp_path / "data"))
    return path


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What somebody pipes into the next command."""
    return lambda words: monkeypatch.setattr(sys, "stdin", io.StringIO(words))


async def _sign_in(config: Path, login: str, password: str) -> StaffMember | None:
    async with house.records(load(config, {}), terms=PLAIN) as (_, _, people):
        token = await people.sign_in_staff(login, password)
        return await people.staff(token) if token else None


def test_cards_are_printed_and_work(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One code a line, as many as asked, and each lets a student in."""
    assert run_server.main(["cards", "issue", "--count", "3", "--config", str(config)]) == 0
    codes = capsys.readouterr().out.split()
    assert len(codes) == 3
    assert all(re.fullmatch(r"(\w{4}-){3}\w{4}", code) for code in codes)

    async def tokens() -> list[str | None]:
        async with house.records(load(config, {})) as (_, _, people):
            return [await people.sign_in_student(code) for code in codes]

    assert all(asyncio.run(tokens()))


def test_staff_are_added_changed_and_closed(
    config: Path, types: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A password comes from the terminal or a pipe, never from the command line."""
    adding = ["staff", "add", "--login", "mo", "--name", "Mo", "--role", "safeguarding_lead"]
    types(f"{PASSWORD}\n")
    assert run_server.main(_with(config, adding)) == 0
    found = asyncio.run(_sign_in(config, "mo", PASSWORD))
    assert found is not None
    assert (found.name, found.role) == ("Mo", "safeguarding_lead")

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


def _with(config: Path, arguments: list[str]) -> list[str]:
    """The configuration belongs to the verb, so it stands right behind it."""
    verb, *rest = arguments
    return [verb, "--config", str(config), *rest]


async def _seal(config: Path) -> None:
    """Custodians with keys, a pupil whose identity is sealed, and practice with a canary."""
    settings = load(config, {})
    data = house.data_directory(settings)
    async with school(data, house.database_url(settings), name="elm") as made:
        made.world.clock.wall = time.time()
        await made.enrol("Ann Lee")
        await made.practise()


def test_a_safe_school_passes_the_check(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check names the rules and the records and finds nothing."""
    asyncio.run(_seal(config))
    assert run_server.main(["check", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "rules " in told
    assert "unsafe" not in told


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("school.demo", True),
        ("chat.needs_staff", False),
        ("audit.dead_man_url", ""),
        ("drills.at", ""),
        ("pager.mail.host", ""),
        ("server.origins", []),
        ("server.origins", ["http://chat.elm.example"]),
    ],
)
def test_what_is_unsafe_is_named(config: Path, path: str, value: object) -> None:
    """Each unsafe setting, addresses that can be read on the way among them, is told by name."""
    tree = tomllib.loads(config.read_text())
    *branches, leaf = path.split(".")
    branch = tree
    for name in branches:
        branch = branch.setdefault(name, {})
    branch[leaf] = value
    (fault,) = doctor.unsafe(convert(tree, Settings))
    assert fault.startswith(path)


def test_an_unsafe_school_fails_the_check(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment is checked like the file."""
    monkeypatch.setenv("PEERLINE__CHAT__NEEDS_STAFF", "false")
    assert run_server.main(["check", "--config", str(config)]) == 1
    assert "unsafe     chat.needs_staff" in capsys.readouterr().out


def test_tables_are_brought_up_to_date(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It works on nothing and on what is up to date."""
    for _ in range(2):
        assert run_server.main(["migrate", "--config", str(config)]) == 0
    assert capsys.readouterr().out.count("up to date") == 2


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


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["staff"], ["cards", "burn"]])
def test_what_nobody_can_mean_is_explained(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown verbs and acts answer how it is used."""
    with pytest.raises(SystemExit) as ended:
        run_server.main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


async def test_a_server_opens_serves_and_closes(config: Path) -> None:
    """It says when it is open, lets no second one in, works beside tools, and ends when asked.

    A hang-up signal makes it read the rules again.
    """
    server = await _process("serve", "--config", str(config))
    assert server.stdout is not None
    assert server.stderr is not None
    opened = (await server.stdout.readline()).decode()
    assert opened.startswith("Peerline is open on port ")
    port = int(opened.rstrip(".\n").split()[-1])
    assert await asyncio.to_thread(_status, f"http://127.0.0.1:{port}/health/live") == 200

    second = await _process("serve", "--config", str(config))
    _, told = await second.communicate()
    assert second.returncode == 2
    assert b"another server" in told

    tool = await _process("cards", "issue", "--config", str(config))
    code, _ = await tool.communicate()
    assert tool.returncode == 0
    assert len(code.split()) == 1

    server.send_signal(signal.SIGHUP)
    while b"rules_loaded" not in (line := await server.stderr.readline()):
        assert line, "the log ended and no rules were loaded"

    server.send_signal(signal.SIGTERM)
    said, _ = await server.communicate()
    assert server.returncode == 0
    assert b"everything that was acknowledged is kept" in said


async def _process(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "run_server.py"),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )


def _status(url: str) -> int:
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        status: int = answer.status
        return status


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


def test_an_invitation_is_printed_as_a_link(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link names the address browsers use and hides its secret behind #, and it works."""
    asked = ["invite", "--role", "auditor", "--login", "una", "--name", "Una"]
    assert run_server.main(_with(config, ["staff", *asked])) == 0
    link, _, token = capsys.readouterr().out.strip().partition("#")
    assert link == "https://chat.elm.example/staff/welcome"

    async def role() -> str | None:
        async with house.records(load(config, {})) as (_, _, people):
            found = await people.accounts.invitation(token)
            return found and found.role

    assert asyncio.run(role()) == "auditor"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ((1_024, 1_048_576), [(20_200, 1_048_576)]),
        ((1_024, 4_096), [(4_096, 4_096)]),
        ((1_024, -1), [(20_200, -1)]),
        ((-1, -1), []),
        ((30_000, 30_000), []),
    ],
)
def test_F16_a_server_asks_for_the_files_it_needs(
    monkeypatch: pytest.MonkeyPatch, now: tuple[int, int], then: list[tuple[int, int]]
) -> None:
    """As many as its connections and 200 more, as far as the machine allows it; never fewer."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _what: now)
    monkeypatch.setattr(resource, "setrlimit", lambda _what, limits: asked.append(limits))
    run_server._open_more_files(Settings())
    assert asked == then


async def test_F8_records_that_are_busy_end_no_open_server(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the first administrator's link cannot be kept, the server goes on without it."""
    settings = load(config, {})
    async with house.records(settings) as (store, _, people):
        await store.close()
        await run_server._first_administrator(settings, people)
    assert not capsys.readouterr().out


async def test_a_fresh_school_prints_one_link_for_its_first_administrator(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Printed at the start, once more at the next, and never again once somebody has it."""
    settings = load(config, {})
    async with house.records(settings) as (_, _, people):
        for _ in range(2):
            await run_server._first_administrator(settings, people)
        first, second = re.findall(r"#(\S+)", capsys.readouterr().out)
        assert await people.accounts.invitation(first) is None
        await people.accounts.accept(second, "ada", "Ada", "tea with oat milk")
        await run_server._first_administrator(settings, people)
        assert capsys.readouterr().out == ""


def test_F27_a_backup_is_made_and_put_back(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The two verbs make a copy and put it back, and say what that means for open pages."""
    copy = tmp_path / "copy.db"
    assert run_server.main(["migrate", "--config", str(config)]) == 0
    assert run_server.main(["backup", "--config", str(config), "--to", str(copy)]) == 0
    assert run_server.main(["backup", "--config", str(config), "--to", str(copy)]) == 2
    assert run_server.main(["restore", "--config", str(config), "--from", str(copy)]) == 0
    told = capsys.readouterr().out
    assert "master.key" in told
    assert "new epoch" in told


def test_F25_the_auditor_says_from_outside_what_is_wrong(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside records in which no loop gives signs of life it says so, and fails."""
    assert run_server.main(["migrate", "--config", str(config)]) == 0
    assert run_server.main(["audit", "--once", "--config", str(config)]) == 1
    assert "Paging has stopped: nobody is being paged." in capsys.readouterr().out
