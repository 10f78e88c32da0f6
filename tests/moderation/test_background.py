from __future__ import annotations

from itertools import count

from moderation.background import REST, WORK, resting


def test_a_long_loop_rests_after_each_piece_of_work() -> None:
    """All things come in their order, and whoever waits is let in at every step that is due."""
    rests: list[float] = []
    ticks = count(0.0, WORK / 2)
    assert list(resting(range(6), lambda: next(ticks), rests.append)) == [*range(6)]
    assert rests == [REST] * 3
