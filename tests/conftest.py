"""What holds for every test: it says in a sentence what must hold, and does not wait for ever.

On CI none is skipped.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import logging
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from itertools import chain, groupby, zip_longest
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from argon2 import PasswordHasher
from sqlalchemy import Dialect, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from moderation.people import hashing
from moderation.records import database, server, sqlite
from moderation.records.migrations import upgrade_file
from tests.servers import Postgres, Redis

hypothesis.settings.register_profile("peerline", deadline=None)
hypothesis.settings.load_profile("peerline")  # a busy machine is no reason to fail

gc.disable()  # until everything is collected: nothing of it is garbage

WAITING = ("faults", "scale", "house")
"""Folders of tests that wait for servers to die, lines to break and time to pass."""

LONGEST = 240.0
"""Seconds after which a test that waits has failed; less than `timeout` in `pyproject.toml`."""


_AS_SERVED = database._WRITER


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """A test that runs the command line: logs go where they went, afterwards."""
    handlers = list(logging.root.handlers)
    yield
    structlog.reset_defaults()
    for handler in set(logging.root.handlers) - set(handlers):
        logging.root.removeHandler(handler)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A password costs nothing here; `test_hashing.py` knows what it costs where they matter.

    The real hash is most of what it takes to open a house and hire somebody.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hashing, "password_hasher", lambda: quick)
        yield


@pytest.fixture(scope="session", autouse=True)
def _tables_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new file begins as a copy of one that was brought up to date, step by step, before.

    `test_migrations.py` and the servers of `tests/faults` take all steps themselves.
    """
    ready = tmp_path_factory.mktemp("tables") / "ready.db"
    upgrade_file(ready)

    def upgraded(file: Path) -> None:
        if not file.exists():
            database.make(file)
            shutil.copyfile(ready, file)
        upgrade_file(file)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sqlite, "upgrade_file", upgraded)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> Iterator[None]:
    """A commit is handed to the system and not waited for: no test cuts the power of this process.

    Those that do cut it, or kill, have servers in processes of their own, which wait.
    """
    at_once = [pragma.replace("synchronous = FULL", "synchronous = OFF") for pragma in _AS_SERVED]
    assert at_once != list(_AS_SERVED)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "_WRITER", tuple(at_once))
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """All databases of a kind share a dialect and what it has made of statements.

    A server has its own and compiles each once; for a test that lives for a moment it is most of
    the work.
    """
    dialects: dict[str, Dialect] = {}
    compiled: dict[Any, Any] = {}

    def sharing(engine: Engine) -> None:
        engine.dialect = dialects.setdefault(engine.name, engine.dialect)
        engine.update_execution_options(compiled_cache=compiled)

    def of_a_file(*given: Any, make: Any = database._engine) -> Engine:
        engine: Engine = make(*given)
        sharing(engine)
        return engine

    def of_a_server(*given: Any, make: Any = server._engine) -> AsyncEngine:
        engine: AsyncEngine = make(*given)
        sharing(engine.sync_engine)
        return engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "_engine", of_a_file)
        patched.setattr(server, "_engine", of_a_server)
        yield


@pytest.fixture
def waits_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases are opened as they are served from, for a test that is about just that."""
    monkeypatch.setattr(database, "_WRITER", _AS_SERVED)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with a database `ready` that has our tables, to be copied by tests."""
    server = Postgres.made()
    server.ready()
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """A Redis server; tests keep apart by the name of their school, or empty it."""
    server = Redis.made()
    yield server
    server.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that do not say what they state, and let none that awaits wait for ever.

    What uses the processor most takes turns with what mostly waits for something else.
    """
    silent = [
        item.nodeid
        for item in items
        if isinstance(item, pytest.Function)
        and not item.function.__doc__
        and not item.nodeid.endswith("::runTest")
    ]
    if silent:
        raise pytest.UsageError("tests without a sentence:\n  " + "\n  ".join(silent))
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = _in_time(item.obj)
    items[:] = _in_turn(items)


def pytest_collection_finish() -> None:
    """Search for garbage as seldom as a server does, and never among what is there by now.

    Thousands of tests and the whole product are a million objects, and none of them is.
    """
    gc.freeze()
    gc.set_threshold(20_000, 5, 80)
    gc.enable()


def _in_turn(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """A file in a browser, a file about faults, and so on; then everything else as it was."""
    busy, waiting, rest = [], [], []
    for path, of_it in groupby(items, lambda item: item.path):
        folder = path.relative_to(Path(__file__).parent).parts[0]
        kind = busy if folder == "browser" else waiting if folder in WAITING else rest
        kind.append(list(of_it))
    pairs = zip_longest(busy, waiting, fillvalue=[])
    return chain.from_iterable(chain(chain.from_iterable(pairs), rest))


def _in_time(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """That test, failing at the line that waits too long.

    What pytest-timeout does ends the process, and all that a worker has written by then is lost.
    """

    @functools.wraps(test)
    async def within(*given: Any, **named: Any) -> None:
        async with asyncio.timeout(LONGEST):
            await test(*given, **named)

    return within


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true a skipped test fails the run: there, everything that is needed is installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return
    reasons = sorted({report.longrepr[2] for report in reporter.stats.get("skipped", [])})
    if not reasons:
        return
    reporter.write_line("")
    reporter.write_line("CI=true and tests were skipped:\n  " + "\n  ".join(reasons), red=True)
    if session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
