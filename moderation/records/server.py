"""How a PostgreSQL server is reached so that what it committed stays: for this package only.

`postgres.py` runs operations over the engines made here. Off this machine a server is only spoken
to with a password and over TLS whose certificate is checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from moderation.records.database import BadAddress

P = ParamSpec("P")
Result = TypeVar("Result")

READERS = 4
"""Reading connections of one node: reads are few and short."""
_SETTINGS = {
    "synchronous_commit": "on",  # whatever the server's own default is
    "idle_in_transaction_session_timeout": "5000",  # a node that was stopped holds no lock for long
    "lock_timeout": "2500",
    "application_name": "peerline",
}
_CONNECT_SECONDS = 3
_STATEMENTS = 400
_OF_ROWS = ("22", "23", "42")
"""Classes of SQLSTATE that are a row's own fault: its data, a rule of the tables, its statement."""
_UNDONE = "40"
"""The class of a transaction undone for another's sake: a deadlock, a serialization failure."""

_REASONS = {
    "28": "it does not take this user with this password",
    "3D": "it has no such database",
    "53": "all its connections are taken, or its disk is full",
    "57": "it is starting, or being stopped",
}
"""By class of SQLSTATE, what whoever looks after it can put right."""


class Gone(Exception):  # noqa: N818 - says what was found
    """The server cannot be reached, or cannot keep anything now."""


class Undone(Exception):  # noqa: N818 - says what was found
    """The server undid the transaction; running it again may work."""


def writer(url: str) -> AsyncEngine:
    """An engine for the one connection of this node that writes; raises BadAddress."""
    return _engine(url, 1)


def readers(url: str) -> AsyncEngine:
    """An engine for read-only connections; each transaction sees one moment."""
    engine = _engine(url, READERS)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _engine(url: str, connections: int) -> AsyncEngine:
    address, arguments = _address(url)
    return create_async_engine(
        address,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_CONNECT_SECONDS,
        hide_parameters=True,
        connect_args={
            "timeout": _CONNECT_SECONDS,
            "server_settings": _SETTINGS,
            "prepared_statement_cache_size": _STATEMENTS,
            **arguments,
        },
    )


def _address(url: str) -> tuple[URL, dict[str, Any]]:
    """The address for the driver and how to encrypt; raises BadAddress for one that is unsafe."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    query = dict(address.query)
    secure, authority = query.pop("ssl", None), query.pop("sslrootcert", None)
    address = address.set(query=query)
    if not address.database:
        raise BadAddress("database: name it, postgresql://user:password@host/peerline")
    host = address.host or _text(query.get("host")) or "localhost"
    if secure == "verify-full":
        encrypted: ssl.SSLContext | bool = ssl.create_default_context(cafile=_text(authority))
    elif secure is None and is_loopback(host):
        encrypted = False
    else:
        raise BadAddress(
            "database: a PostgreSQL server elsewhere needs TLS that is checked:"
            " add ?ssl=verify-full (and &sslrootcert=/path/ca.pem)"
        )
    if not is_loopback(host) and not address.password:
        raise BadAddress("database: a PostgreSQL server elsewhere needs a password")
    return address, {"ssl": encrypted}


def is_loopback(host: str) -> bool:
    """Whether that host, or directory of a Unix socket, is this machine for certain."""
    if host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _text(value: str | tuple[str, ...] | None) -> str | None:
    return value if isinstance(value, str) else None


async def transaction(
    engine: AsyncEngine,
    patience: float,
    work: Callable[Concatenate[Connection, P], Result],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Result:
    """Run that in a transaction and commit it; after `patience` seconds the connection is cut.

    Raises:
        Gone: The server cannot be reached or cannot keep anything, or took too long. If it was
            lost while committing, nobody knows whether it kept this.
        Undone: The transaction was undone for another's sake.
    """
    loop = asyncio.get_running_loop()
    with faults():
        async with engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            # Cut, not cancelled: undoing politely would wait for the same silent server.
            timer = loop.call_later(patience, driver.terminate)
            try:
                async with connection.begin():
                    return await connection.run_sync(work, *args, **kwargs)
            finally:
                timer.cancel()


@contextmanager
def faults() -> Iterator[None]:
    """Tell what the server is to blame for as Gone or Undone; a row's own fault goes through."""
    try:
        yield
    except (OSError, PoolTimeout) as error:  # asyncio's own TimeoutError is an OSError
        raise Gone(f"nobody answers ({type(error).__name__})") from None
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state is None and isinstance(error.__cause__, ValueError):
            raise  # a value the driver could not send
        if state is None or state[:2] not in (*_OF_ROWS, _UNDONE):
            raise Gone(_REASONS.get((state or "")[:2], "it cannot keep anything now")) from None
        if state[:2] == _UNDONE:
            raise Undone from None
        raise
