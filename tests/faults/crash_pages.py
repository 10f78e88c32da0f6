"""A process that pages is killed in the middle of a page, again and again; no page may be lost.

    python -m tests.faults.crash_pages --times 500

Each life is a process of its own (`kill -9` spares nothing), forked after the imports so that it is
cheap: it opens the records, sends what the life before it left, raises an incident with a page for
each of two contacts, and dies where it was told to. The provider is a listener on a real socket in
the parent, which counts how often each page arrived. Lives are 35 seconds apart, by a clock that
they are handed: longer than a lease, shorter than a round.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import select
import signal
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy import select as query

from moderation.incidents.duty import Duty
from moderation.incidents.incidents import Incidents
from moderation.incidents.sender import DutySettings
from moderation.pager import Ways, channels, networks
from moderation.pager.channel import Channel, Notice, Outcome
from moderation.records import tables as t
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.moderation.night import BASE, Adult, World, record
from tests.moderation.noting import NIGHT, Clock, Noting

POINTS = ("before", "during", "after", "noted")
"""Where a life ends: before the provider is called, while it is, before that is kept, and after."""
APART = 35.0
CONTACTS = 2
TWICE = 2
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class NoMail:
    """No mail server."""

    host: str = ""
    port: int = 0
    sender: str = ""
    user: str = ""
    password: str = ""
    encrypt: bool = True


@dataclass
class Life:
    """One process: when it lives, and at which call of the provider it dies (None: never)."""

    folder: Path
    at: float
    point: str = ""
    call: int = 1
    calls: int = 0
    tells: int = -1
    """A pipe into which it says that its own page comes now."""

    def reaches(self, point: str) -> None:
        """Die here, if this is where."""
        if point == "before":
            self.calls += 1
        if point == self.point and self.calls >= self.call:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Dying:
    """The real webhook channel, in a process that may not survive its call."""

    real: Channel
    life: Life
    alive: bool = True
    """Whether it goes on living whatever it calls."""

    def accepts(self, address: str) -> bool:
        """As the real one."""
        return self.real.accepts(address)

    async def send(self, address: str, notice: Notice) -> Outcome:
        """Send, and die before or after it."""
        if not self.alive:
            self.life.reaches("before")
        outcome = await self.real.send(address, notice)
        if not self.alive:
            self.life.reaches("after")
        return outcome


async def live(life: Life, port: int) -> None:
    """Send what was left, end that incident, raise one's own, and die or not."""
    store = await Store.open(f"sqlite:///{life.folder}/peerline.db")
    clock, vault = Clock(life.at), Vault(bytes(32))
    ways = channels(Ways(NoMail(), 5, named=networks(["127.0.0.1"])))
    records = SchoolRecords("school", store, vault, clock)
    channel = Dying(ways["webhook"], life)
    world = World(
        store,
        vault,
        clock,
        Noting(clock),
        DutySettings(BASE).policy,
        Incidents(records),
        Duty(records, {}, DutySettings(BASE)),
        {"webhook": channel},
    )
    world.restart()
    await world.look()
    adult = await _adult(world, port)
    for code in await store.read(_open):
        await world.incidents.acknowledge(code, adult)
        await world.incidents.resolve(code, adult, "spoken_to", record())
    if life.point:
        channel.alive = False
        os.write(life.tells, b"!")
        world.incidents.on_change(lambda _code: life.calls and life.reaches("noted"))
        await world.say(await world.room())
        await world.look()
    await world.duty.close()
    await store.close()


async def _adult(world: World, port: int) -> Adult:
    """The one adult of this school, whose two contacts are the listener."""
    for row in await world.rows(t.staff.select()):
        return Adult(row.id, row.school, row.role)
    adult = await world.adult("Ada", "counsellor", *["webhook"] * CONTACTS)
    contacts = await world.rows(t.contacts.select())

    def point(conn: Connection, _rows: Sequence[None]) -> list[None]:
        for place, contact in enumerate(contacts):
            url = world.vault.seal_field(f"http://127.0.0.1:{port}/{place}#{_KEY}", contact.id)
            mine = t.contacts.update().where(t.contacts.c.id == contact.id)
            conn.execute(mine.values(sealed_address=url, proven_at=2**61))
        return [None]

    await world.store.write(point, None)
    return adult


