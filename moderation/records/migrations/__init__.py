"""Bringing a database's tables up to date, by Alembic; called by `Store.open` and the command line.

A database that a newer version made is refused rather than guessed at, unless its revision says
that this version may go on: one named `0017_from_0015` only adds, so that whoever knows 0015 may
serve beside newer nodes and after them (expand now, contract in a later version).
"""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url

from moderation.records import database, locks, server, tenancy


class FromTheFuture(Exception):  # noqa: N818 - says what was found
    """A newer version of Peerline made this database."""


class Behind(Exception):  # noqa: N818 - says what was found
    """The tables of a PostgreSQL server must be brought up to date by their owner first."""


_ADDS = re.compile(r"(\d{4})_from_(\d{4})")
"""The name of a revision that takes nothing away which versions since another one use."""


def migrate(url: str, school: str = "") -> None:
    """Bring the database at `url` up to date; a SQLite file is made if there is none.

    A PostgreSQL server must be reached as the owner of the tables; the roles of `school` are then
    let in.

    Raises:
        BadAddress: The url is neither a SQLite file nor a PostgreSQL server safely reached, or the
            school has no role there.
        AlreadyOpen: A server is using the SQLite file.
        Damaged: The SQLite file is damaged.
        FromTheFuture: The database is newer than this program.
        OSError: There is no room, or no right to write.
    """
    if make_url(url).get_backend_name() == "postgresql":
        asyncio.run(_upgrade_server(url, school))
        return
    file = database.file_of(url)
    lock = database.DirectoryLock(file.absolute().parent)
    try:
        with database.in_plain_words(file):
            database.check(file)
            upgrade_file(file)
    finally:
        lock.close()


def upgrade_file(file: Path) -> None:
    """What `migrate` does to a file, for a caller that holds the directory's lock."""
    database.make(file)
    engine = database.writer(file)
    try:
        with engine.connect() as connection, connection.begin():
            _upgrade(connection)
    finally:
        engine.dispose()


async def _upgrade_server(url: str, school: str) -> None:
    await _on_server(url, _upgrade)
    if school:
        await _on_server(url, partial(tenancy.let_in, school=school))


async def fits(url: str) -> None:
    """Refuse a PostgreSQL server whose tables are not of this version.

    Raises:
        BadAddress: It is not safely reached, or does not answer.
        Behind: Its tables are older.
        FromTheFuture: They are newer.
    """
    await _on_server(url, _fits)


@functools.cache
def known() -> tuple[str, ...]:
    """The revisions this version knows, newest first; to read them is most of opening a store."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(script.revision for script in scripts)


async def _on_server(url: str, act: Callable[[Connection], None]) -> None:
    engine = server.writer(url)
    try:
        with server.faults():
            async with engine.begin() as connection:
                await connection.run_sync(act)
    except server.Gone as gone:
        at = make_url(url)
        raise database.BadAddress(
            f"database: the PostgreSQL server at {at.host or 'localhost'}:{at.port or 5432}"
            f" cannot be reached: {gone}"
        ) from None
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    if locks.several_writers(connection):
        locks.take(connection, locks.MIGRATING)
        # A revision that overlooks that rows are kept apart fails, instead of changing none.
        connection.exec_driver_sql("SET LOCAL row_security = off")
    here, head = _revision(connection), known()[0]
    if here != head and not _only_added_to(here, head):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _fits(connection: Connection) -> None:
    here, head = _revision(connection), known()[0]
    if here != head and not _only_added_to(here, head):
        raise Behind("the tables are not up to date: run migrate as their owner first")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _only_added_to(here: str | None, head: str) -> bool:
    """Whether the tables are newer than this version, and have all that it knows."""
    found = _ADDS.fullmatch(here or "")
    return found is not None and found[1] > head[:4] >= found[2]


def _revision(connection: Connection) -> str | None:
    """How far the tables have come; refuses what this version does not know."""
    here = MigrationContext.configure(connection).get_current_revision()
    if here is not None and here not in known() and not _only_added_to(here, known()[0]):
        raise FromTheFuture("this database was made by a newer version of Peerline: update first")
    return here
