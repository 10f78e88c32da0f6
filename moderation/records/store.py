"""The store: many small writes become few commits, and nothing is answered before its commit.

Used by everything that keeps or reads records. Rows submitted while a commit is under way, or in
the same tick of the loop, share the next transaction (group commit). The statements of a batch run
on the loop's own thread, where nothing contends for the interpreter lock; only the COMMIT, which
waits for the disk, runs in a worker thread. docs/decisions/0003-group-commit.md has the
measurements. Operations are plain functions over a `sqlalchemy.Connection`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from moderation.records import database, log
from moderation.records.migrations import upgrade

Row = TypeVar("Row")
Result = TypeVar("Result")
P = ParamSpec("P")
Op = Callable[[Connection, Sequence[Row]], Sequence[Result | Exception]]
Done = Callable[[Any], None]

MAX_WAITING = 20_000
"""Rows that may wait; more are refused at once (about one second of the fastest load)."""
MAX_BATCH = 500
"""Rows in one transaction, so that the loop is never held for more than some milliseconds."""
BUSY = 16
"""Rows in a batch from which the next one is gathered for `GATHER` before it is committed."""
GATHER = 0.003
"""Seconds; one row costs a commit as a hundred do, so under load few large commits win."""
UPKEEP_PAGES = 2_000
"""Pages written, by estimate, after which the log is folded and the write-ahead log copied back."""
_PAGES_PER_COMMIT = 2
_ROWS_PER_PAGE = 8


_OF_THE_DISK = (OperationalError, InterfaceError, InternalError)
"""Errors that are no row's fault."""


class StoreUnavailable(Exception):  # noqa: N818 - an answer, told to people
    """Nothing was kept: the disk is full or failing, too much is waiting, or the store closed."""


class NotKept(Exception):  # noqa: N818 - an answer
    """This row alone could not be kept; only the kind of error is told, never its values."""


_Asked = tuple[Op[Any, Any], Any, Done]
"""A row that waits: a plain tuple, because one is made per message."""


def _leave() -> None:
    os._exit(os.EX_IOERR)


