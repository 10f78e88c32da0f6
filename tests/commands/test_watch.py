from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

import house
import run_server
from chat.settings_file import load
from tests.moderation.custody import school


async def _seal(config: Path) -> None:
    """Custodians with keys, a pupil whose identity is sealed, and practice with a canary."""
    settings = load(config, {})
    data = house.data_directory(settings)
    (data / "master.key").write_bytes(bytes(32))  # the key of the made world
    (data / "master.key").chmod(0o600)
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


def test_an_unsafe_school_fails_the_check(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment is checked like the file."""
    monkeypatch.setenv("PEERLINE__CHAT__NEEDS_STAFF", "false")
    assert run_server.main(["check", "--config", str(config)]) == 1
    assert "unsafe     chat.needs_staff" in capsys.readouterr().out


def test_F25_the_auditor_says_from_outside_what_is_wrong(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside records in which no loop gives signs of life it says so, and fails."""
    assert run_server.main(["migrate", "--config", str(config)]) == 0
    assert run_server.main(["audit", "--once", "--config", str(config)]) == 1
    assert "Paging has stopped: nobody is being paged." in capsys.readouterr().out
