"""Sealed identities for the pages of staff, as JSON: keys, requests, halves, the log of reveals.

Only calls `moderation/identities/reveals.py`, whose rules decide. A half goes to the browser of
whoever it is sealed for and nowhere else; what opens it never passes through here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.identities import reveal
from moderation.identities.enrolment import Custodian, Custodians
from moderation.identities.reveal import ALONE, REASONS, SHORTEST, State, Why
from moderation.identities.reveals import MAX_WORDS, Began, Reveals
from moderation.people.sessions import StaffMember
from moderation.records.custody import CustodianLine
from moderation.records.reveals import Handed
from moderation.records.shared_halves import AT_ONCE
from moderation.roles import NAMES, Action, Role, may
from web import body
from web.acts import act
from web.answers import done, json, refused
from web.guard import STAFF
from web.parts import PARTS

SHORTEST_WORDS = 5
"""Characters of a refusal's reason, or of a review."""


class Key(body.Body, frozen=True):
    """A public key, in base64."""

    public: Annotated[bytes, Meta(max_length=65)]


class Asking(body.Body, frozen=True):
    """Why an identity is asked for; all three are needed."""

    reason: Annotated[str, Meta(max_length=16)]
    threat: Annotated[str, Meta(max_length=reveal.LONGEST)]
    recipients: Annotated[str, Meta(max_length=500)]


class Alone(Asking, frozen=True):
    """The same without a second person; `typed` shows that it was meant."""

    typed: Annotated[str, Meta(max_length=32)]


class Passing(body.Body, frozen=True):
    """Half B, sealed again to the key of whoever asked, in base64."""

    passed: Annotated[bytes, Meta(max_length=256)]


class Words(body.Body, frozen=True):
    """Why it is refused, or what a review found."""

    words: Annotated[str, Meta(max_length=MAX_WORDS)]


class Wish(body.Body, frozen=True):
    """The fingerprint of the key that halves are wanted for."""

    to: Annotated[str, Meta(max_length=40)]


class Line(body.Body, frozen=True):
    """One half, sealed again; in base64."""

    pseudonym: Annotated[str, Meta(max_length=22)]
    sealed: Annotated[bytes, Meta(max_length=256)]


class Giving(Wish, frozen=True):
    """Halves for that key."""

    halves: Annotated[tuple[Line, ...], Meta(max_length=AT_ONCE)]


async def standing(request: web.Request) -> web.Response:
    """The log of reveals, and who holds which key."""
    member, parts = request[STAFF], request.app[PARTS]
    custody = await _reveals(request).custody(member.school)
    half = reveal.half_of(member.role)
    return json(
        {
            "reveals": await _reveals(request).log(member),
            "custodians": [_line(one, member) for one in custody.lines],
            "enrolled": custody.enrolled,
            "safe": custody.safe,
            "half": half,
            "may_ask": may(member.role, Action.REQUEST_REVEAL),
            "me": member.name,
            "now": parts.now(),
        }
    )


async def custodians(request: web.Request) -> web.Response:
    """The public keys as the enrolment tool reads them."""
    custody = await _reveals(request).custody(request[STAFF].school)
    found = tuple(
        Custodian(half=half, name=one.name, public=one.public)
        for one in custody.lines
        if one.public is not None and (half := reveal.half_of(one.role)) is not None
    )
    answer = json(Custodians(custodians=found))
    answer.headers["Content-Disposition"] = 'attachment; filename="custodians.json"'
    return answer


async def of_incident(request: web.Request) -> web.Response:
    """What was asked about one incident, and whether this person may ask."""
    member, code = request[STAFF], request.match_info["code"]
    custody = await _reveals(request).custody(member.school)
    found = await _reveals(request).log(member)
    return json(
        {
            "reveals": [one for one in found if one.incident == code],
            "may_ask": may(member.role, Action.REQUEST_REVEAL),
            "safe": custody.safe,
            "reasons": dict(REASONS),
            "shortest": SHORTEST,
        }
    )


