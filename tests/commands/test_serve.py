from __future__ import annotations

import asyncio
import re
import resource
import signal
import sys
import urllib.request
from pathlib import Path

import pytest

import house
from chat.settings import Settings
from chat.settings_file import load
from commands import serve

ROOT = Path(__file__).parents[2]


async def test_a_server_opens_serves_and_closes(config: Path) -> None:
    """It says when it is open, lets no second one in, works beside tools, and ends when asked.

    It would leave no core file; a hang-up signal makes it read the rules again.
    """
    server = await _process("serve", "--config", str(config))
    assert server.stdout is not None
    assert server.stderr is not None
    opened = (await server.stdout.readline()).decode()
    assert opened.startswith("Peerline is open on port ")
    port = int(opened.rstrip(".\n").split()[-1])
    assert await asyncio.to_thread(_status, f"http://127.0.0.1:{port}/health/live") == 200
    limits = await asyncio.to_thread(Path(f"/proc/{server.pid}/limits").read_text)
    assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)

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
    serve._open_more_files(Settings())
    assert asked == then


async def test_F8_records_that_are_busy_end_no_open_server(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the first administrator's link cannot be kept, the server goes on without it."""
    settings = load(config, {})
    async with house.open_ground(settings) as ground:
        await ground.records.store.close()
        await serve._first_administrator(ground)
    assert not capsys.readouterr().out


async def test_a_fresh_school_prints_one_link_for_its_first_administrator(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Printed at the start, once more at the next, and never again once somebody has it."""
    settings = load(config, {})
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    async with house.open_ground(settings) as ground:
        for _ in range(2):
            await serve._first_administrator(ground)
        first, second = re.findall(r"#(\S+)", capsys.readouterr().out)
        assert await ground.people.accounts.invitation(first) is None
        await ground.people.accounts.accept(second, "ada", "Ada", "tea with oat milk")
        await serve._first_administrator(ground)
        assert capsys.readouterr().out == ""


async def test_no_link_is_printed_where_a_journal_keeps_it(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever may read the journal of a machine is not its administrator: the verb is named."""
    async with house.open_ground(load(config, {})) as ground:
        await serve._first_administrator(ground)
        told = capsys.readouterr().out
        assert "staff invite --role administrator" in told
        assert "#" not in told
        assert await ground.people.accounts.invitations() == []
