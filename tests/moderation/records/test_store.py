from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import OperationalError

from moderation.records import audit, database
from moderation.records import sqlite as sqlite_module
from moderation.records import store as store_module
from moderation.records import tables as t
from moderation.records.store import NotKept, Store, StoreUnavailable
from tests.moderation.records.sample import ONLY_SQLITE, add_students


class Refused(Exception):  # noqa: N818 - an answer
    """What an operation answers for one row."""


def keep(conn: Connection, rows: Sequence[str]) -> list[str | Exception]:
    """Keep students; refuse those called 'refuse…', fail on those called 'fail…'."""
    if any(row.startswith("fail") for row in rows):
        raise ValueError("a row that cannot be kept")
    good = [row for row in rows if not row.startswith("refuse")]
    if good:
        add_students(conn, good)
    return [Refused() if row.startswith("refuse") else row for row in rows]


def also_keep(conn: Connection, rows: Sequence[str]) -> list[str | Exception]:
    """The same under another name, so another operation."""
    return keep(conn, rows)


def everybody(conn: Connection) -> list[str]:
    """The students in the order they were kept."""
    place = {"sqlite": "rowid", "postgresql": "ctid"}[conn.dialect.name]
    return list(conn.scalars(select(t.students.c.id).order_by(text(place))))


def size_of_log(url: str) -> int:
    """Bytes of the write-ahead log."""
    return Path(f"{database.file_of(url)}-wal").stat().st_size


async def submit_all(
    store: Store, rows: Sequence[tuple[bool, str]]
) -> list[tuple[str, str | Exception]]:
    """Submit rows in one tick; (row, answer) in the order of the answers."""
    answers: list[tuple[str, str | Exception]] = []
    finished = asyncio.Event()

    def done(row: str, answer: str | Exception) -> None:
        answers.append((row, answer))
        if len(answers) == len(rows):
            finished.set()

    for other, row in rows:
        op = also_keep if other else keep
        store.submit(op, row, lambda answer, row=row: done(row, answer))
    if rows:
        await finished.wait()
    return answers


_ROWS = st.lists(
    st.tuples(
        st.booleans(),
        st.one_of(
            st.uuids().map(lambda u: f"ok{u.hex[:18]}"),
            st.uuids().map(lambda u: f"refuse{u.hex[:12]}"),
            st.uuids().map(lambda u: f"fail{u.hex[:12]}"),
        ),
    ),
    max_size=12,
    unique_by=lambda row: row[1],
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batches=st.lists(_ROWS, min_size=1, max_size=3))
async def test_every_row_is_answered_exactly_once(
    batches: list[list[tuple[bool, str]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each submitted row gets one answer: kept, refused or failed; order within an op holds."""
    file = tmp_path_factory.mktemp("batches") / "records.db"
    store = await Store.open(f"sqlite:///{file}")
    try:
        for batch in batches:
            seen = await store.read(everybody)
            fresh = [(op, row) for op, row in batch if row not in seen]
            answers = await submit_all(store, fresh)
            assert sorted(row for row, _ in answers) == sorted(row for _, row in fresh)
            for row, answer in answers:
                if row.startswith("ok"):
                    assert answer == row
                else:
                    expected = Refused if row.startswith("refuse") else NotKept
                    assert isinstance(answer, expected)
            kept = (await store.read(everybody))[len(seen) :]
            for which in (False, True):
                mine = [row for op, row in fresh if op is which and row.startswith("ok")]
                assert [row for row in kept if row in mine] == mine
    finally:
        await store.close()


async def test_rows_of_one_tick_share_one_call_and_one_commit(store: Store) -> None:
    """Rows submitted together reach their operation in one call, in the order submitted."""
    calls: list[list[str]] = []

    def note(conn: Connection, rows: Sequence[str]) -> list[str | Exception]:
        calls.append(list(rows))
        return keep(conn, rows)

    await asyncio.gather(*(store.write(note, f"s{n}") for n in range(20)))
    assert calls == [[f"s{n}" for n in range(20)]]


@ONLY_SQLITE
async def test_an_answer_comes_only_after_the_commit(store: Store, store_url: str) -> None:
    """When a row is answered, another connection to the database sees it already."""
    seen: list[int] = []
    finished = asyncio.Event()
    other = database.readers(database.file_of(store_url))

    def done(_answer: object) -> None:
        with other.connect() as conn:
            seen.append(conn.scalar(select(func.count()).select_from(t.students)) or 0)
        finished.set()

    store.submit(keep, "ann", done)
    await finished.wait()
    other.dispose()
    assert seen == [1]


async def test_write_raises_what_the_operation_answered(store: Store) -> None:
    """An exception answered for a row is raised to whoever wrote that row."""
    good = store.write(keep, "ann")
    with pytest.raises(Refused):
        await store.write(keep, "refuse")
    assert await good == "ann"


async def test_a_failure_tells_only_its_kind(store: Store) -> None:
    """What a row held stands in no exception, for it may be a child's words."""
    await store.write(add_students, "secret-words")
    with pytest.raises(NotKept) as caught:
        await store.write(add_students, "secret-words")
    assert "secret" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_a_failing_listener_does_not_silence_the_next(store: Store) -> None:
    """An error in one row's listener is reported, and the other rows still get their answers."""
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: reported.append(what))

    def fail(_answer: object) -> None:
        raise RuntimeError("a listener's own fault")

    store.submit(keep, "ann", fail)
    assert await store.write(keep, "bob") == "bob"
    assert len(reported) == 1


async def test_too_many_waiting_rows_are_refused_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the bound a row is answered unavailable, and those before it are kept."""
    monkeypatch.setattr(store_module, "MAX_WAITING", 3)
    answers = await submit_all(store, [(False, f"s{n}") for n in range(5)])
    refused = [row for row, answer in answers if isinstance(answer, StoreUnavailable)]
    assert refused == ["s3", "s4"]
    assert await store.read(everybody) == ["s0", "s1", "s2"]


async def test_closing_finishes_what_was_submitted(store_url: str) -> None:
    """Rows handed in before the close are kept; later ones are answered unavailable."""
    store = await Store.open(store_url)
    writes = [asyncio.ensure_future(store.write(keep, f"s{n}")) for n in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [f"s{n}" for n in range(5)]
    with pytest.raises(StoreUnavailable):
        await store.write(keep, "late")
    with pytest.raises(StoreUnavailable):
        await store.read(everybody)
    again = await Store.open(store_url)
    assert await again.read(everybody) == [f"s{n}" for n in range(5)]
    await again.close()


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