@body.takes(Key)
async def register(request: web.Request, asked: Key) -> web.Response:
    """My new public key."""
    return done(request, await _reveals(request).register(request[STAFF], asked.public))


@body.takes(Wish)
async def lacking(request: web.Request, asked: Wish) -> web.Response:
    """My halves that a colleague of my rank lacks."""
    found = await _reveals(request).lacking(request[STAFF], asked.to)
    return refused(request, refusal(found)) if isinstance(found, str) else json(found)


@body.takes(Giving)
async def give(request: web.Request, asked: Giving) -> web.Response:
    """Some of my halves, sealed again for a colleague of my rank."""
    halves = [(line.pseudonym, line.sealed) for line in asked.halves]
    given = await _reveals(request).give(request[STAFF], asked.to, halves)
    return refused(request, refusal(given)) if isinstance(given, str) else json({"given": given})


@body.takes(Asking)
async def ask(request: web.Request, asked: Asking) -> web.Response:
    """Ask for who the student of an incident is."""
    return await _begin(request, asked, _reveals(request).ask)


@body.takes(Alone)
async def break_glass(request: web.Request, asked: Alone) -> web.Response:
    """Open it without a second person."""
    if asked.typed.strip().casefold() != ALONE:
        return refused(request, refusal("bad_field"), path="typed")
    return await _begin(request, asked, _reveals(request).break_glass)


@body.takes_nothing
async def practise(request: web.Request) -> web.Response:
    """Ask for who a canary is."""
    return _began(request, await _reveals(request).practise(request[STAFF]))


@body.takes_nothing
async def half(request: web.Request) -> web.Response:
    """My half of it, sealed to me."""
    return await _hand(request, _reveals(request).half)


@body.takes_nothing
async def unseal(request: web.Request) -> web.Response:
    """All that opens it, once."""
    return await _hand(request, _reveals(request).open)


@body.takes(Passing)
async def approve(request: web.Request, asked: Passing) -> web.Response:
    """I agree."""
    return await act(request, _reveals(request).approve, asked.passed)


@body.takes(Words)
async def refuse(request: web.Request, asked: Words) -> web.Response:
    """I do not agree, and say why."""
    return await _write(request, asked, _reveals(request).refuse)


@body.takes(Words)
async def review(request: web.Request, asked: Words) -> web.Response:
    """I looked at what one person opened alone."""
    return await _write(request, asked, _reveals(request).review)


Begin = Callable[[str, StaffMember, Why], Awaitable[Began | str]]


async def _begin(request: web.Request, asked: Asking, begin: Begin) -> web.Response:
    why = Why(asked.reason, asked.threat, asked.recipients)
    wrong = reveal.unfit(why)
    if wrong:
        return refused(request, refusal("bad_field"), path=wrong)
    return _began(request, await begin(request.match_info["code"], request[STAFF], why))


async def _hand(
    request: web.Request, hand: Callable[[str, StaffMember], Awaitable[Handed | str]]
) -> web.Response:
    found = await hand(request.match_info["code"], request[STAFF])
    return json(found) if isinstance(found, Handed) else refused(request, refusal(found))


async def _write(
    request: web.Request,
    asked: Words,
    do: Callable[[str, StaffMember, str], Awaitable[State | str]],
) -> web.Response:
    if len(asked.words.strip()) < SHORTEST_WORDS:
        return refused(request, refusal("bad_field"), path="words")
    return await act(request, do, asked.words)


def _began(request: web.Request, answer: Began | str) -> web.Response:
    return json(answer) if isinstance(answer, Began) else refused(request, refusal(answer))


def _line(one: CustodianLine, member: StaffMember) -> dict[str, object]:
    return {
        "name": one.name,
        "role": NAMES[Role(one.role)],
        "half": reveal.half_of(one.role),
        "print": one.print,
        "made_at": one.made_at,
        "opens": one.opens,
        "mine": one.staff == member.id,
    }


def _reveals(request: web.Request) -> Reveals:
    return request.app[PARTS].reveals
