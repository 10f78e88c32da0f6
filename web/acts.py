"""An act of staff on what an address names by its code: an incident, or a reveal.

Used by `incidents.py` and `identities.py`. What does it answers with the state it has then, or with
the code of a refusal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVarTuple

from aiohttp import web

from chat.errors import refusal
from moderation.people.sessions import StaffMember
from web.answers import json, refused
from web.guard import STAFF

Said = TypeVarTuple("Said")


async def act(
    request: web.Request,
    do: Callable[[str, StaffMember, *Said], Awaitable[StrEnum | str]],
    *said: *Said,
) -> web.Response:
    """Do it in the name of whoever is signed in, with what they `said` about it."""
    answer = await do(request.match_info["code"], request[STAFF], *said)
    if isinstance(answer, StrEnum):
        return json({"state": answer.value})
    return refused(request, refusal(answer))
