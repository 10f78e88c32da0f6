"""Keeps messages as fast as it can and prints each one that was acknowledged, until it is killed.

The child of the power cuts, forked from a process that has loaded all of this. `weak` takes away
what makes a commit last: SQLite then syncs only at checkpoints, and PostgreSQL answers before its
log is on the disk. A harness that sees nothing lost there sees nothing at all.
"""

from __future__ import annotations

import asyncio
import os
from multiprocessing.connection import Connection

from moderation.records import database, server
from moderation.records.messages import Kept, Spoken, say
from moderation.records.store import Store, StoreUnavailable
from tests.moderation.records.sample import open_room, spoken

ROOMS, EACH = 5, 10


def main(url: str, told: Connection, *, weak: bool) -> None:
    """Open the store, say for ever; end when nothing can be kept any more."""
    if weak:
        server._SETTINGS["synchronous_commit"] = "off"
        database._WRITER = tuple(
            pragma.replace("synchronous = FULL", "synchronous = NORMAL")
            for pragma in database._WRITER
        )
    asyncio.run(_speak(url, told.fileno()))


async def _speak(url: str, told: int) -> None:
    store = await Store.open(url)
    rooms = [await open_room(store) for _ in range(ROOMS)]
    ended = asyncio.Event()

    def speak(room: str) -> None:
        row = spoken(room)
        store.submit(say, row, lambda answer: acknowledged(row, answer))

    def acknowledged(row: Spoken, answer: object) -> None:
        if isinstance(answer, StoreUnavailable):
            ended.set()
            return
        assert isinstance(answer, Kept)
        os.write(told, f"{row.room} {row.mid} {answer.seq}\n".encode())
        speak(row.room)

    for room in rooms * EACH:
        speak(room)
    await ended.wait()
