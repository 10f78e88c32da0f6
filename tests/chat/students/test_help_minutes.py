from __future__ import annotations

import pytest

from chat.students.help_minutes import FEWEST, minutes_of

MINUTE = 60_000


@pytest.mark.parametrize(
    ("waits", "minutes"),
    [
        ([], None),
        ([MINUTE] * (FEWEST - 1), None),
        ([1] * FEWEST, 1),
        ([MINUTE] * 9 + [60 * MINUTE], 1),
        ([MINUTE] * 8 + [2 * MINUTE + 1] * 2, 3),
        ([MINUTE] * 9 + [None], 1),
        ([MINUTE] * 8 + [None] * 2, None),
    ],
)
def test_S9_only_what_was_measured_is_told(waits: list[int | None], minutes: int | None) -> None:
    """Nine of ten had somebody within that time; too few calls or answers tell nothing."""
    assert minutes_of(waits) == minutes
