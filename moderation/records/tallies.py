"""What is left of what is purged: how much of it there had been on each day, for the figures.

Used by `purge_rooms.py` and `purge_cases.py` in the transaction that purges; `numbers.py` adds it
to what is still there. A tally has a day, a name and a count; no word, no id, nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import BindParameter, Connection, bindparam

from moderation.ids import new_id
from moderation.records import desk_tables as d
from moderation.records import log, numbers
from moderation.records import tables as t
from moderation.records.numbers import DAY, OUTCOME, Day

_NOT_KEPT = frozenset({"at", "look_p50", "look_p95", "decide_p50", "incidents_ended"})
"""What of a day is no count; and how many incidents ended, for all that go have."""
_ids: BindParameter[str] = bindparam("ids", expanding=True)
_MESSAGES = numbers.MESSAGES.where(log.in_room())
_ITEMS = numbers.ITEMS.where(t.items.c.id.in_(_ids))
_REVIEWS = numbers.REVIEWS.where(d.reviews.c.item.in_(_ids), d.reviews.c.second_at.is_not(None))
_INCIDENTS = numbers.INCIDENTS.where(t.incidents.c.code.in_(_ids))


class _Days(defaultdict[int, Day]):
    def __missing__(self, number: int) -> Day:
        made = self[number] = Day(number * DAY)
        return made


def of_rooms(conn: Connection, school: str, rooms: Sequence[str]) -> None:
    """Write down how much was said in these rooms, before they go."""
    days = _Days()
    for room in rooms:
        numbers.count_messages(days, conn.execute(_MESSAGES, {"in_room": room}))
    _write(conn, school, days, Counter())


def of_items(conn: Connection, school: str, items: Sequence[str]) -> None:
    """Write down how many items these were, and what was decided, before they go."""
    days = _Days()
    outcomes = numbers.count_items(days, conn.execute(_ITEMS, {"ids": items}))
    numbers.count_reviews(days, conn.execute(_REVIEWS, {"ids": items}))
    _write(conn, school, days, outcomes)


def of_cases(conn: Connection, school: str, codes: Sequence[str]) -> None:
    """Write down how many incidents these were, and how many ended without danger."""
    days = _Days()
    numbers.count_incidents(days, conn.execute(_INCIDENTS, {"ids": codes}))
    _write(conn, school, days, Counter())


def _write(conn: Connection, school: str, days: _Days, outcomes: Counter[tuple[int, str]]) -> None:
    counts = {
        (day.at, name): getattr(day, name)
        for day in days.values()
        for name in Day.__struct_fields__
        if name not in _NOT_KEPT
    }
    counts |= {(day * DAY, f"{OUTCOME}{name}"): count for (day, name), count in outcomes.items()}
    rows = [
        {"id": new_id(), "school": school, "day": day, "name": name, "count": count}
        for (day, name), count in counts.items()
        if count
    ]
    if rows:
        conn.execute(t.tallies.insert(), rows)
