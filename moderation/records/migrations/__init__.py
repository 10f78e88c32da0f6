"""Bringing a database's tables up to date, by Alembic; called by `Store.open` and the command line.

A database that a newer version made is refused rather than guessed at.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url

from moderation.records import database, locks, server


class FromTheFuture(Exception):  # noqa: N818 - says what was found
    """A newer version of Peerline made this database."""


def migrate(url: str) -> None:
    """Bring the database at `url` up to date; a SQLite file is made if there is none.

    Raises:
        BadAddress: The url is neither a SQLite file nor a PostgreSQL server safely reached.
        AlreadyOpen: A server is using the SQLite file.
        FromTheFuture: The database is newer than this program.
    """
    if make_url(url).get_backend_name() == "postgresql":
        asyncio.run(upgrade_server(url))
        return
    file = database.file_of(url)
    lock = database.DirectoryLock(file.absolute().parent)
    try:
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


async def upgrade_server(url: str) -> None:
    """What `migrate` does to a PostgreSQL server; nodes that start together take turns."""
    engine = server.writer(url)
    try:
        with server.faults():
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
    except server.Gone:
        raise database.BadAddress("the PostgreSQL server cannot be reached") from None
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    locks.take(connection, locks.MIGRATING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    here = MigrationContext.configure(connection).get_current_revision()
    if here is not None and here not in known:
        raise FromTheFuture("this database was made by a newer version of Peerline: update first")
    command.upgrade(config, "head")
