"""How tables are kept apart by school in PostgreSQL; for revisions that make some.

A school's nodes connect as a role of its own, and the role's name says whose rows they see
(`HERE`). Every table has a column `school`, which the server fills in; a policy shows and takes
rows of that school alone; and every key holds the school, so that no row can name, or be in the way
of, another school's. A role that is no school's sees nothing. docs/decisions/0027-schools-apart.md
says why. A SQLite file is one school's: there the file is the wall.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op
from sqlalchemy import Column, String, inspect, text
from sqlalchemy.engine.reflection import Inspector

from moderation.records.tenancy import HERE

SCHOOL = "school"


def on_postgresql() -> bool:
    """Whether the database that is being brought up to date holds rows of several schools."""
    return op.get_bind().dialect.name == "postgresql"


def stamp(table: str, before: str = "") -> None:
    """Have the server write the school into every row; `before` is whose the present rows are."""
    op.add_column(table, Column(SCHOOL, String(64), nullable=False, server_default=before))
    op.alter_column(table, SCHOOL, server_default=text(HERE))


def part(tables: Sequence[str]) -> None:
    """Put the school into every key of these tables, and show and take rows of one school alone."""
    found = inspect(op.get_bind())
    ties = [(table, tie) for table in tables for tie in found.get_foreign_keys(table)]
    for table, tie in ties:
        op.drop_constraint(str(tie["name"]), table, type_="foreignkey")
    for table in tables:
        _widen(found, table)
    for table, tie in ties:
        columns, keys = tie["constrained_columns"], tie["referred_columns"]
        parent = tie["referred_table"]
        op.create_foreign_key(tie["name"], table, parent, [*columns, SCHOOL], [*keys, SCHOOL])
    for table in tables:
        wall(table)


def wall(table: str) -> None:
    """Show and take rows of one school alone of a table whose keys hold the school already."""
    op.execute(f"CREATE POLICY apart ON {table} USING ({SCHOOL} = {HERE})")
    shut(table)


def shut(table: str) -> None:
    """Show and take nothing but what a policy allows, to its owner neither."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def _widen(found: Inspector, table: str) -> None:
    """What is unique in a table is unique in a school from now on."""
    key = found.get_pk_constraint(table)
    columns = key["constrained_columns"]
    if SCHOOL not in columns:
        # A school's last number is found without walking over the numbers of others.
        wide = [SCHOOL, "n"] if columns == ["n"] else [*columns, SCHOOL]
        op.drop_constraint(str(key["name"]), table, type_="primary")
        op.create_primary_key(str(key["name"]), table, wide)
    constraints = {one["name"]: one["column_names"] for one in found.get_unique_constraints(table)}
    for name, columns in constraints.items():
        op.drop_constraint(str(name), table, type_="unique")
        op.create_unique_constraint(str(name), table, [*columns, SCHOOL])
    for index in found.get_indexes(table):
        name = str(index["name"])
        if index["unique"] and name not in constraints:
            columns = [column for column in index["column_names"] if column]
            op.drop_index(name, table)
            op.create_index(name, table, [*columns, SCHOOL], unique=True)
