"""Signing in with the school's own account (OpenID Connect): away to the issuer, and back.

Only calls `moderation/people/issuer.py`. Who is unknown there gets no account here: a member of
staff links the two on their own account page first. The question travels sealed in a cookie of its
own, which is lax because the way back begins on another site; the session's cookie stays strict.
"""

from __future__ import annotations

import structlog
from aiohttp import web

from chat.errors import refusal
from moderation.people.issuer import Issuer
from moderation.people.oidc import ASKED_FOR, Asked, Person, SsoFailed, address
from moderation.records.refused import Refused
from web import body
from web.access import is_staff_page
from web.answers import PAGES, json, refused
from web.guard import STAFF
from web.parts import PARTS
from web.signin import let_in, onward

COOKIE = "__Host-sso"
"""Holds the sealed question for ten minutes."""

_log = structlog.get_logger()


async def leave(request: web.Request) -> web.Response:
    """Off to the issuer, to sign in."""
    issuer = request.app[PARTS].sso
    if issuer is None:
        return refused(request, refusal("not_found"))
    wanted = request.query.get("next", "")
    asked, sealed = issuer.leave(wanted if is_staff_page(wanted) else "")
    try:
        where = await _where(request, issuer, asked)
    except SsoFailed as no:
        return _failed(request, no)
    return _carrying(web.Response(status=303, headers={"Location": where}), sealed)


@body.takes_nothing
async def link(request: web.Request) -> web.Response:
    """Off to the issuer, to link one's account; the page goes to the address it is told."""
    parts, me = request.app[PARTS], request[STAFF]
    if parts.sso is None:
        return refused(request, refusal("not_found"))
    if not parts.people.sessions.fresh(me.proved_at):
        return refused(request, refusal("prove_again"))
    asked, sealed = parts.sso.leave(link=me.id)
    try:
        where = await _where(request, parts.sso, asked)
    except SsoFailed as no:
        return _failed(request, no)
    return _carrying(json({"address": where}), sealed)


async def back(request: web.Request) -> web.Response:
    """Back from the issuer: a session, or a linked account, or a refusal that says no more."""
    parts, sealed = request.app[PARTS], request.cookies.get(COOKIE)
    if parts.sso is None:
        return refused(request, refusal("not_found"))
    try:
        if not sealed:
            raise SsoFailed("question")  # noqa: TRY301 - all failures are told in one place
        person, asked = await parts.sso.back(sealed, request.query, _back(request))
        answer = await _arrived(request, person, asked)
    except SsoFailed as no:
        answer = _failed(request, no)
    except Refused as no:
        answer = _failed(request, SsoFailed(no.code))
    answer.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return answer


async def _arrived(request: web.Request, person: Person, asked: Asked) -> web.Response:
    people = request.app[PARTS].people
    if asked.link:
        await people.link(asked.link, person)
        return _going_on(request, "/staff/account")
    token = await people.sign_in_linked(person)
    if token is None:
        raise SsoFailed("unknown")
    member = await people.sessions.staff(token)
    answer = _going_on(request, onward(member, asked.wanted))
    return await let_in(request, answer, token, member)


def _going_on(request: web.Request, where: str) -> web.Response:
    """A page of ours that goes on by itself: only from such a one does a strict cookie count."""
    return request.app[PAGES].render("onward.html", where=where)


def _failed(request: web.Request, no: SsoFailed) -> web.Response:
    _log.warning("sso_failed", why=no.why)
    return refused(request, refusal("sso_failed"))


def _carrying(answer: web.Response, sealed: str) -> web.Response:
    answer.set_cookie(
        COOKIE, sealed, path="/", max_age=ASKED_FOR, secure=True, httponly=True, samesite="Lax"
    )
    return answer


async def _where(request: web.Request, issuer: Issuer, asked: Asked) -> str:
    return address(issuer.client, await issuer.authorize(), _back(request), asked)


def _back(request: web.Request) -> str:
    """Where the issuer sends the browser: the origin it came from, which the guard has checked."""
    origins = request.app[PARTS].origins
    host = request.host.lower()
    origin = next((one for one in sorted(origins) if one.partition("//")[2] == host), min(origins))
    return f"{origin}/staff/sso/back"
