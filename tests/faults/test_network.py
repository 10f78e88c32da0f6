"""A bad network between the server and its database."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from moderation.records import transcript
from moderation.records.messages import DuplicateCid, say
from moderation.records.store import Store, StoreUnavailable
from tests.faults.proxy import FaultProxy
from tests.moderation.records.sample import open_room, spoken
from tests.servers import Postgres


async def test_F10_a_commit_whose_answer_is_lost_is_neither_lost_nor_doubled(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL is heard no more: nothing is acknowledged, and saying it again is one message."""
    url = await asyncio.to_thread(lambda: asyncio.run(postgres.database()))
    async with FaultProxy.before(postgres.port) as proxy:
        store = await Store.open(url.replace(f":{postgres.port}/", f":{proxy.listening}/"))
        room = await open_room(store)
        monkeypatch.setattr("moderation.records.postgres.PATIENCE", 0.5)
        rows = [spoken(room) for _ in range(4)]
        for row in rows:
            asyncio.get_running_loop().call_later(0.004, setattr, proxy, "deaf", True)
            with contextlib.suppress(StoreUnavailable):
                await store.write(say, row)
            proxy.deaf = False
            proxy.reset()
        monkeypatch.undo()
        for row in rows:
            with contextlib.suppress(DuplicateCid):
                await store.write(say, row)
        found = await store.read(transcript.shown_after, room, 0, 10)
        assert [message.seq for message in found] == [1, 2, 3, 4]
        assert {message.cid for message in found} == {row.cid for row in rows}
        await store.close()
