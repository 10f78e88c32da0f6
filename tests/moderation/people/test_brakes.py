from __future__ import annotations

import pytest

from moderation.people.brakes import Brakes


class Told:
    """Other nodes that say the same whatever is asked."""

    def __init__(self, answer: float | None) -> None:
        self.answer = answer
        self.right: list[str] = []

    async def wait(self, who: str) -> float | None:  # noqa: ARG002
        return self.answer

    async def succeeded(self, who: str) -> None:
        self.right.append(who)


def braked(answer: float | None = None, *, alone: bool = False) -> Brakes:
    brakes = Brakes(lambda: 1_000.0)
    brakes.elsewhere = None if alone else Told(answer)
    return brakes


@pytest.mark.parametrize("there", [0.0, 0.5, 20.0, 40.0])
async def test_the_longer_wait_counts(there: float) -> None:
    """Guessing at many nodes is as slow as at one, and one node alone never quicker than it was."""
    here, both = braked(alone=True), braked(there)
    for _ in range(8):
        own = await here.wait("ada")
        assert own is not None
        assert await both.wait("ada") == max(own, there)


async def test_what_others_refuse_is_refused() -> None:
    """A try that would wait too long at all nodes together is not looked at here either."""
    assert await braked(None).wait("ada") is None


async def test_without_others_this_nodes_own_rule_holds() -> None:
    """When nobody can say what others know, the pauses are those of one node, never none."""
    here, gone = braked(alone=True), braked(0.0)
    waits = [(await here.wait("ada"), await gone.wait("ada")) for _ in range(12)]
    assert all(one == other for one, other in waits)
    assert waits[-1][0] is None


async def test_a_right_try_is_told_to_the_others() -> None:
    """Whoever gets in starts afresh everywhere."""
    told = Told(0.0)
    brakes = braked(alone=True)
    brakes.elsewhere = told
    for _ in range(6):
        await brakes.wait("ada")
    await brakes.succeeded("ada")
    assert (await brakes.wait("ada"), told.right) == (0.0, ["ada"])
