"""The token bucket of a seat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rooms.allowance import Allowance


def test_a_burst_is_free_and_then_one_is_earned_at_a_time() -> None:
    """The burst costs nothing; after it the wait is told, and waiting it out is enough."""
    bucket = Allowance(burst=3, every=2.0, now=100.0)
    assert [bucket.spend(100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    assert bucket.spend(101.0) == pytest.approx(1.0)
    assert bucket.spend(102.0) == 0.0
    assert bucket.spend(102.0) == 2.0


def test_a_long_silence_earns_no_more_than_the_burst() -> None:
    """Allowance does not pile up."""
    bucket = Allowance(burst=2, every=1.0, now=0.0)
    assert [bucket.spend(1e6) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_a_clock_that_runs_back_frees_nobody_and_shuts_nobody_out_for_long() -> None:
    """After the clock was set back, waiting as long as was told is still enough."""
    bucket = Allowance(burst=1, every=1.0, now=1_000.0)
    assert bucket.spend(1_000.0) == 0.0
    wait = bucket.spend(0.0)
    assert wait > 0
    assert bucket.spend(wait) == 0.0


@given(
    burst=st.integers(1, 20),
    every=st.floats(0.1, 10),
    steps=st.lists(st.floats(0, 30), max_size=60),
)
def test_never_more_than_the_burst_and_what_was_earned(
    burst: int, every: float, steps: list[float]
) -> None:
    """In any stretch from the start no more is spent than burst plus time allows."""
    bucket = Allowance(burst, every, 0.0)
    now, spent = 0.0, 0
    for step in steps:
        now += step
        wait = bucket.spend(now)
        assert 0.0 <= wait <= every
        spent += wait == 0.0
        assert spent <= burst + now / every + 1e-6
