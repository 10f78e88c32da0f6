"""Bringing a database's tables up to date, by Alembic; called by `Store.open` and the command line.

A database that a newer version made is refused rather than guessed at.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from moderation.records import database


class FromTheFuture(Exception):  # noqa: N818 - says what was found
    """A newer version of Peerline made this database."""


def migrate(url: str) -> None:
    """Bring the database at `url` up to date, making it if there is none.

    Raises:
        BadAddress: The url is no SQLite file.
        AlreadyOpen: A server is using it.
        FromTheFuture: The database is newer than this program.
    """
    file = database.file_of(url)
    lock = database.DirectoryLock(file.absolute().parent)
    try:
        upgrade(file)
    finally:
        lock.close()


def upgrade(file: Path) -> None:
    """What `migrate` does, for a caller that holds the directory's lock."""
    database.make(file)
    engine = database.writer(file)
    try:
        with engine.connect() as connection, connection.begin():
            _upgrade(connection)
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    here = MigrationContext.configure(connection).get_current_revision()
    if here is not None and here not in known:
        raise FromTheFuture("this database was made by a newer version of Peerline: update first")
    command.upgrade(config, "head")
