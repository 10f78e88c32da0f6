"""The store: many small writes become few commits, and nothing is answered before its commit.

Used by everything that keeps or reads records. Rows submitted while a commit is under way, or in
the same tick of the loop, share the next transaction (group commit). Operations are plain functions
over a `sqlalchemy.Connection`. This file is the queue in front of the database; `sqlite.py` and
`postgres.py` are the two databases behind it.
"""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, InternalError, OperationalError

from moderation.records import log

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

OF_THE_DISK = (OperationalError, InterfaceError, InternalError)
"""Errors that are no row's fault."""


class StoreUnavailable(Exception):  # noqa: N818 - an answer, told to people
    """Nothing was kept: the disk is full or failing, too much is waiting, or the store closed."""


class NotKept(Exception):  # noqa: N818 - an answer
    """This row alone could not be kept; only the kind of error is told, never its values."""


Asked = tuple[Op[Any, Any], Any, Done]
"""A row that waits: a plain tuple, because one is made per message."""


def _leave() -> None:
    os._exit(os.EX_IOERR)


class Store(ABC):
    """One database: a single writer with group commit, and readers beside it.

    `batches` and `rows` count since the start what was handed to the database.
    """

    def __init__(self, fatal: Callable[[], None]) -> None:
        self.batches = self.rows = 0
        self._fatal = fatal
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Asked] = []
        self._turn: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._open = True
        self._broken = False

    @staticmethod
    async def open(url: str, fatal: Callable[[], None] = _leave) -> Store:
        """Open the database at `url`; a SQLite file is made, or brought up to date, first.

        `fatal` is called once the disk has failed to confirm a write: what is on it is then not
        known, and the process must end rather than go on.

        Raises:
            BadAddress: The url is neither a SQLite file nor a PostgreSQL server safely reached.
            AlreadyOpen: Another server uses the same SQLite file's directory.
            Behind: The PostgreSQL server's tables are older than this program.
            FromTheFuture: A newer version of Peerline made this database.
        """
        return await _kind(url).opened(url, fatal)

    @staticmethod
    async def beside(url: str, fatal: Callable[[], None] = _leave) -> Store:
        """Open the database while a server has it: for a command that adds a card or a person.

        Never keep messages through such a store. Raises BadAddress.
        """
        return await _kind(url).opened_beside(url, fatal)

    @classmethod
    @abstractmethod
    async def opened(cls, url: str, fatal: Callable[[], None]) -> Store:
        """What `open` does, for one kind of database."""

    @classmethod
    @abstractmethod
    async def opened_beside(cls, url: str, fatal: Callable[[], None]) -> Store:
        """What `beside` does, for one kind of database."""

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

    @abstractmethod
    async def read(
        self, query: Callable[Concatenate[Connection, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        """Ask a question in a read-only transaction that sees everything answered so far."""

    async def look(
        self, query: Callable[Concatenate[Connection, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        """The same for a few rows by their keys, which a database may answer with others."""
        return await self.read(query, *args, **kwargs)

    @property
    def waiting(self) -> int:
        """How many rows wait for the next transaction."""
        return len(self._waiting)

    async def close(self) -> None:
        """Finish what was submitted, refuse the rest, and let go of the database."""
        if not self._open:
            return
        self._open = False
        if self._turn is not None:
            await self._turn
        await self._disconnect()

    @abstractmethod
    async def scrub(self) -> None:
        """Leave no trace of what was deleted; to be called after a purge."""

    @abstractmethod
    async def _keep(self, batch: list[Asked]) -> Sequence[Any]:
        """Commit a batch; the answers in its order, all StoreUnavailable if nothing was kept."""

    @abstractmethod
    async def _disconnect(self) -> None:
        """The last thing that happens to a store."""

    async def _kept(self, batch: list[Asked]) -> None:  # noqa: B027 - most databases need no care
        """A batch was answered; a database that must be tended now and then overrides this."""

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
            self.batches += 1
            self.rows += len(batch)
            await self._kept(batch)
        self._turn = None

    def _tell(self, batch: list[Asked], answers: Sequence[Any]) -> None:
        for (_op, _row, done), answer in zip(batch, answers, strict=True):
            try:
                done(answer)
            except Exception as error:  # noqa: BLE001 - one listener's fault is not another's
                context = {"message": "a listener of the store failed", "exception": error}
                self._loop.call_exception_handler(context)

    def _break(self) -> None:
        if not self._broken:
            self._open = False
            self._broken = True
            self._fatal()


def _kind(url: str) -> type[Store]:
    """The kind of store an address names; an address that names none is refused by SQLite's."""
    from moderation.records.postgres import PostgresStore  # noqa: PLC0415 - it is built on this file
    from moderation.records.sqlite import SqliteStore  # noqa: PLC0415 - the same

    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    return PostgresStore if backend == "postgresql" else SqliteStore


def answers_of(connection: Connection, batch: Sequence[Asked]) -> list[Any]:
    """Run each operation once over all its rows; the answers stand in the order of the batch."""
    rows: dict[Op[Any, Any], list[Any]] = {}
    for op, row, _done in batch:
        if op in rows:
            rows[op].append(row)
        else:
            rows[op] = [row]
    found = {op: op(connection, mine) for op, mine in rows.items()}
    if any(len(found[op]) != len(mine) for op, mine in rows.items()):
        raise ValueError("an operation must answer every row")
    if len(found) == 1:  # nearly always: messages, and nothing else
        return list(*found.values())
    left = {op: iter(answers) for op, answers in found.items()}
    return [next(left[op]) for op, _row, _done in batch]


def alone(connection: Connection, asked: Asked) -> Any:
    """Run one row under a savepoint of its own: its fault is answered to it alone."""
    op, row, _done = asked
    try:
        with connection.begin_nested():
            (answer,) = op(connection, [row])
    except OF_THE_DISK:
        raise
    except Exception as error:  # noqa: BLE001 - answered, to this row only
        log.discard(connection)
        return NotKept(type(error).__name__)
    return answer