class Store:
    """One database: a single writer with group commit, and read-only readers."""

    def __init__(
        self, file: Path, lock: database.DirectoryLock | None, fatal: Callable[[], None]
    ) -> None:
        self._lock = lock
        self._fatal = fatal
        self._loop = asyncio.get_running_loop()
        self._writer: Engine = database.writer(file)
        self._connection = self._writer.connect()
        self._readers: Engine = database.readers(file)
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._reading = ThreadPoolExecutor(database.READERS, thread_name_prefix="read")
        self._waiting: list[_Asked] = []
        self._turn: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._open = True
        self._broken = False
        self._pages = 0

    @classmethod
    async def open(cls, url: str, fatal: Callable[[], None] = _leave) -> Self:
        """Open the database at `url`, making it or bringing its tables up to date first.

        `fatal` is called once the disk has failed to confirm a write: what is on it is then not
        known, and the process must end rather than go on.

        Raises:
            BadAddress: The url is no SQLite file.
            AlreadyOpen: Another server uses the same directory.
            FromTheFuture: A newer version of Peerline made this database.
        """
        file = database.file_of(url)
        lock = database.DirectoryLock(file.absolute().parent)
        try:
            await asyncio.to_thread(upgrade, file)
            return cls(file, lock, fatal)
        except BaseException:
            lock.close()
            raise

    @classmethod
    async def beside(cls, url: str, fatal: Callable[[], None] = _leave) -> Self:
        """Open the database while a server has it: for a command that adds a card or a person.

        Such a store writes in turn with the server and leaves all upkeep to it, since two
        connections must never both copy the write-ahead log back. Never keep messages through it.

        Raises:
            BadAddress: The url is no SQLite file.
        """
        return cls(database.file_of(url), None, fatal)

    def submit(
        self, op: Op[Row, Result], row: Row, done: Callable[[Result | Exception], None]
    ) -> None:
        """Hand in a row; `done` is called on the loop with its answer after the commit.

        The answer is an exception when the row was not kept: what the operation answered, or
        StoreUnavailable, or NotKept.
        """
        if not self._open or len(self._waiting) >= MAX_WAITING:
            self._loop.call_soon(done, StoreUnavailable())
            return
        self._waiting.append((op, row, done))
        if self._turn is None:
            self._turn = self._loop.create_task(self._work())

    async def write(self, op: Op[Row, Result], row: Row) -> Result:
        """Keep a row and answer once it is on disk; raises what `submit` would answer."""
        future: asyncio.Future[Result] = self._loop.create_future()

        def done(answer: Result | Exception) -> None:
            if future.done():
                return
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

        self.submit(op, row, done)
        return await future

    async def read(
        self, query: Callable[Concatenate[Connection, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        """Ask a question in a read-only transaction that sees everything answered so far."""

        def ask() -> Result:
            with self._readers.connect() as connection, connection.begin():
                return query(connection, *args, **kwargs)

        if not self._open:
            raise StoreUnavailable
        try:
            return await self._loop.run_in_executor(self._reading, ask)
        except _OF_THE_DISK:
            raise StoreUnavailable from None

    async def close(self) -> None:
        """Finish what was submitted, refuse the rest, and fold the log into the database."""
        if not self._open:
            return
        self._open = False
        if self._turn is not None:
            await self._turn
        await asyncio.to_thread(self._reading.shutdown)
        self._readers.dispose()
        if self._lock is not None and not self._broken:
            await self._tend("TRUNCATE")
        await asyncio.to_thread(self._committer.shutdown)
        self._connection.close()
        self._writer.dispose()
        if self._lock is not None:
            self._lock.close()

    async def scrub(self) -> None:
        """Leave no trace of what was deleted in the write-ahead log; to be called after a purge."""
        async with self._writing:
            await self._tend("TRUNCATE")

    async def _work(self) -> None:
        busy = False
        while self._waiting:
            if busy:
                await asyncio.sleep(GATHER)
            batch = self._waiting[:MAX_BATCH]
            del self._waiting[:MAX_BATCH]
            async with self._writing:
                answers = await self._keep(batch)
            self._tell(batch, answers)
            busy = len(batch) >= BUSY
            self._pages += _PAGES_PER_COMMIT + len(batch) // _ROWS_PER_PAGE
            if self._lock is not None and self._pages > UPKEEP_PAGES:
                async with self._writing:
                    await self._tend("PASSIVE")
        self._turn = None

    def _tell(self, batch: list[_Asked], answers: Sequence[Any]) -> None:
        for (_op, _row, done), answer in zip(batch, answers, strict=True):
            try:
                done(answer)
            except Exception as error:  # noqa: BLE001 - one listener's fault is not another's
                context = {"message": "a listener of the store failed", "exception": error}
                self._loop.call_exception_handler(context)

    async def _keep(self, batch: list[_Asked]) -> Sequence[Any]:
        try:
            self._connection.begin()
            answers = self._together(batch)
            await self._loop.run_in_executor(self._committer, self._connection.commit)
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing may be acknowledged
            self._failed(error)
            return [StoreUnavailable()] * len(batch)
        return answers

    def _together(self, batch: list[_Asked]) -> Sequence[Any]:
        try:
            return _answers(self._connection, batch)
        except _OF_THE_DISK:
            raise
        except Exception:  # noqa: BLE001 - one row's fault must not become another's
            self._roll_back()
            self._connection.begin()
            return [_alone(self._connection, asked) for asked in batch]

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

    def _break(self) -> None:
        if not self._broken:
            self._open = False
            self._broken = True
            self._fatal()

    def _roll_back(self) -> None:
        log.discard(self._connection)
        self._connection.rollback()


def _answers(connection: Connection, batch: Sequence[_Asked]) -> list[Any]:
    """Run each operation once over all its rows; the answers stand in the order of the batch."""
    places: dict[Op[Any, Any], list[int]] = {}
    for place, (op, _row, _done) in enumerate(batch):
        places.setdefault(op, []).append(place)
    answers: list[Any] = [None] * len(batch)
    for op, mine in places.items():
        found = op(connection, [batch[place][1] for place in mine])
        for place, answer in zip(mine, found, strict=True):
            answers[place] = answer
    return answers


def _alone(connection: Connection, asked: _Asked) -> Any:
    op, row, _done = asked
    try:
        with connection.begin_nested():
            (answer,) = op(connection, [row])
    except _OF_THE_DISK:
        raise
    except Exception as error:  # noqa: BLE001 - answered, to this row only
        log.discard(connection)
        return NotKept(type(error).__name__)
    return answer
