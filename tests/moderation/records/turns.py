"""Transactions of tests that stay open until something has happened at another node."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, func, select, text

_WAITED_FOR = text(
    "SELECT EXISTS (SELECT FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
)
_LOOK, _LOOKS = select(func.pg_sleep(0.005)), 2_000
"""How often the server is asked, since it tells nobody; after ten seconds something is wrong."""


def stay_until(conn: Connection, happened: Callable[[], bool]) -> None:
    """Keep this transaction open until that has happened."""
    for _ in range(_LOOKS):
        if happened():
            return
        conn.execute(_LOOK)
    raise AssertionError("it never happened")


def stay_until_waited_for(conn: Connection) -> None:
    """Keep this transaction open until another one waits for it."""
    stay_until(conn, lambda: bool(conn.scalar(_WAITED_FOR)))
