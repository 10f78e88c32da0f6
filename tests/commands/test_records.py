from __future__ import annotations

from pathlib import Path

import pytest

import run_server


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
    assert "master.key" in told
    assert "new epoch" in told
