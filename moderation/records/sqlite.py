"""The store over a SQLite file: the embedded default, for one machine.

Made by `Store.open`. The statements of a batch run on the loop's own thread, where nothing contends
for the interpreter lock; only the COMMIT, which waits for the disk, runs in a worker thread.
docs/decisions/0003-group-commit.md has the measurements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate

from sqlalchemy import Connection, Engine

from moderation.records import database, log
from moderation.records.migrations import upgrade_file
from moderation.records.store import (
    OF_THE_DISK,
    Asked,
    P,
    Result,
    Store,
    StoreUnavailable,
    alone,
    answers_of,
)

UPKEEP_PAGES = 2_000
"""Pages written, by estimate, after which the log is folded and the write-ahead log copied back."""
_PAGES_PER_COMMIT = 2
_ROWS_PER_PAGE = 8


Look = tuple[asyncio.Future[Any], Callable[[Connection], Any]]
"""A small question, and where its answer goes."""


class SqliteStore(Store):
    """A SQLite file: one writing connection, and read-only readers."""

    def __init__(
        self, file: Path, lock: database.DirectoryLock | None, fatal: Callable[[], None]
    ) -> None:
        super().__init__(fatal)
        self._lock = lock
        self._writer: Engine = database.writer(file)
        self._connection = self._writer.connect()
        self._readers: Engine = database.readers(file)
        # As many as threads that read: to take one costs a tenth of having the engine connect.
        self._idle = [self._readers.connect() for _ in range(database.READERS)]
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._reading = ThreadPoolExecutor(database.READERS, thread_name_prefix="read")
        self._looks: list[Look] = []
        self._pages = 0

    @classmethod
    async def opened(cls, url: str, fatal: Callable[[], None]) -> Store:
        """Take the lock of the file's directory, bring its tables up to date, and open it."""
        file = database.file_of(url)
        lock = database.DirectoryLock(file.absolute().parent)
        try:
            with database.in_plain_words(file):
                await asyncio.to_thread(database.check, file)
                await asyncio.to_thread(upgrade_file, file)
                return cls(file, lock, fatal)
        except BaseException:
            lock.close()
            raise

    @classmethod
    async def opened_beside(cls, url: str, fatal: Callable[[], None]) -> Store:
        """Open it beside a server: writes take turns, and all upkeep is left to the server.

        Two connections must never both copy the write-ahead log back.
        """
        file = database.file_of(url)
        with database.in_plain_words(file):
            return cls(file, None, fatal)

    async def read(
        self, query: Callable[Concatenate[Connection, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        """Ask a question in a read-only transaction that sees everything answered so far."""

        def ask() -> Result:
            connection = self._idle.pop()
            try:
                with connection.begin():
                    return query(connection, *args, **kwargs)
            finally:
                self._idle.append(connection)

        if not self._open:
            raise StoreUnavailable
        try:
            return await self._loop.run_in_executor(self._reading, ask)
        except OF_THE_DISK:
            raise StoreUnavailable from None

    async def look(
        self, query: Callable[Concatenate[Connection, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        """The same for a few rows by their keys: those of one turn of the loop are asked together.

        To have a thread take a question and begin a transaction costs more than the answer.
        """
        if not self._open:
            raise StoreUnavailable
        answer: asyncio.Future[Result] = self._loop.create_future()
        if not self._looks:
            self._loop.call_soon(self._look_together)
        self._looks.append((answer, lambda connection: query(connection, *args, **kwargs)))
        return await answer

    async def scrub(self) -> None:
        """Leave no trace of what was deleted in the write-ahead log; to be called after a purge."""
        async with self._writing:
            await self._tend("TRUNCATE")

    def _look_together(self) -> None:
        looks, self._looks = self._looks, []
        if looks:
            asked = self._loop.run_in_executor(self._reading, self._found, looks)
            asked.add_done_callback(lambda asked: _tell(looks, asked.result()))

    def _found(self, looks: list[Look]) -> list[Any]:
        """The answer to each of these, or what went wrong with it alone; runs in a thread."""
        connection = self._idle.pop()
        try:
            with connection.begin():
                return [_answer(connection, query) for _, query in looks]
        except Exception:  # noqa: BLE001 - whatever it was, none of them may wait for ever
            return [StoreUnavailable()] * len(looks)
        finally:
            self._idle.append(connection)

    async def _disconnect(self) -> None:
        """Fold the log into the database and close it."""
        self._look_together()
        await asyncio.to_thread(self._reading.shutdown)
        for connection in self._idle:
            connection.close()
        self._readers.dispose()
        if self._lock is not None and not self._broken:
            await self._tend("TRUNCATE")
        await asyncio.to_thread(self._committer.shutdown)
        self._connection.close()
        self._writer.dispose()
        if self._lock is not None:
            self._lock.close()

    async def _kept(self, batch: list[Asked]) -> None:
        self._pages += _PAGES_PER_COMMIT + len(batch) // _ROWS_PER_PAGE
        if self._lock is not None and self._pages > UPKEEP_PAGES:
            async with self._writing:
                await self._tend("PASSIVE")

    async def _keep(self, batch: list[Asked]) -> Sequence[Any]:
        try:
            self._connection.begin()
            answers = self._together(batch)
            await self._loop.run_in_executor(self._committer, self._connection.commit)
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing may be acknowledged
            self._failed(error)
            return [StoreUnavailable()] * len(batch)
        return answers

    def _together(self, batch: list[Asked]) -> Sequence[Any]:
        try:
            return answers_of(self._connection, batch)
        except OF_THE_DISK:
            raise
        except Exception:  # noqa: BLE001 - one row's fault must not become another's
            self._roll_back()
            self._connection.begin()
            return [alone(self._connection, asked) for asked in batch]

    async def _tend(self, how: str) -> None:
        """Fold the log and copy the write-ahead log back, so that neither grows for ever."""
        self._pages = 0
        try:
            await self._loop.run_in_executor(self._committer, self._upkeep, how)
        except Exception as error:  # noqa: BLE001 - tried again when as much has been written
            self._failed(error)

    def _upkeep(self, how: str) -> None:
        with self._connection.begin():
            log.upkeep(self._connection)
        database.checkpoint(self._connection, how)

    def _failed(self, error: Exception) -> None:
        """Undo the transaction; end the process if what is on the disk cannot be known."""
        if database.lost_fsync(error):
            self._break()
        try:
            self._roll_back()
        except Exception:  # noqa: BLE001 - a connection that cannot even undo is of no more use
            self._break()

    def _roll_back(self) -> None:
        log.discard(self._connection)
        self._connection.rollback()


def _answer(connection: Connection, query: Callable[[Connection], Any]) -> Any:
    try:
        return query(connection)
    except OF_THE_DISK:
        return StoreUnavailable()
    except Exception as error:  # noqa: BLE001 - one question's fault must not become another's
        return error


def _tell(looks: list[Look], answers: list[Any]) -> None:
    for (future, _query), answer in zip(looks, answers, strict=True):
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
