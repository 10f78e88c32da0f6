"""How a SQLite file is opened so that what was committed stays: for this package only.

One connection writes and makes every checkpoint: SQLite before 3.51.3 can corrupt a database when
two connections checkpoint at once. All others are opened read-only. A lock on the data directory
keeps a second server away.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

READERS = 2
"""Read-only connections: reads are few and short, and share one core with the writer."""

_WRITER = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA secure_delete = ON",
    "PRAGMA cache_size = -65536",
    # The writer's statements run on the loop, which must not wait long for a stray tool's lock.
    "PRAGMA busy_timeout = 100",
)
_READER = ("PRAGMA busy_timeout = 5000",)
_ALL = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA mmap_size = 0",
)
_FSYNC_ERRORS = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})

# For None, as for bytes, sqlite3 looks for a way to adapt it; where there is none it finds out by
# two failed look-ups, together half as dear as adding a row.
sqlite3.register_adapter(type(None), lambda nothing: nothing)


class BadAddress(ValueError):  # noqa: N818 - says what was found
    """The database's address cannot be used; the message says why."""


class AlreadyOpen(Exception):  # noqa: N818 - says what was found
    """Another server is using the data directory."""


class Lost(Exception):  # noqa: N818 - says what was found
    """The database's file is not where it must be; the message says what to do."""


def is_file(url: str) -> bool:
    """Whether an address names a SQLite file; raises BadAddress for one that names nothing."""
    return _address(url).get_backend_name() == "sqlite"


def file_of(url: str) -> Path:
    """The database file an address names; raises BadAddress for any other kind of address."""
    address = _address(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise BadAddress("the database must be a file: sqlite:///path/to/peerline.db")
    if address.database == ":memory:":
        raise BadAddress("a database in memory would lose everything: name a file")
    return Path(address.database)


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # its words quote the address, and a password in it
        raise BadAddress(
            "database: this is no address: sqlite:////path/to/file.db or postgresql://…"
        ) from None


class Damaged(Exception):  # noqa: N818 - says what was found
    """The database's file is damaged; the message says what to do."""


def damage(file: Path) -> str | None:
    """What is wrong with a database's file, or None; raises sqlite3.DatabaseError for a bad one."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    return None if found == "ok" else str(found)


def check(file: Path) -> None:
    """Raise Damaged for a file that must not be served from."""
    if not file.exists():
        return
    try:
        found = damage(file)
    except sqlite3.OperationalError:
        raise  # it cannot be looked at now, which says nothing about what is in it
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found is not None:
        raise Damaged(
            f"{file} is damaged: keep a copy of it, then run_server.py restore --from a backup"
        )


@contextmanager
def in_plain_words(file: Path) -> Iterator[None]:
    """What hinders SQLite from using a file, as an OSError: no room, no right, another's lock."""
    try:
        yield
    except (sqlite3.OperationalError, OperationalError) as error:
        raise OSError(f"{file}: {getattr(error, 'orig', error)}") from error


class DirectoryLock:
    """A data directory in use by this process until closed."""

    def __init__(self, directory: Path) -> None:
        """Take the lock; raises AlreadyOpen, or OSError when there is no such directory."""
        self._handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise AlreadyOpen(f"another server is using {directory}: stop it first") from None

    def close(self) -> None:
        """Let another server in."""
        os.close(self._handle)


def make(file: Path) -> None:
    """Make an empty database that only its owner can read, if there is none."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def writer(file: Path) -> Engine:
    """An engine for the one connection that writes; transactions begin with the write lock."""
    engine = _engine(file.absolute().as_uri(), 1, (*_WRITER, *_ALL))
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def readers(file: Path) -> Engine:
    """An engine for read-only connections; each transaction sees one moment."""
    engine = _engine(f"{file.absolute().as_uri()}?mode=ro", READERS, (*_READER, *_ALL))
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))
    return engine


def _engine(uri: str, connections: int, pragmas: tuple[str, ...]) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        for pragma in pragmas:
            connection.execute(pragma).close()
        return connection

    return create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
    )


def checkpoint(connection: Connection, how: str) -> None:
    """Copy the write-ahead log into the database; outside any transaction, by the writer only.

    'PASSIVE' lets the log be written over from its start, 'TRUNCATE' also empties it.
    """
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.cursor().execute(f"PRAGMA wal_checkpoint({how})")


def lost_fsync(error: Exception) -> bool:
    """Whether the disk failed to confirm what was written, so that nothing is sure any more."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorcode", None) in _FSYNC_ERRORS
