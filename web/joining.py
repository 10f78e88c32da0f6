"""Joining the chat of an incident as *School adult*, as JSON.

Only calls `chat/rooms/joining.py`, which lets in nobody but the adult who has the incident.
"""

from __future__ import annotations

import re
from typing import Annotated

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from web import body, case_view
from web.answers import done, json, refused
from web.guard import STAFF
from web.parts import PARTS

_MOMENT = re.compile(r"[0-9]{1,15}")


class Words(body.Body, frozen=True):
    """Something to say in the room; `alone` to the student whose words raised the incident."""

    cid: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}$")]
    text: Annotated[str, Meta(max_length=4_000)]
    alone: bool = False


@body.takes_nothing
async def join(request: web.Request) -> web.Response:
    """Come into the room; the students see that an adult is there."""
    joining = request.app[PARTS].joining
    return done(request, await joining.come(request.match_info["code"], request[STAFF]))


async def chat(request: web.Request) -> web.Response:
    """What is said in the room, for the adult who is in it.

    `read_to` is the `anew_at` of the newest answer that the page drew while somebody could see it.
    """
    read_to = request.query.get("read_to", "0")
    if not _MOMENT.fullmatch(read_to):
        return refused(request, refusal("bad_field"), path="read_to")
    joining = request.app[PARTS].joining
    found = await joining.view(request.match_info["code"], request[STAFF], int(read_to))
    if isinstance(found, str):
        return refused(request, refusal(found))
    lines = case_view.lines_of(found.said, found.seat)
    return json({"lines": lines, "left": found.left, "anew_at": found.anew_at})


@body.takes(Words)
async def say(request: web.Request, asked: Words) -> web.Response:
    """Say something in the room."""
    joining = request.app[PARTS].joining
    return done(request, await joining.say(request.match_info["code"], request[STAFF], asked))


@body.takes_nothing
async def leave(request: web.Request) -> web.Response:
    """Go out of the room; the students see that, too."""
    await request.app[PARTS].joining.go(request.match_info["code"], request[STAFF].id)
    return json({})
