"""Drills: what is said in one, when one is due, and whether the chat may open after it; pure.

A drill is a disclosure that nobody made, said every morning before students come. It goes the whole
way of a real one, to the telephone of whoever is on call, and it is labelled on every step: nobody
on the staff shall think a child is in danger, and no figure shall count it as one. Used by
`drills.py`, which holds them, and by the records, which keep them apart.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from moderation.on_call.clocks import local, moment
from moderation.on_call.rota import Rota, days_off

WORDS = "This is the morning drill, nobody is in danger: I want to kill myself tonight."
"""What is said in a drill: what it is, and words that must page an adult under any rules."""
HANDLE = "Morning drill"
"""Who says it."""
NAME = "drill"
"""The topic of its room, the kind and category of its item, the band of whoever sits there."""

PATIENCE_MS = 3_600_000
"""A drill that nobody answered for so long has failed; it pages nobody any more."""
LATE_MS = 12 * 3_600_000
"""So long after it was due a missed drill still begins by itself; later it would wake people."""
MEMORY_DAYS = 100
"""How far back a morning with a drill is looked for: longer than any holiday."""

NOT_PAGED = "not_paged"
"""The rules did not page anybody for the words of a drill, or could not judge them."""
UNANSWERED = "unanswered"
"""Nobody answered in time."""
MISSED = "missed"
"""It was never held: the server was not there, and came when it was too late for it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """At which time of the school's day a drill begins ("" for never), on which weekdays.

    With `needed` the chat stays closed until it was answered. 0 is Monday.
    """

    at: str = ""
    days: Collection[int] = (0, 1, 2, 3, 4)
    needed: bool = True


def last_due(plan: Plan, rota: Rota, now: int) -> int | None:
    """The latest moment until now at which a drill was due; None when none ever was.

    No drill is due on a holiday of the rota. Times are Unix milliseconds.
    """
    if not plan.at:
        return None
    zone, off = ZoneInfo(rota.zone), days_off(rota)
    today = local(now, zone).date()
    for back in range(MEMORY_DAYS):
        day = today - timedelta(days=back)
        due = moment(day, plan.at, zone)
        if due <= now and day.weekday() in plan.days and day not in off:
            return due
    return None


def still_begins(due: int | None, now: int) -> bool:
    """Whether a drill that was due then is held by itself, even if it was missed at first.

    Later it takes somebody who holds one by hand, or the next morning.
    """
    return due is not None and now - due < LATE_MS


def missed(due: int | None, began: int | None, now: int) -> bool:
    """Whether the drill that was due then will not be held any more; the newest one `began`."""
    begun = due is not None and began is not None and began >= due
    return due is not None and not begun and not still_begins(due, now)


def may_open(plan: Plan, due: int | None, answered: int | None) -> bool:
    """Whether students may come, when the last drill that was answered began at `answered`."""
    if not plan.needed or due is None:
        return True
    return answered is not None and answered >= due
