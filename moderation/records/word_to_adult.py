"""One clock from word to adult: how long each part of the way took, over many incidents.

A query for `Store.read`, used by the numbers page. Every time is counted from the moment the words
arrived: decided, paged (a provider took the first page), seen (somebody opened the case),
acknowledged, with the student, and the outcome. Drills are counted apart, since adults expect them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sqlalchemy import Connection, bindparam, select

from moderation.records import tables as t

LEGS = {
    "decided": t.incidents.c.opened_at,
    "paged": t.incidents.c.paged_at,
    "seen": t.incidents.c.seen_at,
    "acknowledged": t.incidents.c.answered_at,
    "with_student": t.incidents.c.with_student_at,
    "outcome": t.incidents.c.resolved_at,
}
"""The parts of the way in their order, and the column that tells when each was reached."""


@dataclass(frozen=True, slots=True)
class Leg:
    """Milliseconds from the word to this part of the way, over `count` incidents that got there.

    `p50` and `p95` are nearest-rank percentiles, None while nothing got there.
    """

    name: str
    count: int
    p50: int | None
    p95: int | None


_TIMES = select(t.incidents.c.said_at, *LEGS.values()).where(
    t.incidents.c.school == bindparam("school"),
    t.incidents.c.opened_at >= bindparam("since"),
    t.incidents.c.opened_at < bindparam("until"),
    t.incidents.c.said_at.is_not(None),
    t.incidents.c.drill == bindparam("drill"),
)


def legs(
    conn: Connection, school: str, since: int, until: int, *, drill: bool = False
) -> list[Leg]:
    """Every leg over the incidents opened from `since` up to `until` (Unix milliseconds)."""
    asked = {"school": school, "since": since, "until": until, "drill": drill}
    rows = conn.execute(_TIMES, asked).all()
    return [
        _leg(name, sorted(max(0, row[n] - row[0]) for row in rows if row[n] is not None))
        for n, name in enumerate(LEGS, 1)
    ]


def _leg(name: str, took: Sequence[int]) -> Leg:
    return Leg(name, len(took), _rank(took, 0.5), _rank(took, 0.95))


def _rank(took: Sequence[int], share: float) -> int | None:
    """The nearest-rank percentile of sorted times."""
    return took[ceil(share * len(took)) - 1] if took else None
