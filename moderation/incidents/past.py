"""An incident that is over, as a line of the list of them; pure.

Used by `incidents.py`. Whoever wrote down a day to look again is held to it, until a note of that
day or later says that somebody did.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from moderation.incidents.words import ENDINGS, words
from moderation.on_call.clocks import local
from moderation.records.past_incidents import Closed


@dataclass(frozen=True, slots=True)
class Past:
    """A resolved incident; `look_again` is the day (`2026-03-04`) somebody still has to look."""

    code: str
    kind: str
    opened_at: int
    outcome: str
    resolver: str | None
    resolved_at: int
    look_again: str | None
    preserved: bool


def past(row: Closed, zone: ZoneInfo) -> Past:
    """The line of a resolved incident of a school in that zone."""
    return Past(
        code=row.code,
        kind=words(row.category),
        opened_at=row.opened_at,
        outcome=ENDINGS.get(row.outcome, ""),
        resolver=row.resolver,
        resolved_at=row.resolved_at,
        look_again=None if _looked(row, zone) else row.follow_up,
        preserved=row.preserved,
    )


def _looked(row: Closed, zone: ZoneInfo) -> bool:
    """Whether something was noted on the day to look again or later."""
    if row.follow_up is None or row.noted_at is None:
        return row.follow_up is None
    return local(row.noted_at, zone).date().isoformat() >= row.follow_up
