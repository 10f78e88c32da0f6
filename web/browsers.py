"""The cookie by which a browser is known to whoever signed in with it before.

Called by `signin.py` wherever a sign-in is tried or complete, and by `factors.py`;
`moderation/people/own_account.py` says what it is good for. The cookie outlives a session, opens
nothing and names nobody.
"""

from __future__ import annotations

from aiohttp import web

from moderation.people.sessions import StaffMember
from web.guard import STAFF
from web.parts import PARTS

COOKIE = "__Host-known"
_AGE = 400 * 86_400
"""Seconds; browsers keep no cookie longer (RFC 6265bis, 5.5)."""


async def came_in(request: web.Request, answer: web.Response, member: StaffMember) -> None:
    """A sign-in is complete: this browser is known from now on."""
    marks = await request.app[PARTS].people.own.came_in(member.id, member.login, _marks(request))
    answer.set_cookie(
        COOKIE, marks, path="/", secure=True, httponly=True, samesite="Strict", max_age=_AGE
    )


def known_since(request: web.Request, login: str) -> int | None:
    """Since when whoever has that login is known in this browser, or None."""
    return request.app[PARTS].people.known_since(login, _marks(request))


def news(request: web.Request) -> int | None:
    """When somebody signed in with a newer browser, if this one is to say so."""
    me = request[STAFF]
    return request.app[PARTS].people.own.news(me.login, me.new_browser_at, _marks(request))


def _marks(request: web.Request) -> str:
    return request.cookies.get(COOKIE, "")
