"""Which role of a PostgreSQL server sees which school, and what it may do there.

A school's nodes connect as `peerline_SCHOOL`, which is no owner of a table; its auditor may connect
as `peerline_SCHOOL_audit`, which can only read what the auditor asks for. `let_in` is for
`migrate`, which connects as the owner; `faults` for whoever opens records. Over SQLite there is
nothing to say: a file is one school's.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from moderation.records import (  # noqa: F401 - in the metadata too
    account_tables,
    desk_tables,
    identity_tables,
    paging_tables,
    rule_tables,
)
from moderation.records.database import BadAddress
from moderation.records.locks import several_writers
from moderation.records.tables import metadata

HERE = "split_part(CURRENT_USER::text, '_', 2)"
"""The school of whoever is connected: `elm` for `peerline_elm` and `peerline_elm_audit`."""
UNUSED = frozenset({"places", "folded"})
"""Tables that are there for SQLite alone."""
_LASTING = frozenset(
    {
        "staff", "contacts", "answers", "rotas", "heartbeats", "custodian_keys", "rule_changes",
        "checkpoints", "tallies",
    }
)  # fmt: skip
"""Tables of which a node can take no row away; of the others it purges what is old."""
_ONLY_ADDED = frozenset(
    {"audit", "answers", "incident_notes", "agreements", "outcomes", "checkpoints", "tallies"}
)
"""Tables of which no row is ever changed, and a node can change none.

Of the log it can take away only what is older than a year: a policy of revision 0018 sees to that.
"""
_RESEALED = frozenset({"incident_notes", "outcomes"})
"""Those of them that are sealed anew under another master key: of that column alone."""
_WATCHED = (
    "pages", "incidents", "items", "drills", "reveals", "calls", "heartbeats", "messages", "audit",
    "checkpoints",
)  # fmt: skip
"""What an auditor asks about."""


def role_of(school: str) -> str:
    """The role of a school's nodes; its auditor's is the same with `_audit` behind it."""
    return f"peerline_{school}"


def let_in(conn: Connection, school: str) -> None:
    """Give a school's roles what they need and no more; for the owner of the tables.

    Raises:
        BadAddress: There is no such role yet.
    """
    node = role_of(school)
    if not _is_there(conn, node):
        raise BadAddress(
            f"database: the tables are up to date, but {school} has no role to connect as: "
            f"CREATE ROLE \"{node}\" LOGIN PASSWORD '…', then migrate again"
        )
    rights = {table: _rights(table) for table in metadata.tables if table not in UNUSED}
    _grant(conn, node, rights | {"alembic_version": "SELECT"})
    quoted = conn.dialect.identifier_preparer.quote(node)
    conn.exec_driver_sql(f"GRANT USAGE ON SEQUENCE messages_n_seq, answers_n_seq TO {quoted}")
    if _is_there(conn, auditor := f"{node}_audit"):
        _grant(conn, auditor, dict.fromkeys(_WATCHED, "SELECT"))


def faults(conn: Connection, school: str) -> list[str]:
    """Why this connection is no wall between schools, each with what to do; nothing over SQLite."""
    if not several_writers(conn):
        return []
    me = conn.execute(_ME).one()
    use = f"connect as {role_of(school)} (docs/running-at-scale.md)"
    found = {
        f"{me.name} may pass over what keeps schools apart: {use}": me.passes,
        f"{me.name} owns the tables, and could take down what keeps schools apart: {use}": me.owns,
        f"{me.name} is no role of the school {school}: {use}": me.school != school,
        f"{me.name} may not read yet: run migrate as the tables' owner": not me.reads,
        f"{me.name} may not do all that this version does: run migrate as the tables' owner, with"
        f" the settings of {school}": me.reads and me.name == role_of(school) and not me.able,
        f"{', '.join(me.open)} are not kept apart by school: run migrate as the tables' owner": (
            bool(me.open)
        ),
    }
    return [f"database: {fault}" for fault, is_there in found.items() if is_there]


def _rights(table: str) -> str:
    rights = "SELECT, INSERT" if table in _ONLY_ADDED else "SELECT, INSERT, UPDATE"
    if table in _RESEALED:
        rights += ", UPDATE (sealed)"
    return rights if table in _LASTING else f"{rights}, DELETE"


_WANTED = ", ".join(
    f"('{table}', '{right}')"
    for table in metadata.tables
    if table not in UNUSED
    for right in _rights(table).split(", ")
    if "(" not in right
)
_ME = text(
    f"""
    SELECT CURRENT_USER::text AS name, {HERE} AS school,
        role.rolsuper OR role.rolbypassrls AS passes,
        NOT role.rolsuper AND COALESCE(pg_has_role(ours.relowner, 'USAGE'), false) AS owns,
        COALESCE(has_table_privilege(ours.oid, 'SELECT'), false) AS reads,
        (
            SELECT bool_and(has_table_privilege(to_regclass(of_table), wanted))
            FROM (VALUES {_WANTED}) AS each (of_table, wanted)
        ) AS able,
        ARRAY(
            SELECT open.relname::text FROM pg_class AS open
            WHERE open.relnamespace = ours.relnamespace AND open.relkind IN ('r', 'p')
            AND open.relname <> 'alembic_version'
            AND NOT (open.relrowsecurity AND open.relforcerowsecurity) ORDER BY 1
        ) AS open
    FROM pg_roles AS role LEFT JOIN pg_class AS ours ON ours.oid = to_regclass('messages')
    WHERE role.rolname = CURRENT_USER
    """  # noqa: S608 - what is put in is our own
)


def _is_there(conn: Connection, role: str) -> bool:
    asked = text("SELECT true FROM pg_roles WHERE rolname = :role")
    return bool(conn.scalar(asked, {"role": role}))


def _grant(conn: Connection, role: str, rights: dict[str, str]) -> None:
    quoted = conn.dialect.identifier_preparer.quote(role)
    schema = conn.dialect.identifier_preparer.quote(conn.scalar(text("SELECT current_schema()")))
    conn.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {quoted}")
    for table, which in rights.items():
        conn.exec_driver_sql(f"GRANT {which} ON {table} TO {quoted}")
