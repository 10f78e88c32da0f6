"""Many rows into one table by the cheapest way there is; for this package only.

SQLAlchemy writes the statement once for each kind of database; the rows then go to the driver as
plain tuples, which costs half of handing them over as dictionaries.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, Dialect, Table


def insert(
    conn: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert rows, if any, whose values stand in the order of `columns`; none is converted.

    Raises:
        ValueError: `columns` are not named in the order of the table.
    """
    if rows:
        conn.exec_driver_sql(_statement(conn.dialect, table, columns), list(rows))


@lru_cache(maxsize=32)
def _statement(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> str:
    compiled = table.insert().inline().compile(dialect=dialect, column_keys=list(columns))
    if tuple(compiled.positiontup or ()) != columns:
        raise ValueError(f"name the columns of {table.name} in the order of the table")
    return str(compiled)
