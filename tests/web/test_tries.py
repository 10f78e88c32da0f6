from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from web import tries
from web.tries import WINDOW, Tries

KEY = bytes(32)


def test_so_many_tries_and_no_more() -> None:
    """The last allowed try passes, the next says how long to wait, and then it passes."""
    limit = Tries(KEY, allowed=3)
    assert [limit.take("192.0.2.1", 100.0) for _ in range(3)] == [None] * 3
    wait = limit.take("192.0.2.1", 100.0)
    assert wait == WINDOW / 3
    assert limit.take("192.0.2.1", 100.0 + wait - 1) is not None
    assert limit.take("192.0.2.1", 100.0 + wait + 1) is None


def test_another_address_is_another_matter() -> None:
    """One address cannot lock out the next; one IPv6 client is its whole network."""
    limit = Tries(KEY, allowed=1)
    assert limit.take("192.0.2.1", 0.0) is None
    assert limit.take("192.0.2.2", 0.0) is None
    assert limit.take("2001:db8::1", 0.0) is None
    assert limit.take("2001:db8::2", 0.0) is not None
    assert limit.take("2001:db8:0:1::1", 0.0) is None


def test_a_try_that_worked_does_not_count() -> None:
    """A school behind one address signs in all day."""
    limit = Tries(KEY, allowed=2)
    for _ in range(500):
        assert limit.take("192.0.2.1", 0.0) is None
        limit.give_back("192.0.2.1", 0.0)
    assert len(limit) == 0


def test_addresses_are_neither_kept_nor_kept_long() -> None:
    """What is remembered is no address, differs with the key, and is gone after ten minutes."""
    limit, other = Tries(KEY, allowed=5), Tries(b"x" * 32, allowed=5)
    limit.take("192.0.2.1", 0.0)
    other.take("192.0.2.1", 0.0)
    assert "192.0.2.1" not in repr(limit._buckets)
    assert limit._buckets.keys() != other._buckets.keys()
    limit.take("192.0.2.2", WINDOW + 1)
    assert len(limit) == 1


def test_memory_is_bounded() -> None:
    """Ten thousand addresses at most; the one touched longest ago makes room."""
    limit = Tries(KEY, allowed=1)
    for number in range(tries.MOST + 50):
        limit.take(f"name-{number}", 0.0)
    assert len(limit) == tries.MOST
    assert limit.take("name-0", 0.0) is None
    assert limit.take(f"name-{tries.MOST + 49}", 0.0) is not None


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_never_more_than_allowed_and_refilled_in_a_window(gaps: list[float]) -> None:
    """However tries are spaced, no window lets more through than twice the allowance."""
    limit, now, passed = Tries(KEY, allowed=5), 0.0, []
    for gap in gaps:
        now += gap
        if limit.take("192.0.2.1", now) is None:
            passed.append(now)
    for start in passed:
        assert len([at for at in passed if start <= at <= start + WINDOW]) <= 11


def test_a_clock_that_goes_back_locks_nobody_in() -> None:
    """After a jump back by an hour the bucket is forgotten rather than never emptied."""
    limit = Tries(KEY, allowed=1)
    limit.take("192.0.2.1", 10_000.0)
    assert limit.take("192.0.2.1", 6_000.0) is None
