"""The store over a SQLite file: one writer, its disk, and what is left in the log."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from moderation.records import audit, database
from moderation.records import sqlite as sqlite_module
from moderation.records.store import Store, StoreUnavailable
from tests.moderation.records.operations import everybody, keep, submit_all
from tests.moderation.records.sample import ONLY_SQLITE, add_students


def size_of_log(url: str) -> int:
    """Bytes of the write-ahead log."""
    return Path(f"{database.file_of(url)}-wal").stat().st_size


@ONLY_SQLITE
async def test_a_second_server_is_refused(store: Store, store_url: str) -> None:
    """A database that is open cannot be opened or migrated by another server."""
    with pytest.raises(database.AlreadyOpen):
        await Store.open(store_url)
    assert await store.write(keep, "ann") == "ann"


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "postgresql://peerline:secret@host/db"]
)
async def test_an_address_that_is_no_file_is_refused(url: str) -> None:
    """A database that would forget everything, or is of an unknown kind, is not opened."""
    with pytest.raises(database.BadAddress):
        await Store.open(url)


async def test_readers_cannot_write(store: Store) -> None:
    """A query that tries to change something fails, and changes nothing."""

    def sneak(conn: Connection) -> None:
        add_students(conn, ["ann"])

    with pytest.raises(StoreUnavailable):
        await store.read(sneak)
    assert await store.read(everybody) == []


@ONLY_SQLITE
@pytest.mark.usefixtures("waits_for_the_disk")
async def test_V3_the_writer_waits_for_the_disk(store: Store) -> None:
    """The writing connection has the settings under which an acknowledged row survives a cut."""
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "wal_autocheckpoint": 0,
        "secure_delete": 1,
        "mmap_size": 0,
    }

    def ask(conn: Connection, rows: Sequence[str]) -> list[object]:
        return [conn.exec_driver_sql(f"PRAGMA {row}").scalar() for row in rows]

    found = {name: await store.write(ask, name) for name in expected}
    assert {name: value or 0 for name, value in found.items()} == expected


@ONLY_SQLITE
async def test_only_the_owner_can_read_the_database(store: Store, store_url: str) -> None:
    """The database and its log are readable by the account that runs the server only."""
    await store.write(keep, "ann")
    file = database.file_of(store_url)
    for name in (file, Path(f"{file}-wal")):
        assert stat.S_IMODE(name.stat().st_mode) == 0o600


@ONLY_SQLITE
async def test_F14_full_disk_answers_unavailable_and_later_writes_succeed(store: Store) -> None:
    """A full disk acknowledges nothing; once there is room, writing goes on."""

    def limit(conn: Connection, rows: Sequence[int]) -> list[object]:
        return [conn.exec_driver_sql(f"PRAGMA max_page_count = {row}").scalar() for row in rows]

    used = await store.write(limit, 1)
    long_ids = [(False, f"{n:04}" + "x" * 4000) for n in range(50)]
    answers = await submit_all(store, long_ids)
    assert used
    assert all(isinstance(answer, StoreUnavailable) for _, answer in answers)
    await store.write(limit, 1_000_000)
    assert await store.write(keep, "ann") == "ann"
    assert await store.read(everybody) == ["ann"]


class _Failing:
    """A disk whose COMMIT fails in a given way, as the driver tells it."""

    def __init__(self, code: int) -> None:
        self.error = sqlite3.OperationalError("disk I/O error")
        self.error.sqlite_errorcode = code
        self.calls = 0

    def commit(self) -> None:
        self.calls += 1
        raise OperationalError("COMMIT", None, self.error)


@ONLY_SQLITE
async def test_F15_a_failed_fsync_is_fatal_and_never_tried_again(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fails to confirm a commit, nothing is acknowledged and the process must end."""
    fatal: list[bool] = []
    store = await Store.open(store_url, lambda: fatal.append(True))
    disk = _Failing(sqlite3.SQLITE_IOERR_FSYNC)
    monkeypatch.setattr(store._connection, "commit", disk.commit)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await store.write(keep, "ann")
    assert (fatal, disk.calls) == ([True], 1)
    await store.close()


@ONLY_SQLITE
async def test_F14_another_failure_of_the_disk_is_survived(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that fails otherwise acknowledges nothing, and the next may succeed."""
    disk = _Failing(sqlite3.SQLITE_FULL)
    with monkeypatch.context() as patch:
        patch.setattr(store._connection, "commit", disk.commit)
        with pytest.raises(StoreUnavailable):
            await store.write(keep, "ann")
    assert await store.write(keep, "bob") == "bob"
    assert await store.read(everybody) == ["bob"]


@ONLY_SQLITE
async def test_the_loop_runs_on_while_the_disk_is_slow(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows submitted while a commit waits for the disk go together into the next one."""
    commit, slow = store._connection.commit, threading.Event()
    calls: list[int] = []
    started = asyncio.Event()

    def wait_and_commit() -> None:
        slow.wait()
        commit()

    def note(conn: Connection, rows: Sequence[str]) -> list[str | Exception]:
        calls.append(len(rows))
        started.set()
        return keep(conn, rows)

    monkeypatch.setattr(store._connection, "commit", wait_and_commit)
    first = asyncio.ensure_future(store.write(note, "s0"))
    await started.wait()
    rest = [asyncio.ensure_future(store.write(note, f"s{n}")) for n in range(1, 10)]
    await asyncio.sleep(0)
    slow.set()
    await asyncio.gather(first, *rest)
    assert calls == [1, 9]


@ONLY_SQLITE
async def test_looks_of_one_turn_share_a_transaction(store: Store) -> None:
    """However many students come in at once, a thread is asked once for all of them."""
    first, *others = await asyncio.gather(*(store.look(_transaction) for _ in range(20)))
    assert all(other is first for other in others)
    assert await store.look(_transaction) is not first


@ONLY_SQLITE
async def test_upkeep_lets_the_log_be_used_again(
    store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much is written, the write-ahead log stays as small as between two upkeeps."""
    monkeypatch.setattr(sqlite_module, "UPKEEP_PAGES", 10)
    sizes = []
    for n in range(200):
        await store.write(keep, f"s{n}")
        sizes.append(size_of_log(store_url))
    assert max(sizes[100:]) <= max(sizes[:100])


@ONLY_SQLITE
async def test_scrub_leaves_nothing_in_the_log(store: Store, store_url: str) -> None:
    """After a scrub the write-ahead log is empty, and everything is still there."""
    await store.write(keep, "ann")
    await store.scrub()
    assert size_of_log(store_url) == 0
    assert await store.read(everybody) == ["ann"]


async def test_a_command_may_write_beside_the_server(store_url: str) -> None:
    """What a store beside the server keeps is seen by the server, which goes on keeping."""
    serving = await Store.open(store_url)
    beside = await Store.beside(store_url)
    await beside.write(audit.append, audit.Entry(1, "cli", "look", "beside"))
    await beside.close()
    await serving.write(audit.append, audit.Entry(2, "server", "look", "serving"))
    assert (await serving.read(audit.head))[0] == 2
    await serving.close()


def _transaction(conn: Connection) -> object:
    return conn.get_transaction()
