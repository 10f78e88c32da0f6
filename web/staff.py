"""The pages of staff: a template each, which its script fills from the socket or the API."""

from __future__ import annotations

import msgspec
from aiohttp import web

from chat.desk.acts import LONGEST
from moderation.roles import NAMES, Action, longest_bar, may
from web import browsers
from web.access import home, pages_of
from web.answers import PAGES, json
from web.body import Handler
from web.guard import STAFF
from web.parts import PARTS


async def start(request: web.Request) -> web.Response:
    """To the page this role works from."""
    return web.Response(status=303, headers={"Location": home(request[STAFF].role)})


async def me(request: web.Request) -> web.Response:
    """Who is signed in, and where they start.

    A link in a mail is a foreign start, so the browser leaves the strict cookie out; the sign-in
    page asks here, as a page of this site, before it asks a person for a password again.
    """
    member = request[STAFF]
    wanted = request.query.get("next", "")
    told = {"login": member.login, "name": member.name, "role": member.role}
    return json({**told, "next": home(member.role, wanted)})


def plain_page(template: str) -> Handler:
    """A page that is the same for everybody who may see it; its script fills it from the API."""

    async def handler(request: web.Request) -> web.Response:
        return await _page(request, template)

    return handler


async def queue(request: web.Request) -> web.Response:
    """The moderators' console."""
    longest = longest_bar(request[STAFF].role)
    minutes = LONGEST if longest is None else longest // 60_000
    parts = request.app[PARTS]
    topics, keys = parts.settings.school.topics, await parts.people.own.keys(request[STAFF].id)
    may_do = {
        "sees_team": may(request[STAFF].role, Action.SEE_NUMBERS),
        "looks_in": may(request[STAFF].role, Action.LOOK_IN),
    }
    kept = msgspec.json.encode(keys).decode()
    return await _page(
        request, "queue.html", longest_bar=minutes, topics=topics, keys=kept, **may_do
    )


async def identities(request: web.Request) -> web.Response:
    """Keys, and every time an identity was asked for; its script fills it."""
    role = request[STAFF].role
    holds, asks = may(role, Action.HOLD_KEY), may(role, Action.REQUEST_REVEAL)
    return await _page(request, "identities.html", holds=holds, asks=asks)


async def account(request: web.Request) -> web.Response:
    """One's own account: name, login and role."""
    member = request[STAFF]
    return await _page(
        request,
        "account.html",
        login=member.login,
        role=NAMES[member.role],
        appoints=may(member.role, Action.APPOINT),
    )


async def _page(request: web.Request, name: str, **values: object) -> web.Response:
    member = request[STAFF]
    accounts, exports = request.app[PARTS].people.accounts, request.app[PARTS].exports
    appoints, seconds = may(member.role, Action.APPOINT), may(member.role, Action.SECOND)
    shared: dict[str, object] = {
        "who": member.name,
        "me": member.login,
        "pages": pages_of(member.role),
        "news": browsers.news(request),
        "waits": appoints and bool(await accounts.waiting_for(member.role)),
        "wanted": seconds and bool(await exports.waiting(member)),
        "ready": await exports.ready(member) if may(member.role, Action.EXPORT_CASE) else [],
    }
    return request.app[PAGES].render(name, **shared, **values)
