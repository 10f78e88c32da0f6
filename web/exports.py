"""Cases as documents, for the pages of staff: asked for, agreed to, handed out once.

Only calls `moderation/incidents/exports.py`, whose rules decide. The document travels as text in
JSON, so that this origin never serves a page with students' words in it; the browser saves it.
"""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.incidents.export import LONGEST, SHORTEST
from moderation.incidents.exports import Asked, Exports
from web import body, case_file
from web.acts import act
from web.answers import PAGES, json, refused
from web.guard import STAFF
from web.parts import PARTS


class Asking(body.Body, frozen=True):
    """Why a case is asked for, and whether with the other student's words."""

    why: Annotated[str, Meta(max_length=LONGEST)]
    with_peer: bool


async def of_incident(request: web.Request) -> web.Response:
    """Every time this case was asked for."""
    found = await _exports(request).of_incident(request.match_info["code"], request[STAFF])
    return json({"exports": found})


async def waiting(request: web.Request) -> web.Response:
    """What waits for my word; no words of a student."""
    return json({"exports": await _exports(request).waiting(request[STAFF])})


@body.takes(Asking)
async def ask(request: web.Request, asked: Asking) -> web.Response:
    """Ask for a case."""
    why = asked.why.strip()
    if len(why) < SHORTEST:
        return refused(request, refusal("bad_field"), path="why")
    answer = await _exports(request).ask(
        request.match_info["code"], request[STAFF], why, with_peer=asked.with_peer
    )
    return json(answer) if isinstance(answer, Asked) else refused(request, refusal(answer))


@body.takes_nothing
async def agree(request: web.Request) -> web.Response:
    """I agree."""
    return await act(request, _exports(request).agree)


@body.takes_nothing
async def end(request: web.Request) -> web.Response:
    """I do not agree, or do not want it any more."""
    return await act(request, _exports(request).end)


@body.takes_nothing
async def hand(request: web.Request) -> web.Response:
    """The document, once, and the name to save it under."""
    found = await _exports(request).hand(request.match_info["code"], request[STAFF])
    if isinstance(found, str):
        return refused(request, refusal(found))
    values = case_file.values(found)
    document = request.app[PAGES].text("case_file.html", **values)
    return json({"name": case_file.name(found), "document": document})


def _exports(request: web.Request) -> Exports:
    return request.app[PARTS].exports
