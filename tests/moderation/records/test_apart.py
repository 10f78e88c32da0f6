"""Schools that share tables in PostgreSQL, and the owner who keeps the tables apart."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence
from functools import partial
from random import Random

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, ForeignKey, Table, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from moderation.records import audit, server, tenancy
from moderation.records.database import BadAddress
from moderation.records.migrations import Behind, migrate
from moderation.records.store import Store
from tests.moderation.records.schools import ALL, ELM, OAK, TIED, at, seen
from tests.moderation.records.strangers import fill, our_tables
from tests.servers import OWNER, Postgres, postgres_programs

_OURS = "((school)::text = split_part((CURRENT_USER)::text, '_'::text, 2))"
_POLICIES = text(
    "SELECT polcmd, pg_get_expr(polqual, polrelid) AS seen, pg_get_expr(polwithcheck, polrelid)"
    " AS taken FROM pg_policy WHERE polrelid = CAST(:name AS regclass) AND polpermissive"
)


def test_K9_no_row_can_name_another_schools(both: str) -> None:
    """Every key from table to table is refused when the other row is the other school's."""
    ties = [(table, key) for table in our_tables() for key in table.foreign_keys]
    assert len(ties) > 40

    def tie_all(conn: Connection) -> dict[str, str]:
        return {f"{table.name}.{key.parent.name}": _tied(conn, table, key) for table, key in ties}

    found = at(both, tie_all, ALL)
    assert {name: state for name, state in found.items() if state != TIED} == {}


def _tied(conn: Connection, table: Table, key: ForeignKey) -> str:
    """The SQLSTATE by which a row of Elm's that names one of Oak's is refused, or nothing."""
    theirs = conn.scalar(
        text(f"SELECT {key.column.name} FROM {key.column.table.name} WHERE school = 'oak' LIMIT 1")
    )
    assert theirs is not None
    row = f"(SELECT ctid FROM {table.name} WHERE school = 'elm' LIMIT 1)"
    sql = f"UPDATE {table.name} SET {key.parent.name} = '{theirs}' WHERE ctid = {row}"
    try:
        with conn.begin_nested() as step:
            conn.exec_driver_sql(sql)
            step.rollback()
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", "other"))
    return ""


def test_K9_every_table_and_every_key_holds_the_school(both: str) -> None:
    """No table that is not kept apart, and no key that reaches over schools, is added unseen."""

    def look(conn: Connection) -> None:
        found = inspect(conn)
        assert {*found.get_table_names()} - {"alembic_version", *tenancy.UNUSED} == {
            one.name for one in our_tables()
        }
        for table in (one.name for one in our_tables()):
            keys = [found.get_pk_constraint(table)["constrained_columns"]]
            keys += [one["constrained_columns"] for one in found.get_foreign_keys(table)]
            keys += [one["column_names"] for one in found.get_indexes(table) if one["unique"]]
            assert all("school" in key for key in keys), table
            rules = conn.execute(_POLICIES, {"name": table}).all()
            assert [(one.polcmd, one.seen, one.taken) for one in rules] == [(b"*", _OURS, None)]

    at(both, look)
    assert at(both, partial(tenancy.faults, school="elm"), ELM) == []


async def test_a_node_does_not_bring_tables_up_to_date(postgres: Postgres) -> None:
    """Only the owner can; until then a newer node does not open."""
    url = await postgres.database()
    await postgres.ask(
        "UPDATE alembic_version SET version_num = '0012'", make_url(url).database or ""
    )
    with pytest.raises(Behind, match="migrate"):
        await Store.open(url)


def test_a_school_without_a_role_is_not_let_in(postgres: Postgres) -> None:
    """The owner is told how to make one; the tables are up to date all the same."""
    url = make_url(asyncio.run(postgres.database())).set(username=OWNER)
    with pytest.raises(BadAddress, match='CREATE ROLE "peerline_yew"'):
        migrate(url.render_as_string(hide_password=False), "yew")


def old_tables(postgres: Postgres, monkeypatch: pytest.MonkeyPatch, schools: Sequence[str]) -> str:
    """A database as it was before, shared by those schools; answers its address for its owner."""
    name = f"old_{'_'.join(schools)}"
    asyncio.run(postgres.ask(f"CREATE DATABASE {name} OWNER {OWNER}"))
    url = postgres.address(name, OWNER)
    upgrade = command.upgrade

    def only(config: Config, _head: str) -> None:
        upgrade(config, "0012")

    monkeypatch.setattr(command, "upgrade", only)
    migrate(url)
    monkeypatch.undo()
    for number, school in enumerate(schools):
        at(url, lambda conn, n=number, of=school: fill(conn, of, Random(n)))  # type: ignore[misc]
    return url


def test_tables_that_one_school_had_are_all_its_own(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost on the way, and its audit chain goes on."""
    url = old_tables(postgres, monkeypatch, ["elm"])
    before = at(url, seen)
    migrate(url, "elm")
    assert at(url, seen, ELM) == before
    assert at(url, audit.verify, ELM) is None


def test_tables_that_several_schools_shared_are_sorted_out(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row goes to the school of what it belongs to; the one audit chain stays as evidence."""
    url = old_tables(postgres, monkeypatch, ["elm", "oak"])
    before = at(url, seen)
    for school in ("elm", "oak"):
        migrate(url, school)
    (elm, oak), left = (at(url, seen, role) for role in (ELM, OAK)), ("audit", "heartbeats")
    for table, count in before.items():
        shared = 0 if table in left else count
        assert elm[table] + oak[table] == shared
        assert (elm[table] == oak[table]) or table not in {"students", "staff"}
    everything = at(url, seen, ALL)
    assert everything["audit"] == before["audit"]


async def test_tables_stay_as_they_are_while_nodes_serve_as_their_owner(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would see nothing from one moment to the next: they must change their role first."""
    url = await asyncio.to_thread(old_tables, postgres, monkeypatch, ["ash"])
    engine = server.writer(url)
    async with engine.connect() as node:
        with pytest.raises(BadAddress, match="role of their school"):
            await asyncio.to_thread(migrate, url)
        assert await node.scalar(text("SELECT version_num FROM alembic_version")) == "0012"
    await engine.dispose()


def test_F27_a_dump_holds_every_school_and_comes_back_with_its_walls(
    both: str, postgres: Postgres
) -> None:
    """Who may pass over the walls dumps them all; a role of one school cannot dump at all."""
    dump = [postgres_programs() / "pg_dump", "--format=custom", "--dbname"]
    part = subprocess.run(
        [*dump, both.replace(f"{ALL}@", f"{ELM}@")], check=False, capture_output=True
    )
    assert part.returncode != 0
    whole = subprocess.run([*dump, both], capture_output=True, check=True)
    asyncio.run(postgres.ask("CREATE DATABASE brought_back"))
    url = postgres.address("brought_back")
    back = [postgres_programs() / "pg_restore", "--exit-on-error", "--dbname", url]
    subprocess.run(back, input=whole.stdout, check=True)
    for role in (ELM, OAK, OWNER):
        assert at(url, seen, role) == at(both, seen, role)
    assert at(url, partial(tenancy.faults, school="elm"), ELM) == []
