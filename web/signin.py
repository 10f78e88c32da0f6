"""Signing in and out, for students with a card and for staff with a password.

A student's token is answered once and lives in the page alone; staff hold theirs in a cookie no
script can read. Passwords and invitations are behind a limit of failed tries for each address
(`tries.py`), but for staff in a browser that knows them. Cards are not: a school shares an address,
and a code has 80 bits (decision 4).
"""

from __future__ import annotations

import re
import secrets
import time
from typing import Annotated

from aiohttp import hdrs, web
from msgspec import Meta

from chat.errors import refusal
from moderation.people.accounts import LONGEST_NAME
from moderation.people.passwords import LONGEST as LONGEST_PASSWORD
from moderation.people.sessions import StaffMember
from moderation.records.refused import Refused
from web import body, browsers
from web.access import home, is_staff_page
from web.answers import PAGES, json, refused
from web.guard import COOKIE, address, forget_cookie, set_cookie
from web.parts import PARTS
from web.tries import Elsewhere, Limit, Tries

STAFF_TRIES = web.AppKey("staff_tries", Limit)

_INCIDENT = re.compile(r"/staff/incidents/([A-Z0-9]{3}-[A-Z0-9]{4})")


class Card(body.Body, frozen=True):
    """A student's card."""

    card: Annotated[str, Meta(max_length=64)]


class Login(body.Body, frozen=True):
    """A member of staff, and the page they were on their way to."""

    login: Annotated[str, Meta(max_length=LONGEST_NAME)]
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]
    next: Annotated[str, Meta(max_length=64)] = ""


def new_tries(elsewhere: Elsewhere | None = None) -> Limit:
    """The limit for staff, here under a key of this start; each login is slowed as well."""
    return Limit(Tries(secrets.token_bytes(32), allowed=60), elsewhere)


async def read_try(request: web.Request, kind: type[body.T]) -> body.T | web.Response:
    """The body of one try, counted against its address; or the refusal to answer with."""
    no_more = await _too_many(request)
    return await body.read(request, kind) if no_more is None else no_more


async def _too_many(request: web.Request) -> web.Response | None:
    """Count one try against its address; the refusal to answer with when it has none left."""
    wait = await request.app[STAFF_TRIES].take(address(request), time.monotonic())
    return None if wait is None else refused(request, refusal("rate_limited"), retry_after=wait)


async def worked(request: web.Request) -> None:
    """That try worked: it does not count."""
    await request.app[STAFF_TRIES].give_back(address(request), time.monotonic())


async def student_sign_in(request: web.Request) -> web.Response:
    """A card for a token; a card that has ended is told so (decision 58)."""
    asked = await body.read(request, Card)
    if isinstance(asked, web.Response):
        return asked
    try:
        token = await request.app[PARTS].people.sign_in_student(asked.card)
    except Refused as no:
        return refused(request, refusal(no.code))
    return refused(request, refusal("bad_card")) if token is None else json({"token": token})


async def student_bye(request: web.Request) -> web.Response:
    """The student leaves: the session ends and the browser forgets this site."""
    kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if kind == "Bearer" and token:
        await request.app[PARTS].people.sessions.end(token)
    return web.Response(status=204, headers={"Clear-Site-Data": '"cache", "cookies", "storage"'})


async def staff_page(request: web.Request) -> web.Response:
    """The sign-in page; `?next=` names the page to go on to and is checked when it is used.

    Whoever was woken by a page reads which incident it leads to.
    """
    wanted = _INCIDENT.fullmatch(request.query.get("next", ""))
    return request.app[PAGES].render("sign_in.html", incident=wanted and wanted[1])


async def staff_sign_in(request: web.Request) -> web.Response:
    """A login and password for a cookie; a session this browser already had ends.

    Where they are known their tries count for that browser alone (`people.py`), so whoever uses up
    those of a school's address keeps no adult out.
    """
    asked = await body.read(request, Login)
    if isinstance(asked, web.Response):
        return asked
    since = browsers.known_since(request, asked.login)
    if since is None and (no_more := await _too_many(request)) is not None:
        return no_more
    people = request.app[PARTS].people
    try:
        token = await people.sign_in_staff(asked.login, asked.password, since)
    except Refused as no:
        return refused(request, refusal(no.code), retry_after=no.retry_after)
    if token is None:
        return refused(request, refusal("bad_login"))
    if since is None:
        await worked(request)
    return await signed_in(request, token, asked.next)


async def signed_in(request: web.Request, token: str, wanted: str = "") -> web.Response:
    """The cookie of a new session, and where to go; a session this browser already had ends."""
    people = request.app[PARTS].people
    member, half = await people.sessions.staff(token), await people.sessions.halfway(token)
    if half is None:
        return refused(request, refusal("bad_login"))
    if COOKIE in request.cookies:
        await people.sessions.end(request.cookies[COOKIE])
    return await let_in(request, json({"next": onward(member, wanted)}), token, member)


def onward(member: StaffMember | None, wanted: str) -> str:
    """Where somebody goes next: to the page they wanted, or through the second step to it."""
    if member is not None:
        return home(member.role, wanted)
    return "/staff/second-step" + (f"?next={wanted}" if is_staff_page(wanted) else "")


async def let_in(
    request: web.Request, answer: web.Response, token: str, member: StaffMember | None
) -> web.Response:
    """That answer with the session's cookie; a browser is known once its `member` is."""
    set_cookie(answer, token)
    if member is not None:
        await browsers.came_in(request, answer, member)
    return answer


async def staff_sign_out(request: web.Request) -> web.Response:
    """The session ends; the browser drops the cookie and what it kept of the pages."""
    if COOKIE in request.cookies:
        await request.app[PARTS].people.sessions.end(request.cookies[COOKIE])
    return forget_cookie(web.Response(status=204))
