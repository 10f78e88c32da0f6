"""The store over PostgreSQL: for several nodes, or more than one machine carries.

Made by `Store.open`. Operations are the same plain functions as over SQLite: `run_sync` runs them
on the loop's thread in a greenlet that gives way whenever the server is waited for, so a slow
server holds up nobody's chat. Rows of one operation share a transaction; different operations get
one each, so that each takes its locks in one order (`locks.py`). What the server undid because two
nodes waited for each other is run again. docs/decisions/0012-postgresql.md says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Concatenate

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from moderation.records import log, server
from moderation.records.migrations import fits
from moderation.records.store import (
    Asked,
    NotKept,
    Op,
    P,
    Result,
    Store,
    StoreUnavailable,
    answers_of,
)

PATIENCE = 3.0
"""Seconds a transaction may take; a server that has not answered by then is as good as gone."""
TRIES = 4
"""How often a transaction is run that the server undid for the sake of another's."""


class PostgresStore(Store):
    """A PostgreSQL server: one writing connection of this node, and a few readers."""

    def __init__(
        self, writer: AsyncEngine, readers: AsyncEngine, fatal: Callable[[], None]
    ) -> None:
        super().__init__(fatal)
        self._writer = writer
        self._readers = readers
        self._asking = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @classmethod
    async def opened(cls, url: str, fatal: Callable[[], None]) -> Store:
        """Open it if its tables are of this version; only their owner may bring them up to date."""
        await fits(url)
        return await cls.opened_beside(url, fatal)

    @classmethod
    async def opened_beside(cls, url: str, fatal: Callable[[], None]) -> Store:
        """Open it as it is."""
        return cls(server.writer(url), server.readers(url), fatal)

    async def read(
        self, query: Callable[Concatenate[Connection, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        """Ask a question in a read-only transaction that sees everything answered so far."""
        if not self._open:
            raise StoreUnavailable
        try:
            return await self._ask(query, *args, **kwargs)
        except server.Gone:
            if not self._open:
                raise StoreUnavailable from None
            # The pool may hold connections to a server that has been started again since.
            return await self._ask_anew(query, *args, **kwargs)

    async def scrub(self) -> None:
        """Nothing: PostgreSQL's own vacuum and the end of its log remove what was deleted."""

    async def _ask(
        self, query: Callable[Concatenate[Connection, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        self._asking += 1
        self._quiet.clear()
        try:
            return await server.transaction(self._readers, PATIENCE, query, *args, **kwargs)
        finally:
            self._asking -= 1
            if not self._asking:
                self._quiet.set()

    async def _ask_anew(
        self, query: Callable[Concatenate[Connection, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        try:
            return await self._ask(query, *args, **kwargs)
        except server.Gone:
            raise StoreUnavailable from None

    async def _keep(self, batch: list[Asked]) -> Sequence[Any]:
        places: dict[Op[Any, Any], list[int]] = {}
        for place, (op, _row, _done) in enumerate(batch):
            places.setdefault(op, []).append(place)
        answers: list[Any] = [StoreUnavailable()] * len(batch)
        try:
            for mine in places.values():
                await self._commit(batch, mine, answers)
        except server.Gone:
            pass  # what was not answered is unavailable; the pool makes a new connection
        return answers

    async def _commit(self, batch: list[Asked], mine: list[int], answers: list[Any]) -> None:
        """Commit rows of one operation, together or, if one of them is at fault, one by one.

        `mine` are their places in the batch; each is answered once it is committed.
        """
        try:
            found = await self._transaction([batch[place] for place in mine])
        except server.Gone:
            raise
        except Exception as error:  # noqa: BLE001 - one row's fault must not become another's
            if len(mine) > 1:
                for place in mine:
                    await self._commit(batch, [place], answers)
                return
            found = [NotKept(_kind(error))]
        for place, answer in zip(mine, found, strict=True):
            answers[place] = answer

    async def _transaction(self, group: list[Asked]) -> Sequence[Any]:
        for _ in range(TRIES):
            try:
                return await server.transaction(self._writer, PATIENCE, _run, group)
            except server.Undone:
                continue
        raise server.Gone

    async def _disconnect(self) -> None:
        await self._quiet.wait()  # a connection in use when its pool goes is never closed
        await self._readers.dispose()
        await self._writer.dispose()


def _run(connection: Connection, group: list[Asked]) -> Sequence[Any]:
    log.discard(connection)  # what was learned under locks was only true while they were held
    return answers_of(connection, group)


def _kind(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return type(cause or error).__name__
