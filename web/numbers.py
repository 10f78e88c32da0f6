"""The numbers page of staff, as JSON and as a spreadsheet: counts and times, no words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from chat.errors import refusal
from moderation.records import numbers, word_to_adult
from moderation.records.numbers import DAY, Day
from web.answers import json, refused
from web.guard import STAFF
from web.parts import PARTS

PERIODS = (7, 30, 90, 365)
"""Lengths of a period in days that may be asked for."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a spreadsheet may take for the beginning of a formula (OWASP, CSV injection)."""


async def figures(request: web.Request) -> web.Response:
    """The figures of a period, and one clock from word to adult over it."""
    days = _days(request)
    if days is None:
        return refused(request, refusal("bad_field"), path="days")
    parts, school = request.app[PARTS], request[STAFF].school
    now = int(parts.clock() * 1000)
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
    first = int(parts.clock() * 1000) - (days - 1) * DAY
    found = await parts.store.read(numbers.figures, school, first, days)
    answer = web.Response(text=as_csv(_rows(found.days)), content_type="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="peerline-numbers.csv"'
    return answer


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


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV (RFC 4180); a cell that a spreadsheet could run is made text with a quote."""
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if not isinstance(value, int | float) and text.lstrip(" ").startswith(_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n\t ;') else text
