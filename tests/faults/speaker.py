"""Keeps messages as fast as it can and prints each one that was acknowledged, until it is killed.

    python -m tests.faults.speaker URL [weak]

The child of the power cuts. `weak` takes away what makes a commit last: SQLite then syncs only at
checkpoints, and PostgreSQL answers before its log is on the disk. A harness that sees nothing lost
there sees nothing at all.
"""

from __future__ import annotations

import asyncio
import sys

from moderation.records import database, server
from moderation.records.messages import Kept, Spoken, say
from moderation.records.store import Store, StoreUnavailable
from tests.moderation.records.sample import open_room, spoken

ROOMS, EACH = 5, 10


async def main(url: str, *, weak: bool) -> None:
    """Open the store, say for ever; end when nothing can be kept any more."""
    if weak:
        server._SETTINGS["synchronous_commit"] = "off"
        database._WRITER = tuple(
            pragma.replace("synchronous = FULL", "synchronous = NORMAL")
            for pragma in database._WRITER
        )
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
        sys.stdout.write(f"{row.room} {row.mid} {answer.seq}\n")
        sys.stdout.flush()
        speak(row.room)

    for room in rooms * EACH:
        speak(room)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], weak=sys.argv[2:] == ["weak"]))
