"""How long it lately took until somebody looked at a call for help, as students are told it.

Made by `house/`, which calls `look` now and then; `entrance.py` tells pages what it found. Only
what was measured is said: with too few calls, or where too many got no answer, nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf

from moderation.records.help_waits import help_waits
from moderation.records.of_school import SchoolRecords

FEWEST = 5
"""Calls for help from which on a figure says something."""
SHARE = 0.9
"""Of so many calls somebody looked within the time that is told."""
PATIENCE = 600_000
"""Milliseconds after which a call that nobody looked at counts as one without an answer."""


def minutes_of(waits: Sequence[int | None]) -> int | None:
    """Whole minutes within which nine of ten had somebody, or None when that cannot be said."""
    if len(waits) < FEWEST:
        return None
    took = sorted(inf if wait is None else wait for wait in waits)
    longest = took[ceil(SHARE * len(took)) - 1]
    return None if longest == inf else max(1, ceil(longest / 60_000))


class HelpMinutes:
    """The figure of one school; `minutes` is None while there is none."""

    def __init__(self, records: SchoolRecords) -> None:
        self._records = records
        self.minutes: int | None = None

    async def look(self) -> None:
        """Count again."""
        until = self._records.now() - PATIENCE
        waits = await self._records.store.read(help_waits, self._records.school, until)
        self.minutes = minutes_of(waits)
