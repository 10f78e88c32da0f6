"""One thing after another, and no error that nobody hears of."""

from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from chat.turns import Turns
from moderation.records.store import StoreUnavailable


async def test_work_is_done_in_the_order_it_was_taken() -> None:
    """A later piece waits for an earlier one, however long that takes."""
    order: list[int] = []
    may_go = asyncio.Event()
    done = asyncio.Event()

    async def first() -> None:
        await may_go.wait()
        order.append(1)

    async def second() -> None:
        order.append(2)
        done.set()

    turns = Turns([].append)
    turns.take(first())
    turns.take(second())
    await asyncio.sleep(0)
    assert order == []
    may_go.set()
    await done.wait()
    assert order == [1, 2]


async def test_what_fails_is_told_and_the_next_is_done() -> None:
    """A failing store is `unavailable`, anything else `internal`; neither stops what follows."""
    refused: list[str] = []
    done = asyncio.Event()

    async def no_store() -> None:
        raise StoreUnavailable

    async def broken() -> None:
        raise RuntimeError("a secret word")

    async def last() -> None:
        done.set()

    turns = Turns(refused.append)
    with capture_logs() as logs:
        for work in (no_store(), broken(), last()):
            turns.take(work)
        await done.wait()
    assert refused == ["unavailable", "internal"]
    assert [(line["event"], line["error"]) for line in logs] == [("frame_failed", "RuntimeError")]
    assert "secret" not in repr(logs)
