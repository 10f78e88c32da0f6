from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, select, text
from sqlalchemy.exc import DBAPIError

from moderation.records import log, tenancy, watch
from moderation.records import tables as t
from moderation.records.store import Store
from tests.moderation.records.schools import ALL, DENIED, ELM, OAK, at, refused, seen
from tests.moderation.records.strangers import NOW, Maker, operations, our_tables, shown, values
from tests.servers import OWNER, Postgres


@pytest.fixture(autouse=True)
def _the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code made by chance differs in every answer, and says nothing about another school."""
    monkeypatch.setattr("moderation.records.proofs.new_code", lambda: "AAA-2222")


HOUR, DAY = 3_600_000, 86_400_000
OFTEN = 3
"""Times that every operation is asked, each time with other arguments."""


def rows_of_oak(conn: Connection) -> Sequence[Any]:
    """What every row of the other school comes to."""
    sums = ", ".join(
        f"(SELECT md5(coalesce(string_agg(one::text, '' ORDER BY one::text), '')) FROM {table.name}"
        f" AS one WHERE school = 'oak') AS {table.name}"
        for table in our_tables()
    )
    return tuple(conn.execute(text(f"SELECT {sums}")).one())


def written(conn: Connection) -> Any:
    """How much this server has ever put down: as long as it is the same, no row is another."""
    return conn.scalar(text("SELECT pg_current_wal_insert_lsn()"))


def what_elm_finds(
    url: str, calls: Sequence[tuple[str, Callable[..., Any], dict[str, Any]]], role: str
) -> list[tuple[str, str, bool]]:
    """For each call its answer, and whether it left every row of Oak as it was."""

    def ask(conn: Connection) -> list[tuple[str, str, bool]]:
        before, so_far = rows_of_oak(conn), written(conn)
        found = []
        for name, function, given in calls:
            log.discard(conn)
            step = conn.begin_nested()
            conn.exec_driver_sql(f"SET LOCAL ROLE {role}")
            try:
                answer = shown(function(conn, **given))
            except DBAPIError as error:
                answer = f"refused {getattr(error.orig, 'sqlstate', '')}"
            except Exception as error:  # noqa: BLE001 - an answer like any other
                answer = type(error).__name__
            untouched = True
            if not answer.startswith("refused") and (now := written(conn)) != so_far:
                so_far = now
                conn.exec_driver_sql("RESET ROLE")
                untouched = rows_of_oak(conn) == before
            step.rollback()
            found.append((name, answer, untouched))
        return found

    return at(url, ask)  # type: ignore[no-any-return]


def calls(url: str, chance: Random) -> list[tuple[str, Callable[..., Any], dict[str, Any]]]:
    """Every operation, several times, with arguments out of both schools' rows."""
    maker = Maker(at(url, values), chance)
    return [
        (name, function, maker.arguments(function))
        for name, function in operations()
        for _ in range(OFTEN)
    ]


def compared(both: str, alone: str, role: str) -> tuple[list[str], list[str]]:
    """Operations that answer otherwise because of Oak's rows, and those that changed some."""
    asked = calls(both, Random(3))
    with_oak, without = (what_elm_finds(url, asked, role) for url in (both, alone))
    pairs = zip(with_oak, without, strict=True)
    differ = sorted({name for (name, one, _), (_, other, _) in pairs if one != other})
    return differ, sorted({name for name, _, untouched in with_oak if not untouched})


def test_K9_no_operation_reads_counts_or_changes_another_schools_rows(
    both: str, alone: str
) -> None:
    """Whatever is asked with whatever ids, it is as if the other school were not there."""
    assert compared(both, alone, ELM) == ([], [])


def test_without_the_wall_the_same_questions_find_the_other_school(both: str, alone: str) -> None:
    """The comparison above can fail: whoever passes over the wall finds and changes Oak's rows."""
    differ, changed = compared(both, alone, ALL)
    assert len(differ) > 40
    assert len(changed) > 8


def test_K9_a_row_is_neither_given_to_another_school_nor_made_for_it(both: str) -> None:
    """Who serves one school cannot write a row that only the other would see."""
    for table in our_tables():
        given = f"UPDATE {table.name} SET school = 'oak'"
        columns = [one.name for one in table.columns if one.name not in {"school", "n"}]
        made = f"INSERT INTO {table.name} (school, {', '.join(columns)}) SELECT 'oak'"
        made += f", {', '.join(columns)} FROM {table.name} LIMIT 1"
        assert (refused(both, given, ELM), refused(both, made, ELM)) == (DENIED, DENIED), table.name


@pytest.mark.parametrize("wall", ["NO FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"])
async def test_a_table_without_a_wall_is_named(postgres: Postgres, wall: str) -> None:
    """Nobody is served over tables of which one shows its rows to everybody."""
    url = await postgres.database()
    name = make_url(url).database or ""
    await postgres.ask(f"ALTER TABLE pages {wall}", name)
    await postgres.ask("CREATE TABLE added (id integer)", name)
    store = await Store.open(url)
    (fault,) = await store.read(tenancy.faults, "elm")
    assert "added, pages" in fault
    await store.close()


