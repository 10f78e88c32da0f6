"""Figures for whoever leads: how much was said, how long people waited, how often it was right.

A query for `Store.read`, used by the numbers page. Counts and times only: no word, no handle, no
name. Days are those of UTC, times Unix milliseconds, waits milliseconds. What was said is never
deleted from these tables, only made unreadable, so that the figures of a term stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil

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


_m = t.messages.c
_DAY_OF = cast(_m.said_at // _DAY_MICROS, Integer)
_MESSAGES = (
    select(_DAY_OF.label("day"), _m.attention, _m.delivery, func.count().label("count"))
    .join(t.rooms, t.rooms.c.id == _m.room)
    .where(
        t.rooms.c.school == bindparam("school"),
        t.rooms.c.topic != NAME,
        _m.seat.in_((0, 1)),
        _m.said_at >= bindparam("since_micros"),
        _m.said_at < bindparam("until_micros"),
    )
    .group_by(_DAY_OF, _m.attention, _m.delivery)
)
_FIRST_LOOK = (
    select(func.min(d.exposures.c.at))
    .where(d.exposures.c.item == t.items.c.id)
    .correlate(t.items)
    .scalar_subquery()
)
_ITEMS = select(
    t.items.c.since,
    func.coalesce(_FIRST_LOOK, t.items.c.claimed_at, t.items.c.done_at),
    t.items.c.done_at,
    t.items.c.outcome,
).where(
    t.items.c.school == bindparam("school"),
    t.items.c.kind != NAME,
    t.items.c.since >= bindparam("since"),
    t.items.c.since < bindparam("until"),
    t.items.c.id.not_in(select(d.reviews.c.item)),
)
_INCIDENTS = select(t.incidents.c.opened_at, t.incidents.c.outcome).where(
    t.incidents.c.school == bindparam("school"),
    t.incidents.c.opened_at >= bindparam("since"),
    t.incidents.c.opened_at < bindparam("until"),
    t.incidents.c.drill.is_(False),
)
_REVIEWS = (
    select(d.reviews.c.second_at, d.reviews.c.agreed)
    .join(t.items, t.items.c.id == d.reviews.c.item)
    .where(
        t.items.c.school == bindparam("school"),
        d.reviews.c.second_at >= bindparam("since"),
        d.reviews.c.second_at < bindparam("until"),
    )
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
    days = [Day((start + n) * DAY) for n in range(count)]
    asked = {"school": school, "since": start * DAY, "until": (start + count) * DAY}
    micros = {
        "school": school,
        "since_micros": start * _DAY_MICROS,
        "until_micros": (start + count) * _DAY_MICROS,
    }
    for day, attention, delivery, number in conn.execute(_MESSAGES, micros):
        _count_messages(days[day - start], attention, delivery, number)
    outcomes = _count_items(days, start, conn.execute(_ITEMS, asked).all())
    for opened, outcome in conn.execute(_INCIDENTS, asked):
        day = days[opened // DAY - start]
        day.incidents += 1
        day.no_danger += outcome == NO_DANGER
    for at, agreed in conn.execute(_REVIEWS, asked):
        day = days[at // DAY - start]
        day.reviewed += 1
        day.agreed += bool(agreed)
    for at, felt, heard, number in conn.execute(_ANSWERS, asked):
        _count_answers(days[at // DAY - start], felt, heard, number)
    return Figures(days, dict(outcomes.most_common()))


def _count_answers(day: Day, felt: str | None, heard: str | None, number: int) -> None:
    day.answered += number
    day.felt_better += number * (felt == "better")
    day.felt_worse += number * (felt == "worse")
    day.heard += number * (heard == "yes")


def _count_messages(day: Day, attention: int, delivery: int, number: int) -> None:
    day.messages += number
    if attention == Attention.QUEUE:
        day.queued += number
    elif attention == Attention.PAGE:
        day.paged += number
    if delivery == Delivery.HOLD:
        day.held += number
    elif delivery != Delivery.DELIVER:
        day.hidden += number


def _count_items(days: Sequence[Day], start: int, rows: Iterable[Sequence[object]]) -> Counter[str]:
    looks: dict[int, list[int]] = {}
    decisions: dict[int, list[int]] = {}
    outcomes: Counter[str] = Counter()
    for since, looked, done, outcome in rows:
        assert isinstance(since, int)
        number = since // DAY - start
        days[number].items += 1
        if isinstance(looked, int):
            looks.setdefault(number, []).append(max(0, looked - since))
        if isinstance(done, int):
            decisions.setdefault(number, []).append(max(0, done - since))
            days[number].decided += 1
            days[number].false_alarms += outcome == FALSE_ALARM
            outcomes[str(outcome)] += 1
    for number, took in looks.items():
        days[number].look_p50, days[number].look_p95 = _rank(took, 0.5), _rank(took, 0.95)
    for number, took in decisions.items():
        days[number].decide_p50 = _rank(took, 0.5)
    return outcomes


def _rank(took: list[int], share: float) -> int:
    """The nearest-rank percentile."""
    return sorted(took)[ceil(share * len(took)) - 1]
