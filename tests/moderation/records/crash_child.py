"""Says messages as fast as it can and prints each one that was acknowledged, until it is killed."""

from __future__ import annotations

import asyncio
import sys

from moderation.records.messages import Kept, Spoken, say
from moderation.records.store import Store
from tests.moderation.records.sample import open_room, spoken


async def main(url: str) -> None:
    """Open the store, say for ever."""
    store = await Store.open(url)
    rooms = [await open_room(store) for _ in range(5)]

    def speak(room: str) -> None:
        row = spoken(room)
        store.submit(say, row, lambda answer: acknowledged(row, answer))

    def acknowledged(row: Spoken, answer: object) -> None:
        assert isinstance(answer, Kept)
        sys.stdout.write(f"{row.room} {row.mid} {answer.seq}\n")
        sys.stdout.flush()
        speak(row.room)

    for room in rooms * 10:
        speak(room)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
