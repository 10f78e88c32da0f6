from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moderation.people.patience import FREE, LONGEST, MAX_LOGINS, Patience


def test_mistyping_costs_nothing() -> None:
    """The first failures do not make anybody wait."""
    patience = Patience()
    assert [patience.wait("ann", 0.0) for _ in range(FREE)] == [0.0] * FREE


def test_each_failure_doubles_the_wait() -> None:
    """After the free ones each failure makes the next try wait twice as long, up to a bound."""
    patience = Patience()
    now, waits = 0.0, []
    for _ in range(12):
        wait = patience.wait("ann", now)
        waits.append(wait)
        now += wait
        assert not wait or patience.wait("ann", now) == 0, "the wait that was told is enough"
    assert waits[FREE:] == [1.0, 2.0, 4.0, 8.0, 16.0, LONGEST, LONGEST, LONGEST, LONGEST]


def test_what_comes_too_soon_is_not_looked_at_and_costs_nothing() -> None:
    """However many come at once, no more than the free ones are looked at; the wait stays true."""
    patience = Patience()
    waits = [patience.wait("ann", 0.0) for _ in range(500)]
    assert waits == [0.0] * FREE + [1.0] * (500 - FREE)
    assert patience.wait("ann", 0.75) == 0.25
    assert patience.wait("bob", 0.0) == 0.0


def test_asking_what_is_left_does_not_count() -> None:
    """However often somebody asks, the next try is as near and as free as before."""
    patience = Patience()
    assert [patience.left("ann", 0.0) for _ in range(FREE + 1)] == [0.0] * (FREE + 1)
    for _ in range(FREE):
        assert patience.wait("ann", 0.0) == 0.0
    assert [patience.left("ann", at) for at in (0.0, 0.75, 1.0)] == [1.0, 0.25, 0.0]
    assert patience.wait("ann", 1.0) == 0.0


def test_a_clock_that_goes_back_keeps_nobody_out() -> None:
    """A wait longer than there is one was set by a clock that was ahead."""
    patience = Patience()
    for _ in range(FREE):
        patience.wait("ann", 10_000.0)
    assert patience.wait("ann", 6_000.0) == 0.0


def test_success_starts_afresh() -> None:
    """After a right password nothing of earlier failures is left."""
    patience = Patience()
    for _ in range(FREE):
        patience.wait("ann", 0.0)
    patience.succeeded("ann")
    assert [patience.wait("ann", 0.0) for _ in range(FREE)] == [0.0] * FREE


def test_memory_is_bounded() -> None:
    """However many logins are tried, only so many are remembered, the latest of them."""
    patience = Patience()
    for n in range(MAX_LOGINS + 500):
        patience.wait(f"login{n}", 0.0)
    assert len(patience._known) == MAX_LOGINS
    assert f"login{MAX_LOGINS + 499}" in patience._known


@given(steps=st.lists(st.floats(0, 100), max_size=60))
def test_no_wait_is_longer_than_the_longest(steps: list[float]) -> None:
    """Whatever was tried before, a try is looked at once the longest wait has passed."""
    patience = Patience()
    now = 0.0
    for step in steps:
        now += step
        patience.wait("ann", now)
    assert patience.wait("ann", now + LONGEST) == 0
