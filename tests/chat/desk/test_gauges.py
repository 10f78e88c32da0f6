"""How the desk stands, as its head shows it."""

from __future__ import annotations

import pytest

from chat.desk.gauges import percentile_95


@pytest.mark.parametrize(
    ("values", "found"),
    [([], None), ([7], 7), (list(range(1, 21)), 19), (list(range(1, 101)), 95)],
)
def test_M14_the_95th_percentile_is_a_wait_that_happened(
    values: list[int], found: int | None
) -> None:
    """The nearest rank, whatever the order; nothing without a look."""
    assert percentile_95(values[::-1]) == found
