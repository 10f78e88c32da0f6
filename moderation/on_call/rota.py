"""Who is on call when: shifts that turn week by week, covers, holidays, in the school's own time.

Pure; used by `escalation.py`, the records of the rota and the rota page. One `Rota` is everything a
safeguarding lead decides about paging: it is read and written whole, and each change is a new
version. Whether any of them can be reached is `adults.py`'s. The rules:

1. A shift is a time of day on some weekdays. Its people take turns week by week, counted from the
   Monday of `since`; with one person there is nothing to turn. A shift whose end is not after its
   start ends on the next day.
2. Times are those of the school's clocks (`clocks.py`). A shift that begins where another ends
   always begins where that one ends.
3. On a holiday no shift begins. A cover still counts.
4. A cover puts somebody in the place of somebody else, or beside everybody, from one moment to
   another; a cover by nobody takes somebody off.
5. Without any shift everybody who may take a case is on call, always.
6. A shift begins when its adult accepts it. Until then those of the shift before stay on call too.

Times are Unix milliseconds unless said otherwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from moderation.on_call.clocks import DAY_MS, days_of, local, moment, monday

WEEK_MS = 8 * DAY_MS
"""Longer than any week by the school's clocks: one in which they go back lasts an hour more."""
AHEAD_MS = 14 * DAY_MS
"""How far ahead red minutes are looked for (requirement P7)."""

FIRST_DAY, LAST_DAY = date(1970, 2, 1), date(2200, 1, 1)
"""Of what days a rota may speak: reckoning from any of them stays within the calendar."""
_MOMENTS = range(31 * DAY_MS, (LAST_DAY - date(1970, 1, 1)).days * DAY_MS)

