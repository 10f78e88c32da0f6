"""Figures for whoever leads: how much was said, how long people waited, how often it was right.

A query for `Store.read`, used by the numbers page. Counts and times only: no word, no handle, no
name. Days are those of UTC, times Unix milliseconds, waits milliseconds. Of what was purged the
counts stay, as `tallies.py` wrote them down; how long people waited is then no longer known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, bindparam, cast, func, select

from moderation.on_call.drill import NAME
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.terms import Attention, Delivery

DAY = 86_400_000
_DAY_MICROS = DAY * 1000
FALSE_ALARM = "false_alarm"
"""The outcome of an item that need not have been one."""
NO_DANGER = "no_danger"
"""The outcome of an incident in which nobody was in danger."""


class Day(msgspec.Struct):
    """One day; `at` is its beginning. Percentiles are None where nothing was waited for."""

    at: int
    messages: int = 0
    queued: int = 0
    paged: int = 0
    held: int = 0
    hidden: int = 0
    items: int = 0
    look_p50: int | None = None
    look_p95: int | None = None
    decide_p50: int | None = None
    decided: int = 0
    false_alarms: int = 0
    incidents: int = 0
    incidents_ended: int = 0
    no_danger: int = 0
    reviewed: int = 0
    agreed: int = 0
    answered: int = 0
    felt_better: int = 0
    felt_worse: int = 0
    heard: int = 0


class Figures(msgspec.Struct):
    """A period: each of its days, and how often moderators decided what."""

    days: list[Day]
    outcomes: dict[str, int]


OUTCOME = "outcome "
"""What stands before the name of a tally that counts how often moderators decided something."""

_m = t.messages.c
_DAY_OF = cast(_m.said_at // _DAY_MICROS, Integer)
MESSAGES = (
    select(_DAY_OF.label("day"), _m.attention, _m.delivery, func.count().label("count"))
    .join(t.rooms, t.rooms.c.id == _m.room)
    .where(t.rooms.c.topic != NAME, _m.seat.in_((0, 1)))
    .group_by(_DAY_OF, _m.attention, _m.delivery)
)
"""How many messages of students there were on each day, by verdict; to be narrowed."""
_MESSAGES = MESSAGES.where(
    t.rooms.c.school == bindparam("school"),
    _m.said_at >= bindparam("since_micros"),
    _m.said_at < bindparam("until_micros"),
)
_FIRST_LOOK = (
    select(func.min(d.exposures.c.at))
    .where(d.exposures.c.item == t.items.c.id)
    .correlate(t.items)
    .scalar_subquery()
)
ITEMS = select(
    t.items.c.since,
    func.coalesce(_FIRST_LOOK, t.items.c.claimed_at, t.items.c.done_at),
    t.items.c.done_at,
    t.items.c.outcome,
).where(t.items.c.kind != NAME, t.items.c.id.not_in(select(d.reviews.c.item)))
"""When each item came, was looked at and done, and how; to be narrowed."""
_ITEMS = ITEMS.where(
    t.items.c.school == bindparam("school"),
    t.items.c.since >= bindparam("since"),
    t.items.c.since < bindparam("until"),
)
INCIDENTS = select(t.incidents.c.opened_at, t.incidents.c.outcome).where(
    t.incidents.c.drill.is_(False)
)
"""When each incident was opened, and how it ended; to be narrowed."""
_INCIDENTS = INCIDENTS.where(
    t.incidents.c.school == bindparam("school"),
    t.incidents.c.opened_at >= bindparam("since"),
    t.incidents.c.opened_at < bindparam("until"),
)
REVIEWS = select(d.reviews.c.second_at, d.reviews.c.agreed).join(
    t.items, t.items.c.id == d.reviews.c.item
)
"""When something was looked at again, and whether both agreed; to be narrowed."""
_REVIEWS = REVIEWS.where(
    t.items.c.school == bindparam("school"),
    d.reviews.c.second_at >= bindparam("since"),
    d.reviews.c.second_at < bindparam("until"),
)
_TALLIES = select(t.tallies.c.day, t.tallies.c.name, t.tallies.c.count).where(
    t.tallies.c.school == bindparam("school"),
    t.tallies.c.day >= bindparam("since"),
    t.tallies.c.day < bindparam("until"),
)
_ANSWERS = (
    select(t.answers.c.day, t.answers.c.felt, t.answers.c.heard, func.count())
    .where(
        t.answers.c.school == bindparam("school"),
        t.answers.c.day >= bindparam("since"),
        t.answers.c.day < bindparam("until"),
    )
    .group_by(t.answers.c.day, t.answers.c.felt, t.answers.c.heard)
)


def figures(conn: Connection, school: str, first: int, count: int) -> Figures:
    """The figures of `count` days, from the day that holds the time `first`."""
    start = first // DAY
    days = {number: Day(number * DAY) for number in range(start, start + count)}
    asked = {"school": school, "since": start * DAY, "until": (start + count) * DAY}
    micros = {
        "school": school,
        "since_micros": start * _DAY_MICROS,
        "until_micros": (start + count) * _DAY_MICROS,
    }
    count_messages(days, conn.execute(_MESSAGES, micros))
    outcomes = count_items(days, conn.execute(_ITEMS, asked))
    count_incidents(days, conn.execute(_INCIDENTS, asked))
    count_reviews(days, conn.execute(_REVIEWS, asked))
    for at, felt, heard, number in conn.execute(_ANSWERS, asked):
        _count_answers(days[at // DAY], felt, heard, number)
    decided = Counter[str]()
    for (_, outcome), number in outcomes.items():
        decided[outcome] += number
    for at, name, number in conn.execute(_TALLIES, asked):
        if name.startswith(OUTCOME):
            decided[name.removeprefix(OUTCOME)] += number
        else:
            day = days[at // DAY]
            setattr(day, name, getattr(day, name) + number)
            day.incidents_ended += number * (name == "incidents")  # before it ends none is tallied
    return Figures(list(days.values()), dict(decided.most_common()))


def count_incidents(days: Mapping[int, Day], rows: Iterable[Sequence[Any]]) -> None:
    """Count rows of `INCIDENTS` into their days, which are known by their numbers."""
    for opened, outcome in rows:
        day = days[opened // DAY]
        day.incidents += 1
        day.incidents_ended += outcome is not None
        day.no_danger += outcome == NO_DANGER


def count_reviews(days: Mapping[int, Day], rows: Iterable[Sequence[Any]]) -> None:
    """Count rows of `REVIEWS`."""
    for at, agreed in rows:
        day = days[at // DAY]
        day.reviewed += 1
        day.agreed += bool(agreed)


def _count_answers(day: Day, felt: str | None, heard: str | None, number: int) -> None:
    day.answered += number
    day.felt_better += number * (felt == "better")
    day.felt_worse += number * (felt == "worse")
    day.heard += number * (heard == "yes")


def count_messages(days: Mapping[int, Day], rows: Iterable[Sequence[Any]]) -> None:
    """Count rows of `MESSAGES`."""
    for number_of_day, attention, delivery, number in rows:
        day = days[number_of_day]
        day.messages += number
        if attention == Attention.QUEUE:
            day.queued += number
        elif attention == Attention.PAGE:
            day.paged += number
        if delivery == Delivery.HOLD:
            day.held += number
        elif delivery != Delivery.DELIVER:
            day.hidden += number


def count_items(days: Mapping[int, Day], rows: Iterable[Sequence[Any]]) -> Counter[tuple[int, str]]:
    """Count rows of `ITEMS`; answers how often what was decided, by the day the item came."""
    looks: dict[int, list[int]] = {}
    decisions: dict[int, list[int]] = {}
    outcomes = Counter[tuple[int, str]]()
    for since, looked, done, outcome in rows:
        number = since // DAY
        days[number].items += 1
        if looked is not None:
            looks.setdefault(number, []).append(max(0, looked - since))
        if done is not None:
            decisions.setdefault(number, []).append(max(0, done - since))
            days[number].decided += 1
            days[number].false_alarms += outcome == FALSE_ALARM
            outcomes[number, str(outcome)] += 1
    for number, took in looks.items():
        days[number].look_p50, days[number].look_p95 = _rank(took, 0.5), _rank(took, 0.95)
    for number, took in decisions.items():
        days[number].decide_p50 = _rank(took, 0.5)
    return outcomes


def _rank(took: list[int], share: float) -> int:
    """The nearest-rank percentile."""
    return sorted(took)[ceil(share * len(took)) - 1]
