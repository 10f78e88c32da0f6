from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from moderation.records import bulk
from moderation.records import tables as t
from moderation.records.store import NotKept, Store


async def test_tuples_land_in_the_columns_named(store: Store) -> None:
    """Rows are kept in order, each value in its column; columns not named stay empty."""

    def add(conn: Connection, rows: list[tuple[object, ...]]) -> list[None]:
        bulk.insert(conn, t.students, ("id", "school", "band"), rows)
        return [None] * len(rows)

    def ask(conn: Connection) -> list[tuple[object, ...]]:
        return [tuple(row) for row in conn.execute(select(t.students).order_by("id"))]

    await store.write(add, ("a", "elm", "x"))
    await store.write(add, ("b", "elm", "y"))
    assert await store.read(ask) == [("a", "elm", "x", None), ("b", "elm", "y", None)]


async def test_columns_out_of_order_are_refused(store: Store) -> None:
    """Values are never put into the wrong columns because of the order they are named in."""

    def add(conn: Connection, rows: list[tuple[object, ...]]) -> list[None]:
        bulk.insert(conn, t.students, ("band", "id", "school"), rows)
        return [None] * len(rows)

    with pytest.raises(NotKept, match="ValueError"):
        await store.write(add, ("x", "a", "elm"))
