"""Opening an invitation: whoever has the link makes their own account.

The link's secret stands behind `#`, which browsers send to nobody; the page hands it over in the
body of a request. Wrong links count against the same limit as wrong passwords.
"""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.people.accounts import LONGEST_NAME, BadPassword
from moderation.people.passwords import LONGEST
from moderation.records.people import LoginTaken
from moderation.records.refused import Refused
from moderation.roles import NAMES, Role
from web import body
from web.answers import PAGES, json, refused
from web.parts import PARTS
from web.signin import read_try, signed_in, worked

_Token = Annotated[str, Meta(max_length=64)]


class Link(body.Body, frozen=True):
    """What stood behind `#`."""

    token: _Token


class Joining(body.Body, frozen=True):
    """The account somebody makes of their invitation."""

    token: _Token
    login: Annotated[str, Meta(max_length=LONGEST_NAME)]
    name: Annotated[str, Meta(max_length=LONGEST_NAME)]
    password: Annotated[str, Meta(max_length=LONGEST)]


async def page(request: web.Request) -> web.Response:
    """The page a link opens; the same for everybody."""
    return request.app[PAGES].render("welcome.html")


async def look(request: web.Request) -> web.Response:
    """What the invitation is for, so that the page can say it."""
    asked = await read_try(request, Link)
    if isinstance(asked, web.Response):
        return asked
    accounts = request.app[PARTS].people.accounts
    found = await accounts.invitation(asked.token)
    if found is None:
        return refused(request, refusal("bad_invitation"))
    await worked(request)
    return json(
        {
            "login": found.login,
            "name": found.name,
            "role": NAMES[Role(found.role)],
            "waits_for": sorted(NAMES[role] for role in found.waits_for),
            "shortest": accounts.terms.shortest,
        }
    )


async def join(request: web.Request) -> web.Response:
    """The account is made and its owner signed in."""
    asked = await read_try(request, Joining)
    if isinstance(asked, web.Response):
        return asked
    people = request.app[PARTS].people
    try:
        token = await people.join(asked.token, asked.login, asked.name, asked.password)
    except Refused as no:
        return refused(request, refusal(no.code))
    except LoginTaken:
        return refused(request, refusal("login_taken"))
    except BadPassword as why:
        return refused(request, refusal("bad_password"), words=str(why))
    except ValueError:
        return refused(request, refusal("bad_field"))
    await worked(request)
    return await signed_in(request, token)
