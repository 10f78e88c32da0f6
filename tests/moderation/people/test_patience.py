from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moderation.people.patience import FREE, LONGEST, MAX_LOGINS, MAX_QUEUE, Patience


def test_mistyping_costs_nothing() -> None:
    """The first failures do not make anybody wait."""
    patience = Patience()
    assert [patience.wait("ann", 0.0) for _ in range(FREE)] == [0.0] * FREE


def test_each_failure_doubles_the_pause() -> None:
    """After the free ones each failure makes the next attempt wait twice as long, up to a bound."""
    patience = Patience()
    now, waits = 0.0, []
    for _ in range(12):
        wait = patience.wait("ann", now)
        assert wait is not None
        waits.append(wait)
        now += wait
    assert waits[FREE : FREE + 5] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == LONGEST


def test_many_at_once_wait_behind_one_another() -> None:
    """Attempts made at the same moment queue up, and beyond the bound are refused unseen."""
    patience = Patience()
    waits = [patience.wait("ann", 0.0) for _ in range(20)]
    served = [wait for wait in waits if wait is not None]
    assert served == sorted(served)
    assert max(served) <= MAX_QUEUE
    assert waits[-1] is None
    assert patience.wait("bob", 0.0) == 0.0


def test_success_starts_afresh() -> None:
    """After a right password nothing of earlier failures is left."""
    patience = Patience()
    for _ in range(6):
        patience.wait("ann", 0.0)
    patience.succeeded("ann")
    assert patience.wait("ann", 0.0) == 0.0


def test_memory_is_bounded() -> None:
    """However many logins are tried, only so many are remembered, the latest of them."""
    patience = Patience()
    for n in range(MAX_LOGINS + 500):
        patience.wait(f"login{n}", 0.0)
    assert len(patience._known) == MAX_LOGINS
    assert f"login{MAX_LOGINS + 499}" in patience._known


@given(steps=st.lists(st.floats(0, 100), max_size=60))
def test_nobody_is_locked_out_for_ever(steps: list[float]) -> None:
    """Whatever was tried before, an attempt is looked at once the queue's bound has passed."""
    patience = Patience()
    now = 0.0
    for step in steps:
        now += step
        patience.wait("ann", now)
    assert patience.wait("ann", now + MAX_QUEUE + LONGEST) is not None
