"""Real servers for tests: PostgreSQL and Redis, each on a free port, as an unprivileged user."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from moderation.records.migrations import migrate
from moderation.records.tenancy import role_of

PATIENCE = 30.0
"""Seconds after which a server that has not answered will not."""
SCHOOLS = ("elm", "oak", "test", "school")
"""Schools that tests are of."""
REDIS = os.environ.get("PEERLINE_TEST_REDIS", "redis-server")
"""The program; `valkey-server` does as well."""
OWNER = "district"
"""Who owns the tables, and serves nobody."""
_held: list[socket.socket] = []


def free_port() -> int:
    """A port on which nobody listens, and that no other test is given while this process lives.

    It stays bound, and whoever sets SO_REUSEADDR, as servers do, may listen on it all the same: a
    server that is started again finds it free, whatever is opened on this machine meanwhile.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    _held.append(held)
    port: int = held.getsockname()[1]
    return port


def postgres_programs() -> Path:
    """Where PostgreSQL's own programs are; without them the test is skipped."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("PostgreSQL is not installed (tests/machine.sh postgresql)")
    return found[-1]


@dataclass
class _Process:
    """A server process and its own directory."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    told: Path | None = None
    """Where it writes what it has to say, if not beside its directory."""

    def _start(self, command: list[str], user: str) -> None:
        if self.process is None:
            with (self.told or self.directory.parent / "log").open("ab") as told:
                self.process = subprocess.Popen(
                    command,
                    stdout=told,
                    stderr=told,
                    cwd="/",
                    start_new_session=True,
                    **_as_user(user),
                )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, "the server ended by itself"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def kill(self) -> None:
        """Kill -9 it and all its children, and wait until it is gone."""
        if self.process is not None:
            with contextlib.suppress(FileNotFoundError):  # it has ended by itself
                self._signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def pause(self) -> None:
        """Stop it and all its children where they stand."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self.process is not None
        first = self.process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def _as_user(user: str) -> dict[str, Any]:
    """Arguments that start a process as that user, when the tests run as root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": ()}


def _own(directory: Path, user: str) -> None:
    if os.geteuid() == 0:
        entry = pwd.getpwnam(user)
        os.chown(directory, entry.pw_uid, entry.pw_gid)


@dataclass
class Postgres(_Process):
    """A PostgreSQL server; `safe` makes it wait for the disk as a real one does."""

    safe: bool = False
    _count: int = field(default=0)

    @classmethod
    def made(cls, *, safe: bool = False, parent: Path | None = None) -> Postgres:
        """A new, empty server that answers; in `parent`, or in a directory of its own."""
        programs = postgres_programs()
        parent = parent or Path(tempfile.mkdtemp(prefix="peerline-pg-"))
        parent.chmod(0o755)
        directory = parent / "data"
        directory.mkdir(mode=0o700)
        _own(directory, "postgres")
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                directory,
                *["-U", "peerline", "-A", "trust", "-N", "-E", "UTF8"],
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **_as_user("postgres"),
        )
        server = cls(directory, free_port(), safe=safe)
        server.start()
        return server

    def start(self) -> None:
        """Start it, again perhaps, and wait until it takes connections."""
        sync = "on" if self.safe else "off"
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": sync,
            "max_connections": 60,
            "shared_buffers": "32MB",
            "autovacuum": sync,
            "autovacuum_naptime": "5s",
            "recovery_init_sync_method": "syncfs",
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [str(postgres_programs() / "postgres"), "-D", str(self.directory), *flags]
        self._start(command, "postgres")
        asyncio.run(self._ready())

    async def _ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                connection = await asyncpg.connect(self.address("postgres"), ssl=False)
            except (OSError, asyncpg.PostgresError):
                assert time.monotonic() < deadline, "PostgreSQL does not answer"
                await asyncio.sleep(0.02)
            else:
                await connection.close()
                return

    def address(self, database: str, role: str = "peerline") -> str:
        """The address of one of its databases, for somebody; `peerline` may do everything."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def ready(self, school: str = SCHOOLS[0], database: str = "ready") -> str:
        """The address, for a school's nodes, of a new database that has our tables."""
        asyncio.run(self._people())
        asyncio.run(self.ask(f"CREATE DATABASE {database} OWNER {OWNER}"))
        for one in SCHOOLS:
            migrate(self.address(database, OWNER), one)
        return self.address(database, role_of(school))

    async def _people(self) -> None:
        """The owner of the tables, the roles of each school, and two of no school."""
        nodes = [role_of(school) for school in SCHOOLS]
        for role in (OWNER, *nodes, f"{nodes[0]}_audit", "ash", "passing BYPASSRLS"):
            await self.ask(f"CREATE ROLE {role} LOGIN")

    async def ask(self, sql: str, database: str = "postgres") -> list[asyncpg.Record]:
        """Run one statement beside whoever else uses it."""
        connection = await asyncpg.connect(self.address(database), ssl=False)
        try:
            found: list[asyncpg.Record] = await connection.fetch(sql)
            return found
        finally:
            await connection.close()

    async def database(self, school: str = SCHOOLS[0]) -> str:
        """The address, for a school's nodes, of a new copy of the database that is `ready`."""
        self._count += 1
        name = f"test_{self._count}"
        copied = "TEMPLATE ready STRATEGY file_copy"  # the quickest where nobody waits for the disk
        await self.ask(f"CREATE DATABASE {name} {copied} OWNER {OWNER}")
        return self.address(name, role_of(school))

    def close(self) -> None:
        """End it and leave nothing behind."""
        self.kill()
        shutil.rmtree(self.directory.parent, ignore_errors=True)


@dataclass
class Redis(_Process):
    """A Redis server that keeps nothing on disk."""

    options: tuple[str, ...] = ()

    @classmethod
    def made(cls, *options: str, parent: Path | None = None) -> Redis:
        """A new, empty server that answers; in `parent`, or in a directory of its own."""
        if shutil.which(REDIS) is None:
            pytest.skip(f"{REDIS} is not installed (tests/machine.sh redis-server)")
        parent = parent or Path(tempfile.mkdtemp(prefix="peerline-redis-"))
        parent.chmod(0o755)
        directory = parent / "data"
        directory.mkdir(mode=0o755)
        _own(directory, "nobody")
        server = cls(directory, free_port(), options=options)
        server.start()
        return server

    def start(self) -> None:
        """Start it, again perhaps, and wait until it answers."""
        command = [REDIS, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--dir", str(self.directory), "--daemonize", "no", *self.options]
        self._start(command, "nobody")

    def _answers(self) -> bool:
        """It listens, and has read what it kept."""
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), 1) as it,
        ):
            it.sendall(b"PING\r\n")
            return not it.recv(64).startswith(b"-LOADING")
        return False

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def close(self) -> None:
        """End it and leave nothing behind."""
        self.kill()
        shutil.rmtree(self.directory.parent, ignore_errors=True)
