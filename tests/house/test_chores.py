from __future__ import annotations

import asyncio

import pytest

from house import chores
from house.chores import Chores


async def test_a_chore_that_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of old rooms are destroyed, and everything else is done, whatever else is broken."""
    monkeypatch.setattr(chores, "TICK", 0)
    done = asyncio.Event()

    async def broken() -> None:
        raise ValueError

    async def forget() -> None:
        done.set()

    coming = Chores([(1, broken), (1, forget)])
    coming.start()
    async with asyncio.timeout(20):
        await done.wait()
    assert coming.well
    coming.stop()


async def test_each_chore_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes every third tick comes once in three, after what comes every time."""
    monkeypatch.setattr(chores, "TICK", 0)
    seen: list[str] = []
    enough = asyncio.Event()

    async def often() -> None:
        seen.append("often")

    async def seldom() -> None:
        seen.append("seldom")
        if seen.count("seldom") > 1:
            enough.set()

    coming = Chores([(1, often), (3, seldom)])
    coming.start()
    async with asyncio.timeout(20):
        await enough.wait()
    coming.stop()
    assert seen[:8] == ["often", "often", "often", "seldom", "often", "often", "often", "seldom"]


async def test_what_was_stopped_is_not_well() -> None:
    """Health asks; before they start and after they stop, chores do not come round."""
    coming = Chores([])
    assert not coming.well
    coming.start()
    assert coming.well
    coming.stop()
    await asyncio.sleep(0)
    assert not coming.well
