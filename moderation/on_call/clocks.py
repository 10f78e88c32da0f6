"""The clocks on a school's wall: from moments to days and times, and back; pure.

A time that occurs twice when clocks go back means the first of the two. One that clocks skip when
they go forward means the moment at which they skip it, so that a later time is never an earlier
moment. Moments are Unix milliseconds. Used by `rota.py` and `drill.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000
_MINUTE_MS = 60_000


def moment(day: date, time: str, zone: ZoneInfo) -> int:
    """When the clocks of that zone show that time on that day."""
    hour, minute = int(time[:2]), int(time[3:])
    shown = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    at = int(shown.timestamp() * 1000)
    if local(at, zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return at
    return _skipped(int(shown.replace(fold=1).timestamp() * 1000), at, zone)


def _skipped(before: int, after: int, zone: ZoneInfo) -> int:
    """When the clocks went forward between those two moments."""
    minutes = range(before, after + 1, _MINUTE_MS)
    late = local(after, zone).utcoffset()
    return minutes[bisect_left(minutes, True, key=lambda at: local(at, zone).utcoffset() == late)]


def monday(at: int, zone: ZoneInfo) -> int:
    """When the week of that moment began."""
    day = local(at, zone).date()
    return moment(day - timedelta(days=day.weekday()), "00:00", zone)


def local(at: int, zone: ZoneInfo) -> datetime:
    """What the clocks of that zone show at that moment."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


def days_of(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)
