"""The administrator's page: who has an account, with which role, and until when.

Only calls `moderation/people/accounts.py`, whose rules decide. No word of a student comes near it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.people.accounts import LONGEST_NAME, Accounts
from moderation.people.appointing import Account
from moderation.records.accounts import Listed
from moderation.records.invitations import Invitation
from moderation.records.people import LoginTaken
from moderation.records.refused import Refused
from moderation.roles import NAMES, PASSKEYS, STAFF_ROLES, Role
from web import body
from web.answers import done, json, refused
from web.guard import STAFF
from web.parts import PARTS

_Id = Annotated[str, Meta(max_length=22)]
_Role = Annotated[str, Meta(max_length=24)]
_Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
_LAST = 253_402_300_799_000
"""The last millisecond of the year 9999."""


class Inviting(body.Body, frozen=True):
    """Somebody new."""

    login: _Name
    name: _Name
    role: _Role


class Member(body.Body, frozen=True):
    """Whose account is meant."""

    staff: _Id


class Invited(body.Body, frozen=True):
    """Which invitation is meant."""

    invitation: _Id


class NewRole(body.Body, frozen=True):
    """Another role for somebody."""

    staff: _Id
    role: _Role


class NewEnd(body.Body, frozen=True):
    """Another end for an account, in Unix milliseconds."""

    staff: _Id
    at: Annotated[int, Meta(ge=0, le=_LAST)]


async def everybody(request: web.Request) -> web.Response:
    """Every account and every open invitation."""
    parts, me = request.app[PARTS], request[STAFF]
    accounts = parts.people.accounts
    return json(
        {
            "people": [_shown(one, me.id) for one in await accounts.everybody()],
            "invitations": [invited(one) for one in await accounts.invitations()],
            "roles": [{"id": role.value, "name": NAMES[role]} for role in STAFF_ROLES],
            "now": parts.now(),
        }
    )


@body.takes(Inviting)
async def invite(request: web.Request, asked: Inviting) -> web.Response:
    """A link for somebody new, shown once."""
    accounts, me = _accounts(request), request[STAFF]
    try:
        token = await accounts.invite(asked.role, login=asked.login, name=asked.name, by=me.id)
    except LoginTaken:
        return refused(request, refusal("login_taken"))
    except ValueError:
        return refused(request, refusal("bad_field"))
    return json({"token": token})


@body.takes(Invited)
async def uninvite(request: web.Request, asked: Invited) -> web.Response:
    """An invitation stops working."""
    return await _act(request, _accounts(request).uninvite(_me(request), asked.invitation))


@body.takes(NewRole)
async def change_role(request: web.Request, asked: NewRole) -> web.Response:
    """Another role; every session of theirs ends."""
    change = _accounts(request).change_role(_me(request), asked.staff, asked.role)
    return await _act(request, change)


@body.takes(Member)
async def disable(request: web.Request, asked: Member) -> web.Response:
    """The account is closed at once."""
    return await _act(request, _accounts(request).disable(_me(request), asked.staff))


@body.takes(NewEnd)
async def expire(request: web.Request, asked: NewEnd) -> web.Response:
    """The account ends at another time."""
    return await _act(request, _accounts(request).expire(_me(request), asked.staff, asked.at))


@body.takes(Member)
async def forget_factors(request: web.Request, asked: Member) -> web.Response:
    """Somebody who lost their second factor sets up a new one at their next sign-in."""
    return await _act(request, _accounts(request).forget_factors(_me(request), asked.staff))


async def appointments(request: web.Request) -> web.Response:
    """Invitations that wait for the rank of whoever asks."""
    found = await _accounts(request).waiting_for(request[STAFF].role)
    return json({"appointments": [invited(one) for one in found]})


@body.takes(Invited)
async def agree(request: web.Request, asked: Invited) -> web.Response:
    """Agree to one of them."""
    return await _act(request, _accounts(request).agree(_me(request), asked.invitation))


async def _act(request: web.Request, act: Awaitable[None]) -> web.Response:
    try:
        await act
    except Refused as no:
        return done(request, no.code)
    return done(request, None)


def _accounts(request: web.Request) -> Accounts:
    return request.app[PARTS].people.accounts


def _me(request: web.Request) -> Account:
    member = request[STAFF]
    return Account(member.id, member.role)


def _shown(one: Listed, me: str) -> dict[str, object]:
    return {
        "id": one.id,
        "login": one.login,
        "name": one.name,
        "role": one.role,
        "disabled_at": one.disabled_at,
        "expires_at": one.expires_at,
        "ended": one.ended,
        "code_maker": one.code_maker,
        "passkeys": one.passkeys,
        "keyed": one.role in PASSKEYS,
        "me": one.id == me,
    }


def invited(one: Invitation) -> dict[str, object]:
    """An invitation as a page shows it; never its link."""
    return {
        "id": one.id,
        "login": one.login,
        "name": one.name,
        "role": NAMES[Role(one.role)],
        "expires_at": one.expires_at,
        "waits_for": sorted(NAMES[role] for role in one.waits_for),
    }