async def test_who_may_not_do_what_a_version_does_is_told_to_migrate(postgres: Postgres) -> None:
    """`migrate` lets in one school: another would serve, and never forget anything again."""
    url = await postgres.database()
    await postgres.ask(f"REVOKE DELETE ON students FROM {ELM}", make_url(url).database or "")
    store = await Store.open(url)
    (fault,) = await store.read(tenancy.faults, "elm")
    assert "run migrate as the tables' owner, with the settings of elm" in fault
    await store.close()


def test_who_is_of_no_school_sees_nothing(both: str) -> None:
    """A forgotten school means no rows at all, for the owner of the tables too."""
    at(
        both,
        lambda conn: conn.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO ash"),
    )
    for role in (OWNER, "ash"):
        assert set(at(both, seen, role).values()) == {0}
    assert min(at(both, seen, ELM).values()) > 0


def test_a_node_cannot_take_down_the_wall_or_change_what_was_written(both: str) -> None:
    """Whoever has a node and speaks to the server itself still has one school and its log."""
    for sql in (
        "ALTER TABLE rooms DISABLE ROW LEVEL SECURITY",
        "DROP POLICY apart ON rooms",
        f"SET ROLE {OAK}",
        f"SET ROLE {OWNER}",
        "SET SESSION AUTHORIZATION peerline",
        "UPDATE audit SET who = 'nobody'",
        "UPDATE incident_notes SET at = 0",
        "DELETE FROM answers",
        "DELETE FROM checkpoints",
        "TRUNCATE incidents",
        "SELECT * FROM folded",
        "CREATE TABLE public.mine (id integer)",
    ):
        assert refused(both, sql, ELM) == DENIED, sql

    def without(conn: Connection) -> None:
        conn.exec_driver_sql("SET LOCAL row_security = off")
        conn.execute(select(t.rooms))

    with pytest.raises(DBAPIError, match="row-level security"):
        at(both, without, ELM)


def test_K12_a_node_takes_nothing_away_that_is_young(both: str) -> None:
    """Whoever has a node purges what is old; what is not, the server keeps, whoever asks."""
    now = int(time.time() * 1000)
    young = {
        "audit": f"at = {now - 365 * DAY + HOUR}",
        "messages": f"said_at = {now - 7 * DAY + HOUR}000",
        "incidents": f"state = 'resolved', preserved_at = NULL, resolved_at = {now - 29 * DAY}",
        "incident_notes": f"at = {now - 29 * DAY}",
        "cards": f"revoked_at = {now - 29 * DAY}",
        "blocks": f"at = {now - 29 * DAY}",
    }
    for table, when in young.items():
        at(both, lambda conn, sql=f"UPDATE {table} SET {when}": conn.exec_driver_sql(sql))
        taken = f"DELETE FROM {table}"
        assert at(both, lambda conn, sql=taken: conn.exec_driver_sql(sql).rowcount, ELM) == 0, table
    at(
        both,
        lambda conn: conn.exec_driver_sql("UPDATE incidents SET resolved_at = 0, preserved_at = 1"),
    )
    taken = "DELETE FROM incidents"
    assert at(both, lambda conn: conn.exec_driver_sql(taken).rowcount, ELM) == 0


def test_the_auditor_reads_what_it_watches_and_nothing_else(both: str) -> None:
    """Its own role looks at one school, and can neither write nor see a password or a contact."""
    auditor = f"{ELM}_audit"
    ask = partial(watch.look, now=NOW + 10**6, late_ms=1, held_ms=1, mark=watch.Mark())
    assert at(both, ask, auditor) == at(both, ask, ELM)
    assert at(both, partial(tenancy.faults, school="elm"), auditor) == []
    for sql in ("SELECT * FROM staff", "SELECT * FROM contacts", "DELETE FROM pages"):
        assert refused(both, sql, auditor) == DENIED
    assert refused(both, "UPDATE heartbeats SET at = 0", auditor) == DENIED


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (ALL, "may pass over"),
        ("passing", "may pass over"),
        (OWNER, "owns the tables"),
        (OAK, "no role of the school elm"),
        ("ash", "may not read yet"),
    ],
)
def test_whoever_is_no_wall_is_told_which_role_to_use(both: str, role: str, words: str) -> None:
    """A superuser, BYPASSRLS, the owner or another school's role is refused with what to do."""
    at(
        both,
        lambda conn: conn.exec_driver_sql("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ash"),
    )
    told = at(both, partial(tenancy.faults, school="elm"), role)
    assert any(words in one for one in told), told
    assert any(ELM in one or "migrate" in one for one in told)
