"""How staff on call are reached, as JSON, and the way a page's link takes.

Only calls `moderation/on_call/contacts.py`. No answer holds an address; the one secret that is ever
told, the key of a new webhook, is told once. Following a link proves that a page came, and nothing
about who follows: it leads to signing in.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
import structlog
from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from chat.settings import Settings
from moderation.on_call.adults import PROOF_MS
from moderation.on_call.contacts import LONGEST_ADDRESS, LONGEST_LABEL
from moderation.records.contacts import Leads
from moderation.records.proofs import ContactLine
from web import body
from web.answers import done, json, refused
from web.guard import STAFF
from web.parts import PARTS, Parts

_log = structlog.get_logger()

_OWN_WAYS = {
    "push": ("This browser", "push"),
    "mail": ("E-mail", "mail"),
    "webhook": ("Webhook", "url"),
}
"""What every house may have: its label, and what it asks a person for."""


class ProofView(msgspec.Struct, frozen=True):
    """The newest test page over a contact; `heard` None until it was answered."""

    code: str
    state: str
    asked_at: int
    sent_at: int | None
    delivered_at: int | None
    answered_at: int | None
    heard: bool | None


class ContactView(msgspec.Struct, frozen=True):
    """One way its owner is reached; never the address."""

    id: str
    channel: str
    way: str
    label: str
    proven_at: int | None
    proof: ProofView | None


class New(body.Body, frozen=True):
    """One more way to be reached."""

    channel: Annotated[str, Meta(max_length=16)]
    address: Annotated[str, Meta(max_length=LONGEST_ADDRESS)]
    label: Annotated[str, Meta(max_length=LONGEST_LABEL)] = ""


class Heard(body.Body, frozen=True):
    """Whether a test page was noticed without looking for it."""

    heard: bool


class Word(body.Body, frozen=True):
    """The word of a page's link."""

    word: Annotated[str, Meta(max_length=64)]


async def mine(request: web.Request) -> web.Response:
    """The contacts of whoever asks, and the ways there are to add one."""
    parts = request.app[PARTS]
    lines = await parts.contacts.of(request[STAFF])
    return json(
        {
            "contacts": [_view(one, _label(parts.settings, one.channel)) for one in lines],
            "ways": [_way(parts.settings, channel) for channel in _ordered(parts)],
            "push_key": parts.contacts.push_key,
            "proven_for": PROOF_MS,
            "now": parts.now(),
        }
    )


@body.takes(New)
async def add(request: web.Request, asked: New) -> web.Response:
    """One more contact."""
    contacts = request.app[PARTS].contacts
    added = await contacts.add(request[STAFF], asked.channel, asked.address, asked.label)
    if isinstance(added, str):
        return refused(request, refusal(added))
    return json({"id": added.id, "secret": added.secret})


@body.takes_nothing
async def test(request: web.Request) -> web.Response:
    """Send me a test page."""
    contacts = request.app[PARTS].contacts
    return done(request, await contacts.test(request[STAFF], request.match_info["id"]))


@body.takes_nothing
async def remove(request: web.Request) -> web.Response:
    """Do not page me this way any more."""
    contacts = request.app[PARTS].contacts
    gone = await contacts.remove(request[STAFF], request.match_info["id"])
    return done(request, None if gone else "not_found")


@body.takes(Heard)
async def answer(request: web.Request, asked: Heard) -> web.Response:
    """The test page came; heard, or only found."""
    contacts = request.app[PARTS].contacts
    known = await contacts.answer(request[STAFF], request.match_info["code"], heard=asked.heard)
    return done(request, None if known else "not_found")


@body.takes(Word)
async def arrived(request: web.Request, asked: Word) -> web.Response:
    """A phone says that a page came."""
    leads = await _leads(request, asked.word)
    return done(request, None if leads else "not_found")


async def follow(request: web.Request) -> web.Response:
    """The link of a page: to the case, the test page or the reveal it was made for."""
    leads = await _leads(request, request.match_info["word"])
    if leads is None:
        return refused(request, refusal("not_found"))
    place = f"/staff/{leads.to}/{leads.code}".removesuffix("/")
    return web.Response(status=303, headers={"Location": place})


async def _leads(request: web.Request, word: str) -> Leads | None:
    found = await request.app[PARTS].contacts.arrived(word)
    if found is None:
        _log.warning("page_link_refused")
    return found


def _ordered(parts: Parts) -> list[str]:
    """The channels that are set up, those that make a phone ring first."""
    rank = ("push", *parts.settings.pager.services, "mail", "webhook")
    return sorted(parts.contacts.channels, key=rank.index)


def _way(settings: Settings, channel: str) -> dict[str, object]:
    service = settings.pager.services.get(channel)
    asks = service.asks if service else _OWN_WAYS[channel][1]
    spoken = service is not None and service.spoken
    return {
        "channel": channel,
        "label": _label(settings, channel),
        "asks": asks,
        "spoken": spoken,
    }


def _label(settings: Settings, channel: str) -> str:
    service = settings.pager.services.get(channel)
    return service.label if service else _OWN_WAYS.get(channel, (channel, ""))[0]


def _view(line: ContactLine, way: str) -> ContactView:
    """A contact for its owner; `way` is what its channel is called."""
    proof = None
    if line.code is not None and line.state is not None and line.due_at is not None:
        proof = ProofView(
            code=line.code,
            state=line.state,
            asked_at=line.due_at,
            sent_at=line.sent_at,
            delivered_at=line.delivered_at,
            answered_at=line.answered_at,
            heard=line.heard,
        )
    return ContactView(line.id, line.channel, way, line.label or "", line.proven_at, proof)
