"""One's own account: the sessions that are open, a new browser, the keys of the console."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from moderation.people.own_account import Keys
from web import body, browsers
from web.answers import json
from web.guard import STAFF, forget_cookie
from web.parts import PARTS

_Key = Annotated[str, Meta(min_length=1, max_length=2)]


class NewBrowser(body.Body, frozen=True):
    """When the sign-in was that somebody knows of, in Unix milliseconds."""

    at: int


class ConsoleKeys(body.Body, frozen=True):
    """Whether letters are keys, and which were moved to which."""

    single: bool
    changes: Annotated[dict[_Key, _Key], Meta(max_length=40)]


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
    return json({"sessions": found, "now": parts.now()})


async def sign_out_everywhere(request: web.Request) -> web.Response:
    """Every session ends, this one too; open sockets close with them."""
    await request.app[PARTS].people.sign_out_everywhere(request[STAFF])
    return forget_cookie(web.Response(status=204))


@body.takes(NewBrowser)
async def answer_for_browser(request: web.Request, asked: NewBrowser) -> web.Response:
    """It was they who signed in; only a browser that was known before can say so."""
    if browsers.news(request) is not None:
        await request.app[PARTS].people.own.answered(request[STAFF].id, asked.at)
    return json({})


@body.takes(ConsoleKeys)
async def keep_keys(request: web.Request, asked: ConsoleKeys) -> web.Response:
    """The console has these keys wherever this person signs in."""
    keys = Keys(asked.single, asked.changes)
    await request.app[PARTS].people.own.keep_keys(request[STAFF].id, keys)
    return json({})
