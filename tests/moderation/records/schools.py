"""Two schools in one PostgreSQL, and who looks at them; for tests of the wall between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

from sqlalchemy import Connection, func, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError

from moderation.records import server
from moderation.records.tenancy import role_of
from tests.moderation.records.strangers import fill, our_tables

ELM, OAK = role_of("elm"), role_of("oak")
ALL = "peerline"
"""Who may do everything: made with the server."""
DENIED, TIED = "42501", "23503"
"""SQLSTATEs: not allowed, also by a policy; no such row to name."""

Act = Callable[[Connection], Any]


def at(url: str, act: Act, role: str = "") -> Any:
    """Do that in a transaction of its own, as whom the address says or as that role."""

    async def run() -> Any:
        address = make_url(url)
        address = address.set(username=role or address.username)
        engine = server._engine(address.render_as_string(hide_password=False), 1)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(act)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def refused(url: str, sql: str, role: str) -> str:
    """The SQLSTATE by which a statement is refused, or nothing."""
    try:
        at(url, lambda conn: conn.exec_driver_sql(sql), role)
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", "other"))
    return ""


def two_schools(url: str, *, oak: bool = True) -> str:
    """Rows of Elm and Oak, or the same of Elm alone; answers the address for who may do all."""
    at(url, lambda conn: fill(conn, "elm", Random(1)), ELM)
    if oak:
        at(url, lambda conn: fill(conn, "oak", Random(2)), OAK)
    else:  # numbers that all schools share go on from where they would
        skip = (
            "SELECT nextval('messages_n_seq'), nextval('answers_n_seq') FROM generate_series(1, 3)"
        )
        at(url, lambda conn: conn.execute(text(skip)).all(), OAK)
    return url.replace(f"{role_of('elm')}@", "peerline@")


def seen(conn: Connection) -> dict[str, int]:
    """How many rows of every table a connection sees; of one that is not there yet, none."""
    there = inspect(conn).get_table_names()
    return {
        one.name: conn.scalar(select(func.count()).select_from(one)) if one.name in there else 0
        for one in our_tables()
    }
