from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from unittest.mock import Mock

import pytest

import run_server
from moderation.records import backup, migrations
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


def test_F27_a_backup_that_was_put_back_is_no_change_of_the_audit_log(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The auditor begins anew at what the log says of it, and cries about nothing that was told."""
    verb = ["--config", str(config)]
    copy = str(tmp_path / "copy.db")
    assert run_server.main(["migrate", *verb]) == 0
    assert run_server.main(["backup", *verb, "--to", copy]) == 0
    assert run_server.main(["cards", "issue", *verb]) == 0
    assert run_server.main(["audit", "--once", *verb]) == 1  # no server pages anybody here
    assert run_server.main(["restore", *verb, "--from", copy]) == 0
    assert "start the auditor anew" in capsys.readouterr().out
    assert run_server.main(["audit", "--once", *verb]) == 1
    assert capsys.readouterr().out == "Paging has stopped: nobody is being paged.\n"
    (aside,) = (tmp_path / "data").glob("auditor.json.before-*")
    assert '"entry":1' in aside.read_text()


def one_line(told: str) -> bool:
    return told.startswith("peerline: ") and len(told.splitlines()) == 1


def test_F29_what_is_no_copy_is_told_and_changes_nothing(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file, a folder, text, nothing, another's database, the database: one line each."""
    assert run_server.main(["migrate", "--config", str(config)]) == 0
    live = tmp_path / "data" / "peerline.db"
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").touch()
    sqlite3.connect(tmp_path / "other").execute("CREATE TABLE notes (words)").connection.close()
    before = live.read_bytes()
    capsys.readouterr()
    for name in ("missing", ".", "text", "empty", "other", "data/peerline.db"):
        source = str(tmp_path / name)
        assert run_server.main(["restore", "--config", str(config), "--from", source]) == 2
        assert one_line(capsys.readouterr().err), name
    assert live.read_bytes() == before
    assert {path.name for path in live.parent.iterdir()} == {"peerline.db"}


@pytest.mark.parametrize("damage", [b"no database at all " * 400, b"SQLite format 3\0" * 400])
def test_F29_damaged_records_are_told_by_every_verb(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: bytes
) -> None:
    """No verb shows a traceback; each says that a copy is needed, and none makes a bad one."""
    assert run_server.main(["migrate", "--config", str(config)]) == 0
    (tmp_path / "data" / "peerline.db").write_bytes(damage)
    capsys.readouterr()
    for verb in (["migrate"], ["backup", "--to", str(tmp_path / "copy")], ["cards", "issue"]):
        assert run_server.main([*verb, "--config", str(config)]) == 2
        told = capsys.readouterr().err
        assert one_line(told), verb
        assert "is damaged" in told
    assert not (tmp_path / "copy").exists()


def test_F14_a_full_disk_is_told_by_every_verb(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says so; nothing half made is left, and what was there stays."""
    full = sqlite3.OperationalError("database or disk is full")
    assert run_server.main(["migrate", "--config", str(config)]) == 0
    copy, live = tmp_path / "copy", tmp_path / "data" / "peerline.db"
    assert run_server.main(["backup", "--config", str(config), "--to", str(copy)]) == 0
    before = live.read_bytes()
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "_copy", Mock(side_effect=full))
        patch.setattr(migrations, "upgrade_file", Mock(side_effect=full))
        other = str(tmp_path / "other")
        for verb in (["migrate"], ["backup", "--to", other], ["restore", "--from", str(copy)]):
            assert run_server.main([*verb, "--config", str(config)]) == 2
            told = capsys.readouterr().err
            assert one_line(told), verb
            assert "disk is full" in told
    assert live.read_bytes() == before
    assert not [path for path in live.parent.iterdir() if "restoring" in path.name]
    assert not (tmp_path / "other").exists()


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
