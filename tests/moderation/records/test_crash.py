"""What survives when the process is killed in the middle of writing."""

from __future__ import annotations

import contextlib
import signal
from collections import defaultdict

import pytest

from moderation.records import database
from moderation.records.messages import Kept, say
from moderation.records.store import Store
from moderation.records.transcript import shown_after
from tests.forked import FORKED
from tests.moderation.records import crash_child
from tests.moderation.records.sample import ONLY_SQLITE, spoken


def load_and_kill(url: str, lines: int) -> list[tuple[str, str, int]]:
    """Kill a process that says messages once it acknowledged so many; (room, mid, seq) of all."""
    told, telling = FORKED.Pipe(duplex=False)
    child = FORKED.Process(target=crash_child.main, args=(url, telling))
    child.start()
    telling.close()
    acked = [told.recv() for _ in range(lines)]
    child.kill()
    with contextlib.suppress(EOFError, OSError):  # of what was cut short nobody learned
        while True:
            acked.append(told.recv())
    child.join()
    assert child.exitcode == -signal.SIGKILL
    child.close()
    told.close()
    return acked


@pytest.mark.parametrize("lines", [1, 150, 2_000])
async def test_F1_K1_every_acknowledged_message_survives_a_kill(store_url: str, lines: int) -> None:
    """After kill -9 every acknowledged message is there under its number, and no gap is."""
    acked = load_and_kill(store_url, lines)
    assert len(acked) >= lines
    store = await Store.open(store_url)
    by_room = defaultdict(list)
    for room, mid, seq in acked:
        by_room[room].append((seq, mid))
    for room, expected in by_room.items():
        found = [(m.seq, m.mid) for m in await store.read(shown_after, room, 0, 1_000_000)]
        assert [seq for seq, _ in found] == list(range(1, len(found) + 1))
        assert set(expected) <= set(found)
        assert await store.write(say, spoken(room)) == Kept(len(found) + 1)
    await store.close()


@ONLY_SQLITE
async def test_F1_a_killed_server_does_not_keep_the_next_one_out(store_url: str) -> None:
    """The lock on the data directory dies with the process that held it, and nothing is damaged."""
    load_and_kill(store_url, 10)
    store = await Store.open(store_url)
    await store.close()
    engine = database.readers(database.file_of(store_url))
    with engine.connect() as conn:
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()
