"""Drills for the pages of staff: what became of each, and one held now.

Only calls `moderation/on_call/drills.py`; a code it answers is a refusal. Times and names, no
words.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from moderation.records.drills import StoredDrill
from moderation.roles import Action, may
from web import body
from web.answers import done, json
from web.guard import STAFF
from web.parts import PARTS


class DrillView(msgspec.Struct, frozen=True):
    """One drill; times in Unix milliseconds, `by` the name of whoever answered."""

    day: str
    began_at: int
    code: str | None
    going_on: bool
    failed: str | None
    paged_at: int | None
    seen_at: int | None
    answered_at: int | None
    by: str | None


async def results(request: web.Request) -> web.Response:
    """What became of the last drills, and whether students may come."""
    parts, member = request.app[PARTS], request[STAFF]
    found = await parts.drills.results()
    return json(
        {
            "at": found.plan.at,
            "needed": found.plan.needed,
            "stands": found.stands,
            "due_at": found.due_at,
            "drills": [_view(one) for one in found.drills],
            "may_begin": may(member.role, Action.MANAGE_ROTA),
            "may_answer": may(member.role, Action.TAKE_CASE),
            "now": parts.now(),
        }
    )


@body.takes_nothing
async def begin(request: web.Request) -> web.Response:
    """Hold a drill now."""
    return done(request, await request.app[PARTS].drills.begin(request[STAFF]))


def _view(one: StoredDrill) -> DrillView:
    return DrillView(
        day=one.day,
        began_at=one.began_at,
        code=one.code,
        going_on=one.ended_at is None,
        failed=one.failed,
        paged_at=one.paged_at,
        seen_at=one.seen_at,
        answered_at=one.answered_at,
        by=one.by,
    )
