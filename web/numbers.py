"""The numbers page of staff, as JSON and as a spreadsheet: counts and times, no words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from chat.errors import refusal
from moderation.records import numbers, word_to_adult
from moderation.records.numbers import DAY, Day
from web.answers import json, refused
from web.guard import STAFF
from web.parts import PARTS
from web.spreadsheet import spreadsheet

PERIODS = (7, 30, 90, 365)
"""Lengths of a period in days that may be asked for."""


async def figures(request: web.Request) -> web.Response:
    """The figures of a period, and one clock from word to adult over it."""
    days = _days(request)
    if days is None:
        return refused(request, refusal("bad_field"), path="days")
    parts, school = request.app[PARTS], request[STAFF].school
    now = parts.now()
    first = now - (days - 1) * DAY
    since, until = first // DAY * DAY, now + 1
    found = await parts.store.read(numbers.figures, school, first, days)
    legs = await parts.store.read(word_to_adult.legs, school, since, until)
    return json({"days": found.days, "outcomes": found.outcomes, "legs": legs, "now": now})


async def table(request: web.Request) -> web.Response:
    """The same days as a file for a spreadsheet, safe to open in one."""
    days = _days(request)
    if days is None:
        return refused(request, refusal("bad_field"), path="days")
    parts, school = request.app[PARTS], request[STAFF].school
    first = parts.now() - (days - 1) * DAY
    found = await parts.store.read(numbers.figures, school, first, days)
    return spreadsheet("peerline-numbers.csv", _rows(found.days))


def _days(request: web.Request) -> int | None:
    try:
        days = int(request.query.get("days", "30"))
    except ValueError:
        return None
    return days if days in PERIODS else None


def _rows(days: Iterable[Day]) -> list[list[object]]:
    fields = Day.__struct_fields__
    rows = [[_date(one.at), *msgspec.structs.astuple(one)[1:]] for one in days]
    return [["day", *(_heading(name) for name in fields[1:])], *rows]


def _heading(name: str) -> str:
    words = name.replace("_", " ")
    return f"{words} ms" if name.endswith(("p50", "p95")) else words


def _date(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