_Id = Annotated[str, msgspec.Meta(max_length=32)]
_Words = Annotated[str, msgspec.Meta(max_length=64)]
_Time = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_Date = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
_Weekday = Annotated[int, msgspec.Meta(ge=0, le=6)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Shift(_Part, frozen=True):
    """Hours of some weekdays (0 is Monday), and who has them in turn; `people` are staff ids."""

    id: _Id
    days: Annotated[tuple[_Weekday, ...], msgspec.Meta(min_length=1, max_length=7)]
    start: _Time
    end: _Time
    people: Annotated[tuple[_Id, ...], msgspec.Meta(min_length=1, max_length=52)]
    since: _Date


class Cover(_Part, frozen=True):
    """`who` is on call from `start` to `end`, `instead_of` somebody, or beside everybody."""

    id: _Id
    start: int
    end: int
    who: _Id = ""
    instead_of: _Id = ""


class Holiday(_Part, frozen=True):
    """Days on which no shift begins, the last included."""

    first: _Date
    last: _Date
    name: _Words = ""


class Step(_Part, frozen=True):
    """Who is told at one step, and how long until the next one.

    `who` holds `on_call` (everybody on call), `on_call:1`, `on_call:2` (the first, the second of
    them), `role:` and a role, `everybody`, or a staff id. `channels` limits it to these, if any
    are named. The wait is in seconds and never longer than the policy's.
    """

    who: Annotated[tuple[_Id, ...], msgspec.Meta(min_length=1, max_length=8)]
    wait: Annotated[int, msgspec.Meta(ge=15, le=90)] = 90
    channels: Annotated[tuple[_Id, ...], msgspec.Meta(max_length=8)] = ()


_MANY = msgspec.Meta(max_length=200)


class Rota(_Part, frozen=True):
    """Everything the lead decides about paging.

    After the last step they go on from `again_from` (counted from 0), for ever; then moderators
    see the outside line, the one to call when nobody here answers.
    """

    zone: _Words = "Europe/London"
    shifts: Annotated[tuple[Shift, ...], _MANY] = ()
    covers: Annotated[tuple[Cover, ...], _MANY] = ()
    holidays: Annotated[tuple[Holiday, ...], _MANY] = ()
    steps: Annotated[tuple[Step, ...], msgspec.Meta(max_length=10)] = ()
    again_from: Annotated[int, msgspec.Meta(ge=0, le=9)] = 0
    outside_name: _Words = ""
    outside_number: _Words = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's time on call: one shift of one day, or a cover."""

    start: int
    end: int
    who: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A time in which nothing changes: who is on call, the first of them first."""

    start: int
    end: int
    people: tuple[str, ...]


def flaw(rota: Rota) -> str | None:
    """The path of the first thing in a rota that means nothing, or None."""
    try:
        ZoneInfo(rota.zone)
    except (KeyError, ValueError, OSError):
        return "zone"
    for n, shift in enumerate(rota.shifts):
        if not _is_date(shift.since):
            return f"shifts.{n}.since"
    for n, holiday in enumerate(rota.holidays):
        if not (_is_date(holiday.first) and _is_date(holiday.last)):
            return f"holidays.{n}"
    for n, cover in enumerate(rota.covers):
        if not _is_cover(cover):
            return f"covers.{n}"
    if rota.steps and rota.again_from >= len(rota.steps):
        return "again_from"
    return None


def _is_date(text: str) -> bool:
    try:
        return FIRST_DAY <= date.fromisoformat(text) <= LAST_DAY
    except ValueError:
        return False


def _is_cover(cover: Cover) -> bool:
    within = cover.start in _MOMENTS and cover.end in _MOMENTS
    return within and cover.start < cover.end and bool(cover.who or cover.instead_of)


def followed(rota: Rota) -> Rota:
    """The rota as it is followed: of one with a flaw only the steps and the outside line.

    Then everybody is on call (rule 5). None is kept with a flaw, but an older version allowed more,
    and a zone can vanish from the system: paging goes on all the same.
    """
    if flaw(rota) is None:
        return rota
    name, number = rota.outside_name, rota.outside_number
    return Rota(steps=rota.steps, outside_name=name, outside_number=number)


def duties(rota: Rota, start: int, end: int) -> list[Duty]:
    """Every shift of every day that touches that time, without covers, in the order of shifts."""
    zone = ZoneInfo(rota.zone)
    off = days_off(rota)
    first = local(start, zone).date() - timedelta(days=1)
    last = local(end, zone).date()
    found = []
    for shift in rota.shifts:
        since = date.fromisoformat(shift.since)
        monday = since - timedelta(days=since.weekday())
        for day in days_of(first, last):
            if day.weekday() not in shift.days or day < since or day in off:
                continue
            begins, ends = _hours(shift, day, zone)
            if begins < end and ends > start and begins < ends:
                who = shift.people[((day - monday).days // 7) % len(shift.people)]
                found.append(Duty(begins, ends, who))
    return found


def turns(rota: Rota, start: int, end: int) -> list[Turn]:
    """Who is on call from `start` to `end`, without a gap, as few turns as will tell it."""
    own = duties(rota, start, end)
    covers = [cover for cover in rota.covers if cover.start < end and cover.end > start]
    edges = {start, end}
    parts: list[Duty | Cover] = [*own, *covers]
    for one in parts:
        edges |= {max(start, one.start), min(end, one.end)}
    told: list[Turn] = []
    ordered = sorted(edges)
    for begins, ends in itertools.pairwise(ordered):
        people = _at(own, covers, begins)
        if told and told[-1].people == people:
            told[-1] = Turn(told[-1].start, ends, people)
        else:
            told.append(Turn(begins, ends, people))
    return told


def on_call(rota: Rota, at: int) -> tuple[str, ...]:
    """The staff ids of everybody on call at that moment, the first first."""
    return turns(rota, at, at + 1)[0].people


def shift_start(rota: Rota, who: str, at: int) -> int | None:
    """When the time on call that somebody has at that moment began; None when they have none.

    Shifts of one week (by the school's clocks) that follow one another without a pause are one.
    """
    if who not in on_call(rota, at):
        return None
    mine = [(one.start, one.end) for one in duties(rota, at - WEEK_MS, at + 1) if one.who == who]
    mine += [(cover.start, cover.end) for cover in rota.covers if cover.who == who]
    began = min(start for start, end in mine if start <= at < end)
    week = monday(began, ZoneInfo(rota.zone))
    while before := [start for start, end in mine if week <= start < began <= end]:
        began = min(before)
    return began


def earliest_start(rota: Rota, at: int) -> int:
    """Before this moment nobody's time on call began that they still have."""
    covers = [cover.start for cover in rota.covers if cover.start <= at < cover.end]
    return min(at - WEEK_MS, *covers) if covers else at - WEEK_MS


def standing(rota: Rota, at: int, accepted: Collection[tuple[str, int]]) -> tuple[str, ...]:
    """Who is on call, and those of the shift before while somebody has not accepted theirs."""
    now = on_call(rota, at)
    started = {who: shift_start(rota, who, at) for who in now}
    late = [began for who, began in started.items() if began and (who, began) not in accepted]
    before = [who for began in late for who in on_call(rota, began - 1)]
    return tuple(dict.fromkeys((*now, *before)))


def _at(own: Sequence[Duty], covers: Sequence[Cover], at: int) -> tuple[str, ...]:
    now = [cover for cover in covers if cover.start <= at < cover.end]
    instead = {cover.instead_of: cover.who for cover in now if cover.instead_of}
    people = [instead.get(duty.who, duty.who) for duty in own if duty.start <= at < duty.end]
    people += [cover.who for cover in now if not cover.instead_of]
    return tuple(dict.fromkeys(who for who in people if who))


def _hours(shift: Shift, day: date, zone: ZoneInfo) -> tuple[int, int]:
    begins = moment(day, shift.start, zone)
    next_day = shift.end <= shift.start
    return begins, moment(day + timedelta(days=1) if next_day else day, shift.end, zone)


def days_off(rota: Rota) -> set[date]:
    """Every day that is a holiday."""
    found: set[date] = set()
    for holiday in rota.holidays:
        first, last = date.fromisoformat(holiday.first), date.fromisoformat(holiday.last)
        found |= set(days_of(first, min(last, first + timedelta(days=366))))
    return found
