"""The rota for the pages of staff: the calendar, the preview, changes, and the pulse of paging.

Only calls `moderation/on_call/paging.py`, whose rules decide; a code it answers is a refusal.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.on_call.adults import named
from moderation.on_call.paging import Fortnight
from moderation.on_call.rota import Rota, Turn
from moderation.roles import NAMES, Action, Role, holders, may
from web import body
from web.answers import json, refused
from web.guard import STAFF
from web.ical import calendar
from web.parts import PARTS

_FURTHEST = 400 * 86_400_000


class Changed(body.Body, frozen=True):
    """A whole rota, and the version it was made from."""

    version: Annotated[int, Meta(ge=0)]
    rota: Rota


class AdultView(msgspec.Struct, frozen=True):
    """Somebody who may be on call, over how many channels; never an address."""

    id: str
    name: str
    role: str
    ways: int


class FortnightView(msgspec.Struct, frozen=True):
    """Everything the rota page shows; times in Unix milliseconds, `days` are midnights."""

    version: int
    rota: Rota
    adults: tuple[AdultView, ...]
    roles: dict[str, str]
    days: list[int]
    turns: tuple[Turn, ...]
    red: tuple[Turn, ...]
    needed: int
    now: int
    yours: int | None
    may_change: bool


async def fortnight(request: web.Request) -> web.Response:
    """The next fourteen days."""
    member = request[STAFF]
    found = await request.app[PARTS].paging.fortnight(member)
    return json(_view(found, may_change=may(member.role, Action.MANAGE_ROTA)))


@body.takes(Changed)
async def save(request: web.Request, asked: Changed) -> web.Response:
    """Keep a changed rota."""
    answer = await request.app[PARTS].paging.save(request[STAFF], asked.version, asked.rota)
    return (
        json({"version": answer}) if isinstance(answer, int) else refused(request, refusal(answer))
    )


async def preview(request: web.Request) -> web.Response:
    """Who would be told when, if something happened at `at` and nobody answered."""
    parts = request.app[PARTS]
    now = parts.now()
    asked = request.query.get("at", str(now))
    if not asked.isdecimal() or abs(int(asked) - now) > _FURTHEST:
        return refused(request, refusal("bad_field"), path="at")
    told = await parts.paging.forecast(request[STAFF].school, int(asked))
    return json({"at": int(asked), "told": told})


async def as_ical(request: web.Request) -> web.Response:
    """The same fortnight for a calendar."""
    parts = request.app[PARTS]
    found = await parts.paging.fortnight(request[STAFF])
    names = {who: one.name for who, one in named(found.adults).items()}
    made = calendar(parts.settings.school.name, found.turns, names, found.now)
    headers = {"Content-Disposition": 'attachment; filename="on-call.ics"'}
    return web.Response(body=made, content_type="text/calendar", charset="utf-8", headers=headers)


@body.takes_nothing
async def accept(request: web.Request) -> web.Response:
    """I accept my shift."""
    code = await request.app[PARTS].paging.accept_shift(request[STAFF])
    return json({"accepted": True}) if code is None else refused(request, refusal(code))


async def pulse(request: web.Request) -> web.Response:
    """Whether paging works."""
    parts = request.app[PARTS]
    found = await parts.paging.pulse(request[STAFF].school)
    missed = await parts.drills.trouble()
    return json(replace(found, troubles=(*found.troubles, missed)) if missed else found)


def _view(found: Fortnight, *, may_change: bool) -> FortnightView:
    return FortnightView(
        version=found.version,
        rota=found.rota,
        adults=tuple(
            AdultView(one.id, one.name, NAMES[Role(one.role)], found.ways[one.id])
            for one in found.adults
        ),
        roles={role.value: NAMES[role] for role in holders(Action.TAKE_CASE)},
        days=_midnights(found),
        turns=found.turns,
        red=found.red,
        needed=found.needed,
        now=found.now,
        yours=found.yours,
        may_change=may_change,
    )


def _midnights(found: Fortnight) -> list[int]:
    """The beginning of today and of each day after it, by the school's clocks."""
    zone = ZoneInfo(found.rota.zone)
    today = datetime.fromtimestamp(found.now / 1000, UTC).astimezone(zone).date()
    days = (today + timedelta(days=n) for n in range(15))
    return [int(datetime.combine(day, time(), zone).timestamp() * 1000) for day in days]
