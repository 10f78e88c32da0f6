"""Incidents for the pages of staff, as JSON: the list, one case, and what is done to it.

Only calls `moderation/incidents/incidents.py`, whose rules decide; a code it answers is a refusal.
A moderator may see how an incident stands, never the case (`access.py`).
"""

from __future__ import annotations

import secrets
import time
from typing import Annotated

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.incidents.incidents import MAX_NOTE, Incidents
from moderation.incidents.record import MAX_ANSWER, Record
from moderation.records.refused import Refused
from web import body, case_view
from web.acts import act
from web.answers import json, refused
from web.guard import STAFF
from web.parts import PARTS
from web.tries import Elsewhere, Limit, Tries

RECEIPT_TRIES = web.AppKey("receipt_tries", Limit)


class Note(body.Body, frozen=True):
    """Something to write down about an incident."""

    text: Annotated[str, Meta(max_length=MAX_NOTE)]


class Offer(body.Body, frozen=True):
    """Whom an incident is offered to."""

    to: Annotated[str, Meta(max_length=22)]


class Brought(body.Body, frozen=True):
    """The receipt a student brought."""

    receipt: Annotated[str, Meta(max_length=64)]


Answer = Annotated[str, Meta(max_length=MAX_ANSWER)]


class Ending(body.Body, frozen=True):
    """How an incident ended, and the record of it."""

    outcome: Annotated[str, Meta(max_length=16)]
    seen: Answer
    done: Answer
    told: Answer
    why: Answer
    follow_up: Annotated[str, Meta(max_length=10)] | None = None


def new_receipt_tries(elsewhere: Elsewhere | None) -> Limit:
    """How many wrong receipts one member of staff may type: more than anybody does by mistake."""
    return Limit(Tries(secrets.token_bytes(32), allowed=20), elsewhere)


async def unresolved(request: web.Request) -> web.Response:
    """Every incident that is not resolved: state and class, no words."""
    parts, member = request.app[PARTS], request[STAFF]
    found = await parts.incidents.open_list(member.school, member.id)
    return json({"incidents": found, "now": parts.now()})


async def past(request: web.Request) -> web.Response:
    """Incidents that are over: how each ended, and whether somebody must look again; no words."""
    parts, member = request.app[PARTS], request[STAFF]
    return json({"past": await parts.incidents.past(member.school)})


async def on_call(request: web.Request) -> web.Response:
    """Who is on call, and over which channels each can be reached; never an address."""
    parts = request.app[PARTS]
    found = await parts.incidents.on_call(request[STAFF].school)
    return json({"on_call": [{"name": name, "channels": up} for name, up in found.items()]})


async def case(request: web.Request) -> web.Response:
    """One case with its conversation; the look is audited and makes its pages seen."""
    parts, member = request.app[PARTS], request[STAFF]
    found = await parts.incidents.case(request.match_info["code"], member)
    if isinstance(found, str):
        return refused(request, refusal(found))
    lines = parts.settings.school.lines
    return json(case_view.shown(found, member.role, lines, parts.now()))


@body.takes(Brought)
async def brought(request: web.Request, asked: Brought) -> web.Response:
    """The incident a student's receipt leads to; whoever hands it in has it.

    Wrong ones count against the account: a receipt is short enough to be copied by hand, and opens
    what two students said.
    """
    tries, who = request.app[RECEIPT_TRIES], f"receipt {request[STAFF].id}"
    wait = await tries.take(who, time.monotonic())
    if wait is not None:
        return refused(request, refusal("rate_limited"), retry_after=wait)
    found = await _incidents(request).bring(asked.receipt, request[STAFF])
    if isinstance(found, Refused):
        return refused(request, refusal(found.code))
    await tries.give_back(who, time.monotonic())
    return json({"code": found})


@body.takes_nothing
async def acknowledge(request: web.Request) -> web.Response:
    """I've got this."""
    return await act(request, _incidents(request).acknowledge)


@body.takes_nothing
async def with_student(request: web.Request) -> web.Response:
    """I am with the student."""
    return await act(request, _incidents(request).with_student)


@body.takes_nothing
async def take_over(request: web.Request) -> web.Response:
    """I take what was offered to me."""
    return await act(request, _incidents(request).take_over)


@body.takes_nothing
async def recuse(request: web.Request) -> web.Response:
    """I may know this student."""
    return await act(request, _incidents(request).recuse)


@body.takes(Offer)
async def offer(request: web.Request, asked: Offer) -> web.Response:
    """Offer it to a colleague."""
    return await act(request, _incidents(request).offer, asked.to)


@body.takes(Note)
async def note(request: web.Request, asked: Note) -> web.Response:
    """Add a note."""
    return await act(request, _incidents(request).note, asked.text)


@body.takes(Ending)
async def resolve(request: web.Request, asked: Ending) -> web.Response:
    """Say how it ended."""
    record = Record(asked.seen, asked.done, asked.told, asked.why, asked.follow_up)
    return await act(request, _incidents(request).resolve, asked.outcome, record)


@body.takes(Note)
async def preserve(request: web.Request, asked: Note) -> web.Response:
    """Have a case kept past its time, and say why."""
    return await act(request, _incidents(request).preserve, asked.text)


@body.takes(Note)
async def lift(request: web.Request, asked: Note) -> web.Response:
    """Let it go when its time is over, and say why."""
    return await act(request, _incidents(request).lift, asked.text)


def _incidents(request: web.Request) -> Incidents:
    return request.app[PARTS].incidents
