"""The second step of signing in, and looking after one's own second factors.

Only calls `moderation/people/factors.py`. Whoever comes here has shown a password; whether they may
add a factor, or must show the one they have, is said by `factors.Halfway`.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.people.factors import LONGEST_KEY_NAME, Factors, Halfway, Proved, Site
from moderation.records.refused import Refused
from web import body, browsers
from web.answers import PAGES, json, refused
from web.guard import HALFWAY
from web.parts import PARTS
from web.signin import let_in, onward

_Typed = Annotated[str, Meta(max_length=64)]
_Next = Annotated[str, Meta(max_length=64)]


class Code(body.Body, frozen=True):
    """Six digits or a recovery code, and the page somebody was on their way to."""

    code: _Typed
    next: _Next = ""


class Signed(body.Body, frozen=True):
    """What the browser's passkey answered."""

    credential: dict[str, Any]
    next: _Next = ""


class FirstCode(body.Body, frozen=True):
    """The first code of a new app, with what was handed out for it."""

    sealed: Annotated[str, Meta(max_length=512)]
    code: _Typed
    next: _Next = ""


class Made(body.Body, frozen=True):
    """A passkey the browser has made."""

    credential: dict[str, Any]
    name: Annotated[str, Meta(max_length=LONGEST_KEY_NAME)] = ""
    next: _Next = ""


class Dropped(body.Body, frozen=True):
    """A passkey by its id, or with nothing the app."""

    passkey: Annotated[str, Meta(max_length=1400)] | None = None


async def page(request: web.Request) -> web.Response:
    """The page between the password and the rest."""
    return request.app[PAGES].render("second_step.html", who=request[HALFWAY].name)


async def standing(request: web.Request) -> web.Response:
    """What this person can show, or must set up."""
    me = request[HALFWAY]
    return json(
        {
            "login": me.login,
            "proved": me.proved,
            "fresh": me.fresh,
            "may_enrol": me.may_enrol,
            "keyed": me.keyed,
            "code": me.has.sealed_secret is not None,
            "code_counts": me.code_counts,
            "passkeys": [
                {"id": _text(key.id), "name": key.name, "made_at": key.made_at}
                for key in me.has.passkeys
            ],
            "recovery_left": me.has.recovery_left,
        }
    )


@body.takes(Code)
async def show_code(request: web.Request, asked: Code) -> web.Response:
    """Six digits or a recovery code, for a session that may do everything."""
    return await _proved(request, _factors(request).show_code(_me(request), asked.code), asked.next)


@body.takes_nothing
async def ask_passkey(request: web.Request) -> web.Response:
    """What a passkey must sign."""
    return _raw(await _factors(request).ask_passkey(request[HALFWAY], _site(request)))


@body.takes(Signed)
async def show_passkey(request: web.Request, asked: Signed) -> web.Response:
    """A passkey's answer, for a session that may do everything."""
    shown = _factors(request).show_passkey(_me(request), _site(request), asked.credential)
    return await _proved(request, shown, asked.next)


def enrols(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler that adds or takes away a factor: after a fresh proof, or for the first one."""

    async def checked(request: web.Request) -> web.StreamResponse:
        me = request[HALFWAY]
        if not me.may_enrol:
            return refused(request, refusal("prove_again"))
        return await handler(request)

    return checked


@body.takes_nothing
async def new_maker(request: web.Request) -> web.Response:
    """A secret for an app, as words and as a picture."""
    return json(_factors(request).new_maker(request[HALFWAY], _site(request)))


@body.takes(FirstCode)
async def keep_maker(request: web.Request, asked: FirstCode) -> web.Response:
    """The app's first code."""
    kept = _factors(request).keep_maker(_me(request), asked.sealed, asked.code)
    return await _proved(request, kept, asked.next)


@body.takes_nothing
async def new_passkey(request: web.Request) -> web.Response:
    """What the browser needs to make a passkey."""
    return _raw(await _factors(request).new_passkey(request[HALFWAY], _site(request)))


@body.takes(Made)
async def keep_passkey(request: web.Request, asked: Made) -> web.Response:
    """The passkey it made."""
    me, site = _me(request), _site(request)
    kept = _factors(request).keep_passkey(me, site, asked.credential, asked.name)
    return await _proved(request, kept, asked.next)


@body.takes_nothing
async def new_recovery(request: web.Request) -> web.Response:
    """A new set of recovery codes."""
    return await _proved(request, _factors(request).new_recovery(_me(request)), "")


@body.takes(Dropped)
async def drop(request: web.Request, asked: Dropped) -> web.Response:
    """One factor less, but never the last."""
    try:
        key = None if asked.passkey is None else urlsafe_b64decode(asked.passkey + "==")
        await _factors(request).drop(request[HALFWAY], key)
    except Refused as no:
        return refused(request, refusal(no.code))
    except ValueError:
        return refused(request, refusal("bad_field"), path="passkey")
    return json({})


async def _proved(request: web.Request, proof: Awaitable[Proved], wanted: str) -> web.Response:
    try:
        done = await proof
    except Refused as no:
        return refused(request, refusal(no.code), retry_after=no.retry_after)
    member = await request.app[PARTS].people.sessions.staff(done.token)
    # Without a member a code got somebody this far whose role needs a passkey: they make one next.
    answer = json({"next": onward(member, wanted), "recovery": done.recovery})
    return await let_in(request, answer, done.token, member)


def _me(request: web.Request) -> Halfway:
    """Who is about to prove it, and whether this browser is one in which they are known."""
    me = request[HALFWAY]
    return replace(me, known_since=browsers.known_since(request, me.login))


def _factors(request: web.Request) -> Factors:
    return request.app[PARTS].people.factors


def _site(request: web.Request) -> Site:
    """This site as the browser that asks knows it; the guard has checked the host."""
    parts = request.app[PARTS]
    host = request.url.host or ""
    return Site(f"Peerline {parts.settings.school.name}", host, sorted(parts.origins))


def _raw(options: str) -> web.Response:
    return web.Response(text=options, content_type="application/json")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