_KEY = "whsec_" + "A" * 43 + "="


def _open(conn: Connection) -> list[str]:
    return list(conn.scalars(query(t.incidents.c.code).where(t.incidents.c.state == "open")))


def _pages(conn: Connection) -> list[Any]:
    return list(conn.execute(query(t.pages.c.id, t.pages.c.state)))


@dataclass
class Counted:
    """What became of it: how often each page arrived, and what the records say of each."""

    arrived: Counter[str] = field(default_factory=Counter)
    states: dict[str, str] = field(default_factory=dict)
    crashes: int = 0

    @property
    def lost(self) -> list[str]:
        """Pages that never arrived, or that no row calls sent."""
        states = self.states.items()
        return [page for page, state in states if not self.arrived[page] or state != "sent"]

    @property
    def most(self) -> int:
        """How often the page arrived that arrived most often."""
        return max(self.arrived.values(), default=0)

    @property
    def twice(self) -> int:
        """Pages that arrived twice."""
        return sum(times == TWICE for times in self.arrived.values())


class Provider:
    """The listener; it kills its caller in the middle of a call when it is told to."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]

    def serve(self, pid: int, life: Life, told: int, counted: Counted) -> int:
        """Answer calls until that process has ended; answers how it ended."""
        ended = os.pidfd_open(pid)
        calls = 0
        try:
            while True:
                ready, _, _ = select.select([self.socket, ended], [], [], 60)
                if self.socket in ready:
                    own = bool(select.select([told], [], [], 0)[0])
                    calls += own
                    dies = own and life.point == "during" and calls == life.call
                    self._call(pid if dies else None, counted)
                elif ended in ready:
                    return os.waitpid(pid, 0)[1]
                else:
                    raise TimeoutError("a life did not end")
        finally:
            os.close(ended)

    def _call(self, kills: int | None, counted: Counted) -> None:
        caller, _ = self.socket.accept()
        with caller:
            caller.settimeout(10)
            got = b""
            try:
                while b"\r\n\r\n" not in got:
                    more = caller.recv(65536)
                    if not more:
                        return
                    got += more
                head = got.lower()
                page = got[head.index(b"webhook-id:") + 11 :].split(b"\r\n")[0].strip().decode()
                counted.arrived[page] += 1
                if kills is not None:
                    os.kill(kills, signal.SIGKILL)
                caller.sendall(ANSWER)
            except ConnectionError:
                return


def _fork(life: Life, provider: Provider, counted: Counted) -> int:
    told, life.tells = os.pipe()
    pid = os.fork()
    if pid == 0:
        provider.socket.close()
        status = 1
        try:
            asyncio.run(live(life, provider.port))
            status = 0
        finally:
            os._exit(status)
    os.close(life.tells)
    try:
        return provider.serve(pid, life, told, counted)
    finally:
        os.close(told)


def crash(times: int, seed: int, folder: Path) -> Counted:
    """So many lives that are killed, and one at the end that is not."""
    chance, provider, counted = random.Random(seed), Provider(), Counted()
    at = NIGHT
    for number in range(times):
        life = Life(folder, at, POINTS[number % len(POINTS)], chance.randint(1, CONTACTS))
        ended = _fork(life, provider, counted)
        if not os.WIFSIGNALED(ended):
            raise AssertionError(f"life {number} ended by itself at {life.point}: {ended}")
        counted.crashes += 1
        at += APART
    if _fork(Life(folder, at), provider, counted) != 0:
        raise AssertionError("the last life did not end well")
    provider.socket.close()
    counted.states = asyncio.run(_states(folder))
    return counted


async def _states(folder: Path) -> dict[str, str]:
    store = await Store.open(f"sqlite:///{folder}/peerline.db")
    try:
        return {page: state for page, state in await store.read(_pages)}  # noqa: C416 - rows
    finally:
        await store.close()


def main() -> int:
    """Count, and say it in one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        found = crash(options.times, options.seed, Path(folder))
    print(
        f"{found.crashes} crashes, {len(found.states)} pages: {len(found.lost)} lost, "
        f"{found.twice} arrived twice, none more than {found.most} times"
    )
    return 1 if found.lost or found.most > TWICE else 0


if __name__ == "__main__":
    sys.exit(main())
