"""Says messages as fast as it can and tells each one that was acknowledged, until it is killed."""

from __future__ import annotations

import asyncio
from multiprocessing.connection import Connection

from moderation.records.messages import Kept, Spoken, say
from moderation.records.store import Store
from tests.moderation.records.sample import open_room, spoken


def main(url: str, told: Connection) -> None:
    """Open the store, say for ever."""
    asyncio.run(_say(url, told))


async def _say(url: str, told: Connection) -> None:
    store = await Store.open(url)
    rooms = [await open_room(store) for _ in range(5)]

    def speak(room: str) -> None:
        row = spoken(room)
        store.submit(say, row, lambda answer: acknowledged(row, answer))

    def acknowledged(row: Spoken, answer: object) -> None:
        assert isinstance(answer, Kept)
        told.send((row.room, row.mid, answer.seq))
        speak(row.room)

    for room in rooms * 10:
        speak(room)
    await asyncio.Event().wait()
