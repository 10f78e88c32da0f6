"""One's own account: the sessions that are open, and ending all of them at once."""

from __future__ import annotations

from aiohttp import web

from web.answers import json
from web.guard import STAFF, forget_cookie
from web.parts import PARTS


async def sessions(request: web.Request) -> web.Response:
    """When each session of this person began and was last used; no device, no address."""
    me, parts = request[STAFF], request.app[PARTS]
    found = [
        {
            "started_at": one.started_at,
            "seen_at": one.seen_at,
            "this": one.token_hash == me.session,
        }
        for one in await parts.people.sessions.own(me)
    ]
    return json({"sessions": found, "now": int(parts.clock() * 1000)})


async def sign_out_everywhere(request: web.Request) -> web.Response:
    """Every session ends, this one too; open sockets close with them."""
    await request.app[PARTS].people.sign_out_everywhere(request[STAFF])
    return forget_cookie(web.Response(status=204))
