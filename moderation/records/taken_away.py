"""Deleting rows by what they belong to; for what purges."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection


def take_away(conn: Connection, column: Column[str], ids: Sequence[str]) -> None:
    """Delete the rows of a table in which that column is one of these."""
    if ids:
        conn.execute(column.table.delete().where(column.in_(ids)))
