"""Migrations lead to the tables as they are described, and run only where they may."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from moderation.records import (  # noqa: F401 - their tables too
    account_tables,
    database,
    desk_tables,
    identity_tables,
    migrations,
    paging_tables,
    rule_tables,
)
from moderation.records.migrations import FromTheFuture, migrate
from moderation.records.store import Store
from moderation.records.tables import metadata
from tests.moderation.records.sample import ONLY_SQLITE

_upgrade = command.upgrade


@ONLY_SQLITE
def test_the_revisions_make_the_tables(store_url: str) -> None:
    """A migrated database has exactly the tables that `tables.py` describes."""
    migrate(store_url)
    engine = database.writer(database.file_of(store_url))
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts=_OPTIONS)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@ONLY_SQLITE
def test_the_revisions_keep_the_rules_of_the_tables(store_url: str, tmp_path: Path) -> None:
    """Checks and the layout, which a comparison does not see, are those of `tables.py` too."""
    migrate(store_url)
    made = tmp_path / "made" / "made.db"
    made.parent.mkdir()
    engine = database.writer(made)
    metadata.create_all(engine)
    engine.dispose()
    rules = [rules_of(database.file_of(store_url)), rules_of(made)]
    assert rules[0] == rules[1]
    assert any("seq_when_shown" in rule for rule in rules[0])


def _of_this_database(made: object, *_: object) -> bool:
    """Whether a part of the tables is meant for SQLite at all."""
    only = getattr(made, "_ddl_if", None)
    return only is None or only.dialect == "sqlite"


_OPTIONS = {"compare_type": True, "include_object": _of_this_database}


def rules_of(file: Path) -> set[str]:
    """Every line of every table's definition that is not a plain column, spaces apart."""
    engine = database.readers(file)
    with engine.connect() as conn:
        found = conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table'")
        lines = {" ".join(line.split()) for (sql,) in found for line in sql.splitlines()}
    engine.dispose()
    marks = ("CONSTRAINT", "WITHOUT ROWID")
    return {
        line.rstrip(",")
        for line in lines
        if any(mark in line for mark in marks) and "alembic" not in line
    }


@ONLY_SQLITE
def test_migrating_again_changes_nothing(store_url: str) -> None:
    """A database that is up to date is left as it is."""
    migrate(store_url)
    before = database.file_of(store_url).read_bytes()
    migrate(store_url)
    assert database.file_of(store_url).read_bytes() == before


@ONLY_SQLITE
async def test_a_database_from_the_future_is_refused(store_url: str) -> None:
    """A database that a newer version made is neither migrated nor opened."""
    migrate(store_url)
    engine = database.writer(database.file_of(store_url))
    with engine.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(FromTheFuture):
        await Store.open(store_url)
    with pytest.raises(FromTheFuture):
        migrate(store_url)


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("made_by", "serves"), [("9999_from_0015", True), ("9999_from_9998", False), ("9999", False)]
)
async def test_F26_tables_that_were_only_added_to_are_served(
    store_url: str, made_by: str, *, serves: bool
) -> None:
    """A revision that says since when nothing was taken away lets older versions go on."""
    migrate(store_url)
    engine = database.writer(database.file_of(store_url))
    with engine.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE rooms ADD COLUMN of_tomorrow TEXT")
        conn.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{made_by}'")
    engine.dispose()
    if serves:
        migrate(store_url)
        await (await Store.open(store_url)).close()
    else:
        with pytest.raises(FromTheFuture):
            await Store.open(store_url)


def test_F26_a_revision_that_says_it_only_adds_does(tmp_path: Path) -> None:
    """Between it and the version it names no table and no column went, and none must be filled."""
    made = dict(tables_of_revisions(tmp_path / "made.db"))
    saying = [one for one in made if "_from_" in one]
    assert saying
    for revision in saying:
        first = next(one for one in made if one[:4] == revision[-4:])
        assert adds(made[first], made[revision]), revision
    assert not adds(made[revision], made[first])


Columns = dict[tuple[str, str], bool]
"""Columns by table and name, and whether a row may leave them out."""


def tables_of_revisions(file: Path) -> Iterator[tuple[str, Columns]]:
    """Every revision, oldest first, and the columns after it."""
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    database.make(file)
    engine = database.writer(file)
    for revision in [one.revision for one in script.walk_revisions()][::-1]:
        with engine.begin() as conn:
            config = migrations._config()
            config.attributes["connection"] = conn
            _upgrade(config, revision)
            look = inspect(conn)
            yield (
                revision,
                {
                    (table, column["name"]): column["nullable"] or column["default"] is not None
                    for table in look.get_table_names()
                    for column in look.get_columns(table)
                },
            )
    engine.dispose()


def adds(before: Columns, after: Columns) -> bool:
    """Whether a program that knows `before` may write to and read from `after`."""
    old = {table for table, _ in before}
    return before.keys() <= after.keys() and all(
        fills
        for (table, name), fills in after.items()
        if table in old and (table, name) not in before
    )


@ONLY_SQLITE
async def test_an_open_database_is_not_migrated(store: Store, store_url: str) -> None:
    """While a server has the database, the command line leaves its tables alone."""
    with pytest.raises(database.AlreadyOpen):
        migrate(store_url)
    assert store is not None


@ONLY_SQLITE
def test_roles_get_their_standard_names(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was on call is a counsellor afterwards, a lead a safeguarding lead, and stays oneself."""
    monkeypatch.setattr(command, "upgrade", partial(_to, "0001"))
    migrate(store_url)
    monkeypatch.undo()
    engine = database.writer(database.file_of(store_url))
    old = {"ada": "on_call", "lee": "lead", "mo": "moderator"}
    with engine.begin() as conn:
        for login, role in old.items():
            conn.exec_driver_sql(
                "INSERT INTO staff (id, school, login, name, role, password) "
                "VALUES (?, 'elm', ?, 'A', ?, '-')",
                (login, login, role),
            )
    engine.dispose()
    migrate(store_url)
    engine = database.readers(database.file_of(store_url))
    with engine.connect() as conn:
        found = dict(conn.exec_driver_sql("SELECT login, role FROM staff").all())
    engine.dispose()
    assert found == {"ada": "counsellor", "lee": "safeguarding_lead", "mo": "moderator"}


def _to(revision: str, config: Config, _head: str, **_: object) -> None:
    _upgrade(config, revision)
