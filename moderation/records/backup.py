"""A SQLite database copied while it is in use, and put back; for the command line only.

A copy is one moment of the database, whole, whatever the server does meanwhile. What is put back is
older than what students have seen: every room gets a new epoch, so that their pages draw a gap
instead of mixing two histories. Where the old file can still be read, what was lost is counted, and
what must not be undone is carried over (`carried.py`), for the copy serves and purges at once.
The master key is in neither; back it up apart.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from moderation.records import audit, database, log
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.carried import Carried, carried, carry_over
from moderation.records.migrations import upgrade_file

Found = TypeVar("Found")


class NotABackup(Exception):  # noqa: N818 - says what was found
    """The file is no whole database of ours; the message says why."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup brought back; `until` is the newest message in it, in Unix milliseconds.

    `lost` counts messages said and incidents raised after it, or is None where the database it
    took the place of could not be read. `carried` says whether it is known what must not be undone,
    from it or from one that a restore had put aside before it was cut short. `aside` is where that
    database lies now.
    """

    until: int | None
    rooms: int
    lost: tuple[int, int] | None
    carried: bool
    aside: Path | None


def back_up(url: str, target: Path) -> int:
    """Copy the database to a new file that only its owner can read; answers its size in bytes.

    Raises:
        BadAddress: The database is no SQLite file.
        Damaged: It is damaged; a copy would be too.
        FileExistsError: There is such a file.
        FileNotFoundError: There is no database yet.
        OSError: There is no room for it.
    """
    file = _file_of(url)
    if not file.exists():
        raise FileNotFoundError(f"{file} is not there yet: nothing to back up")
    with database.in_plain_words(file):
        database.check(file)
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with database.in_plain_words(target):
            _copy(file, target)
    except BaseException:
        target.unlink()
        raise
    return target.stat().st_size


def restore(url: str, source: Path, now: int) -> Restored:
    """Put a copy in the place of the database, at a time in Unix milliseconds.

    Raises:
        BadAddress: The database is no SQLite file.
        AlreadyOpen: A server is using it.
        NotABackup: The copy is damaged or something else; the database is as it was.
        OSError: There is no room for it; the database is as it was.
    """
    file = _file_of(url)
    with contextlib.closing(database.DirectoryLock(file.absolute().parent)):
        return _restore(file, source, now)


def _restore(file: Path, source: Path, now: int) -> Restored:
    fresh = file.with_name(f"{file.name}.restoring")
    cut_short = fresh.exists()
    replaced = file.exists() or cut_short
    try:
        _check(source, file)
        with database.in_plain_words(fresh):
            _copy(source, fresh)
            upgrade_file(fresh)
            since = _ask(_replaced(file, cut_short=cut_short), carried)
            until, rooms = _renew(fresh, now, since)
        lost = _ask(file, partial(_newer, until=until or 0))
        if lost is not None:
            _gather(file)
        aside = _put_aside(file, now)
        fresh.rename(file)
        _sync(file.parent)
    finally:
        if file.exists() or not replaced:  # else the next one sees by it that this was cut short
            for end in ("", "-wal", "-shm"):
                fresh.with_name(fresh.name + end).unlink(missing_ok=True)
    return Restored(until, rooms, lost, since is not None, aside)


def _file_of(url: str) -> Path:
    if not database.is_file(url):
        raise database.BadAddress(
            "backup and restore are for a SQLite file: PostgreSQL has tools of its own"
            " (docs/running-at-scale.md)"
        )
    return database.file_of(url)


def _check(source: Path, file: Path) -> None:
    if not source.is_file():
        raise NotABackup(f"{source} is not there, or no file")
    if file.exists() and source.samefile(file):
        raise NotABackup(f"{source} is the database itself: name a copy of it")
    try:
        damage = database.damage(source)
    except sqlite3.DatabaseError as error:
        raise NotABackup(f"{source} is no database: {error}") from None
    if damage is not None:
        raise NotABackup(f"{source} is damaged: use another copy")
    with sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True) as found:
        names = {name for (name,) in found.execute("SELECT name FROM sqlite_master")}
    found.close()
    if not {"rooms", "messages", "alembic_version"} <= names:
        raise NotABackup(f"{source} is a database, but not Peerline's")


def _copy(source: Path, target: Path) -> None:
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
    reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        writing.execute("PRAGMA synchronous = FULL")
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()
    _sync(target)
    _sync(target.parent)


def _renew(file: Path, now: int, since: Carried | None) -> tuple[int | None, int]:
    """Give every room a new epoch, carry over what is known, note that this is a copy."""
    engine = database.writer(file)
    try:
        with engine.connect() as conn, conn.begin():
            log.upkeep(conn)
            ids = list(conn.scalars(select(t.rooms.c.id)))
            for room in ids:
                fresh = t.rooms.update().where(t.rooms.c.id == room)
                conn.execute(fresh.values(epoch=secrets.token_hex(8)))
            if since is not None:
                carry_over(conn, since)
            audit.append(conn, [Entry(now, audit.CONSOLE, "restore", "records")])
            until = conn.scalar(select(func.max(t.messages.c.said_at)))
        with engine.connect() as conn:
            database.checkpoint(conn, "TRUNCATE")
    finally:
        engine.dispose()
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    return (until // 1000 if until else None), len(ids)


def _ask(file: Path, query: Callable[[Connection], Found]) -> Found | None:
    """What the database says that is being replaced, if it is legible."""
    if not file.exists():
        return None
    engine = database.readers(file)
    try:
        with engine.connect() as conn, conn.begin():
            return query(conn)
    except Exception:  # noqa: BLE001 - damaged is why it is being replaced
        return None
    finally:
        engine.dispose()


def _replaced(file: Path, *, cut_short: bool) -> Path:
    """The database that is being replaced: the one put aside last, if a restore was cut short."""
    if file.exists() or not cut_short:
        return file
    return max(file.parent.glob(f"{file.name}.before-*[0-9]"), default=file)


def _newer(conn: Connection, until: int) -> tuple[int, int]:
    said = select(func.count()).where(t.messages.c.said_at >= (until + 1) * 1000)
    raised = select(func.count()).where(t.incidents.c.opened_at > until)
    return conn.scalar(said) or 0, conn.scalar(raised) or 0


def _gather(file: Path) -> None:
    """Copy the write-ahead log into the file, so that one step puts all of it aside."""
    engine = database.writer(file)
    try:
        with contextlib.suppress(sqlite3.Error, DBAPIError), engine.connect() as conn:
            database.checkpoint(conn, "TRUNCATE")
    finally:
        engine.dispose()


def _put_aside(file: Path, now: int) -> Path | None:
    aside = None
    for end in ("", "-wal", "-shm"):
        old = file.with_name(file.name + end)
        if old.exists():
            moved = old.rename(file.with_name(f"{file.name}.before-{now}{end}"))
            aside = aside or moved
    return aside


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
