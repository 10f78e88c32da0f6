"""Copies of a database: made, put back, refused; and a file that is damaged."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import OperationalError

from moderation.records import audit, backup, database, rooms, sqlite
from moderation.records.messages import say
from moderation.records.rooms import StoredRoom
from moderation.records.store import Store
from moderation.records.transcript import shown_after
from tests.moderation.records.sample import open_room, spoken

NOW = 1_800_000_000_000


async def room_of(store: Store, room: str) -> StoredRoom:
    found = await store.read(rooms.room, room)
    assert found is not None
    return found


async def test_F27_yesterdays_backup_comes_back_with_new_epochs_and_a_count(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A copy made while serving is whole; put back, it says what is lost and pages see a gap."""
    copy = tmp_path / "copy.db"
    store = await Store.open(sqlite_url)
    room = await open_room(store)
    for _ in range(3):
        await store.write(say, spoken(room))
    assert backup.back_up(sqlite_url, copy) > 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    for _ in range(2):
        await store.write(say, spoken(room))
    before = await room_of(store, room)
    with pytest.raises(database.AlreadyOpen):
        backup.restore(sqlite_url, copy, NOW)
    await store.close()

    restored = backup.restore(sqlite_url, copy, NOW)
    assert restored.rooms == 1
    assert restored.aside is not None
    assert restored.aside.exists()
    again = await Store.open(sqlite_url)
    after = await room_of(again, room)
    assert (after.head, len(await again.read(shown_after, room, 0, 10))) == (3, 3)
    assert after.epoch != before.epoch
    assert await again.read(audit.verify) is None
    assert (await again.read(audit.head))[0] == 1
    await again.write(say, spoken(room))
    assert (await room_of(again, room)).head == 4
    await again.close()


async def test_F27_what_was_said_after_the_copy_is_counted(sqlite_url: str, tmp_path: Path) -> None:
    """Messages newer than the newest in the copy are told by their number."""
    copy = tmp_path / "copy.db"
    store = await Store.open(sqlite_url)
    room = await open_room(store)
    await store.write(say, replace(spoken(room), said_at=5_000_000))
    backup.back_up(sqlite_url, copy)
    for at in (7_000_000, 8_000_000):
        await store.write(say, replace(spoken(room), said_at=at))
    await store.close()
    restored = backup.restore(sqlite_url, copy, NOW)
    assert (restored.until, restored.lost) == (5_000, (2, 0))


async def test_F29_a_damaged_database_is_not_served_and_can_be_replaced(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A file with random bytes in it is refused with advice; a copy takes its place."""
    copy = tmp_path / "copy.db"
    store = await Store.open(sqlite_url)
    room = await open_room(store)
    for _ in range(200):
        await store.write(say, spoken(room))
    await store.close()
    backup.back_up(sqlite_url, copy)
    file = database.file_of(sqlite_url)
    with file.open("r+b") as damaged:
        for page in range(2, file.stat().st_size // 4096):
            damaged.seek(page * 4096)
            damaged.write(os.urandom(64))
    with pytest.raises(database.Damaged, match="restore"):
        await Store.open(sqlite_url)
    assert backup.restore(sqlite_url, copy, NOW).rooms == 1
    again = await Store.open(sqlite_url)
    assert (await room_of(again, room)).head == 200
    await again.close()


async def test_F29_what_cannot_be_opened_now_is_not_called_damaged(sqlite_url: str) -> None:
    """Nobody is told to put a backup in the place of records that are only out of reach."""
    file = database.file_of(sqlite_url)
    file.mkdir()
    with pytest.raises(OSError, match=r"records\.db: "):
        await Store.open(sqlite_url)
    file.rmdir()
    await (await Store.open(sqlite_url)).close()


async def test_F14_a_disk_too_full_to_make_the_tables_is_said_to_be(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file and what hinders it, without a statement; there is room again, and it opens."""

    def upgrade(_: Path) -> None:
        raise OperationalError("CREATE", {}, sqlite3.OperationalError("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "upgrade_file", upgrade)
        with pytest.raises(OSError, match="db: database or disk is full") as told:
            await Store.open(sqlite_url)
    assert "CREATE" not in str(told.value)
    await (await Store.open(sqlite_url)).close()


async def test_F29_what_is_no_whole_copy_is_refused_and_changes_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Noise, another database or a cut file is not put in the place of the records."""
    store = await Store.open(sqlite_url)
    room = await open_room(store)
    await store.close()
    noise, empty, cut = (tmp_path / name for name in ("noise", "empty", "cut"))
    noise.write_bytes(os.urandom(8192))
    empty.write_bytes(b"")
    backup.back_up(sqlite_url, cut)
    cut.write_bytes(cut.read_bytes()[:20_000])
    for source in (noise, empty, cut):
        with pytest.raises(backup.NotABackup):
            backup.restore(sqlite_url, source, NOW)
    again = await Store.open(sqlite_url)
    assert (await room_of(again, room)).head == 0
    await again.close()


def test_a_backup_overwrites_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """A file that is there stays as it is, and a database that is not there is no backup."""
    kept = tmp_path / "kept"
    with pytest.raises(FileNotFoundError):
        backup.back_up(sqlite_url, kept)
    database.make(database.file_of(sqlite_url))
    kept.write_text("precious")
    with pytest.raises(FileExistsError):
        backup.back_up(sqlite_url, kept)
    assert kept.read_text() == "precious"


def test_postgresql_has_its_own_backup(tmp_path: Path) -> None:
    """For PostgreSQL the command says so, instead of making half a copy."""
    with pytest.raises(database.BadAddress):
        backup.back_up("postgresql://peerline@127.0.0.1/peerline", tmp_path / "copy")
