"""The token bucket of a seat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rooms.allowance import Allowance


def test_a_burst_is_free_and_then_one_is_earned_at_a_time() -> None:
    """The burst costs nothing; after it the wait is told, and waiting it out is enough."""
    bucket = Allowance(burst=3, every=2.0)
    assert [bucket.spend(100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    assert bucket.spend(101.0) == pytest.approx(1.0)
    assert bucket.spend(102.0) == 0.0
    assert bucket.spend(102.0) == 2.0


def test_a_long_silence_earns_no_more_than_the_burst() -> None:
    """Allowance does not pile up."""
    bucket = Allowance(burst=2, every=1.0)
    assert [bucket.spend(1e6) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_a_clock_that_runs_back_frees_nobody_and_shuts_nobody_out_for_long() -> None:
    """After the clock was set back, the wait is that of one message, and it is enough."""
    bucket = Allowance(burst=1, every=1.0)
    assert bucket.spend(1_000.0) == 0.0
    wait = bucket.spend(0.0)
    assert wait == 1.0
    assert bucket.spend(wait) == 0.0


def test_what_was_spent_elsewhere_is_not_there() -> None:
    """It counts from when it was said, in any order, and not once it has been earned again."""
    bucket = Allowance(burst=3, every=2.0)
    for at in (101.0, 100.0):
        bucket.spent(at)
    bucket.spent(90.0)
    assert [bucket.spend(101.0) for _ in range(2)] == [0.0, 2.0]
    late = Allowance(burst=3, every=2.0)
    late.spend(110.0)
    late.spent(103.0)
    assert [late.spend(110.0) for _ in range(3)] == [0.0, 0.0, 2.0]


@given(st.lists(st.integers(0, 240), max_size=30), st.integers(1, 9))
def test_two_buckets_that_tell_each_other_allow_no_more_than_one(
    steps: list[int], burst: int
) -> None:
    """Whoever goes to and fro between two nodes speaks as fast as at one.

    In eighths of seconds nothing is rounded, so a message is earned in the same moment at both.
    """
    alone, here, there = (Allowance(burst, 2.0) for _ in range(3))
    now = 0.0
    for turn, step in enumerate(steps):
        now += step / 8
        speaks, hears = (here, there) if turn % 2 else (there, here)
        wait = speaks.spend(now)
        if not wait:
            hears.spent(now)
        assert wait == alone.spend(now)


@given(
    burst=st.integers(1, 20),
    every=st.floats(0.1, 10),
    steps=st.lists(st.floats(0, 30), max_size=60),
)
def test_never_more_than_the_burst_and_what_was_earned(
    burst: int, every: float, steps: list[float]
) -> None:
    """In any stretch from the start no more is spent than burst plus time allows."""
    bucket = Allowance(burst, every)
    now, spent = 0.0, 0
    for step in steps:
        now += step
        wait = bucket.spend(now)
        assert 0.0 <= wait <= every
        spent += wait == 0.0
        assert spent <= burst + now / every + 1e-6
