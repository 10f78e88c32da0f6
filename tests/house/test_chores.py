from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

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


async def test_a_chore_that_hangs_is_ended_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lobby, badges and desk go on; the chore has another chance when it is due again."""
    monkeypatch.setattr(chores, "TICK", 0)
    monkeypatch.setattr(chores, "LIMIT", 0)
    seen: list[str] = []
    enough = asyncio.Event()

    async def hang() -> None:
        seen.append("begun")
        await asyncio.Event().wait()

    async def lobby() -> None:
        seen.append("lobby")
        if len(seen) > 3:
            enough.set()

    coming = Chores([(1, hang), (1, lobby)])
    with capture_logs() as logs:
        coming.start()
        async with asyncio.timeout(20):
            await enough.wait()
        coming.stop()
    assert seen[:4] == ["begun", "lobby", "begun", "lobby"]
    assert logs[0]["error"] == "TimeoutError"


async def test_chores_that_do_not_come_round_are_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Health says so after a minute, and no longer once a round is done."""
    monkeypatch.setattr(chores, "TICK", 0)
    now = 100.0
    begun, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await go_on.wait()

    async def second_round() -> None:
        done.set()

    coming = Chores([(1, slow), (2, second_round)], lambda: now)
    coming.start()
    await begun.wait()
    now += chores.WELL - 1
    assert coming.well
    now += 1
    assert not coming.well
    go_on.set()
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
