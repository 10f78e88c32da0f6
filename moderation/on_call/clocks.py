"""The clocks on a school's wall: from moments to days and times, and back; pure.

A time that occurs twice when clocks go back means its first, one that does not occur when they go
forward the moment it would have been. Moments are Unix milliseconds. Used by `rota.py` and
`drill.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000


def moment(day: date, time: str, zone: ZoneInfo) -> int:
    """When the clocks of that zone show that time on that day."""
    hour, minute = int(time[:2]), int(time[3:])
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return int(local.timestamp() * 1000)


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
