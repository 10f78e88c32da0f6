from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import run_server
from tests.servers import OWNER, Postgres


def test_tables_are_brought_up_to_date(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It works on nothing and on what is up to date."""
    for _ in range(2):
        assert run_server.main(["migrate", "--config", str(config)]) == 0
    assert capsys.readouterr().out.count("up to date") == 2


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
    assert f"It opens with {tmp_path / 'data' / 'master.key'} only" in told
    assert "Rooms that are back: 0." in told
    assert "will draw a gap" in told


def test_K9_the_owner_lets_a_school_in(
    config: Path, postgres: Postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables are brought up to date with the owner's address, and served with the school's."""
    url = asyncio.run(postgres.database("elm"))
    plain = config.read_text()
    config.write_text(f'database = "{url.replace("peerline_elm@", f"{OWNER}@")}"\n{plain}')
    assert run_server.main(["migrate", "--config", str(config)]) == 0
    config.write_text(f'database = "{url}"\n{plain}')
    assert run_server.main(["cards", "issue", "--config", str(config)]) == 0
    assert len(capsys.readouterr().out.splitlines()[-1]) == 19
