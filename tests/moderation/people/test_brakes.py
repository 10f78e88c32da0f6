from __future__ import annotations

import pytest

from moderation.people.brakes import Brakes
from moderation.people.patience import FREE
from moderation.records.refused import Refused


class Told:
    """Other nodes that say the same whatever is asked."""

    def __init__(self, answer: float) -> None:
        self.answer = answer
        self.counted = 0
        self.right: list[str] = []

    async def wait(self, who: str) -> float:  # noqa: ARG002
        self.counted += not self.answer
        return self.answer

    async def succeeded(self, who: str) -> None:
        self.right.append(who)


def braked(told: Told | None = None) -> Brakes:
    brakes = Brakes(lambda: 1_000.0)
    brakes.elsewhere = told
    return brakes


async def waits(brakes: Brakes, times: int) -> list[float | None]:
    """How long each of so many tries at once was told to wait; None for one that was looked at."""
    found: list[float | None] = []
    for _ in range(times):
        try:
            await brakes.pass_on("ada")
            found.append(None)
        except Refused as no:
            found.append(no.retry_after if no.code == "rate_limited" else 0.0)
    return found


@pytest.mark.parametrize("told", [None, Told(0.0)])
async def test_this_nodes_own_rule_always_holds(told: Told | None) -> None:
    """Alone, or when nobody can say what others know, the waits are those of one node."""
    assert await waits(braked(told), FREE + 2) == [None] * FREE + [1.0, 1.0]


async def test_what_others_refuse_is_refused_and_costs_nothing_here() -> None:
    """A try that came too soon at all nodes together is not looked at, and is told their wait."""
    told = Told(20.0)
    brakes = braked(told)
    assert await waits(brakes, 9) == [20.0] * 9
    told.answer = 0.0
    assert await waits(brakes, FREE + 1) == [None] * FREE + [1.0]


async def test_what_this_node_refuses_is_not_counted_by_the_others() -> None:
    """Refused here, a try was looked at nowhere, and makes nobody wait longer anywhere."""
    told = Told(0.0)
    await waits(braked(told), FREE + 9)
    assert told.counted == FREE


async def test_a_right_try_is_told_to_the_others() -> None:
    """Whoever gets in starts afresh everywhere."""
    told = Told(0.0)
    brakes = braked(told)
    await waits(brakes, FREE)
    await brakes.succeeded("ada")
    assert (await waits(brakes, FREE), told.right) == ([None] * FREE, ["ada"])
