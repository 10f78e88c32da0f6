"""Cases, and what one student wrote, as documents: asked for, agreed to, handed out once.

Only calls `moderation/incidents/exports.py`, whose rules decide. The document travels as text in
JSON, so that this origin never serves a page with students' words in it; the browser saves it.
"""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.incidents.export import LONGEST, SHORTEST
from moderation.incidents.exports import Asked, CaseFile, Exports, WordsFile
from web import body, case_file, own_words
from web.acts import act
from web.answers import PAGES, json, refused
from web.guard import STAFF
from web.parts import PARTS


class Asking(body.Body, frozen=True):
    """Why a case is asked for, and whether with the other student's words."""

    why: Annotated[str, Meta(max_length=LONGEST)]
    with_peer: bool


class AskingWords(body.Body, frozen=True):
    """Whose words are asked for, why, and whether to `erase` them; `read_reference` finds whose."""

    whose: Annotated[str, Meta(max_length=200)]
    why: Annotated[str, Meta(max_length=LONGEST)]
    erase: bool


async def of_incident(request: web.Request) -> web.Response:
    """Every time this case was asked for."""
    found = await _exports(request).of_incident(request.match_info["code"], request[STAFF])
    return json({"exports": found})


async def waiting(request: web.Request) -> web.Response:
    """What waits for my word; no words of a student."""
    return json({"exports": await _exports(request).waiting(request[STAFF])})


@body.takes(Asking)
async def ask(request: web.Request, asked: Asking) -> web.Response:
    """Ask for a case."""
    why = asked.why.strip()
    if len(why) < SHORTEST:
        return refused(request, refusal("bad_field"), path="why")
    answer = await _exports(request).ask(
        request.match_info["code"], request[STAFF], why, with_peer=asked.with_peer
    )
    return json(answer) if isinstance(answer, Asked) else refused(request, refusal(answer))


async def of_students(request: web.Request) -> web.Response:
    """Every time what one student wrote was asked for."""
    return json({"exports": await _exports(request).of_students(request[STAFF])})


@body.takes(AskingWords)
async def ask_words(request: web.Request, asked: AskingWords) -> web.Response:
    """Ask for what one student wrote, or to delete it."""
    why = asked.why.strip()
    if len(why) < SHORTEST:
        return refused(request, refusal("bad_field"), path="why")
    answer = await _exports(request).ask_words(asked.whose, request[STAFF], why, erase=asked.erase)
    if isinstance(answer, Asked):
        return json(answer)
    return refused(request, refusal(answer), path="whose" if answer == "not_found" else None)


@body.takes_nothing
async def agree(request: web.Request) -> web.Response:
    """I agree."""
    return await act(request, _exports(request).agree)


@body.takes_nothing
async def end(request: web.Request) -> web.Response:
    """I do not agree, or do not want it any more."""
    return await act(request, _exports(request).end)


@body.takes_nothing
async def erase(request: web.Request) -> web.Response:
    """Delete what one student wrote, now that somebody agreed."""
    return await act(request, _exports(request).erase)


@body.takes_nothing
async def hand(request: web.Request) -> web.Response:
    """The document, once, and the name to save it under."""
    pages = request.app[PAGES]

    def document(of: CaseFile | WordsFile) -> dict[str, str]:
        if isinstance(of, CaseFile):
            name, text = case_file.name(of), pages.text(case_file.FORM, **case_file.values(of))
        else:
            name, text = own_words.name(of), pages.text(own_words.FORM, **own_words.values(of))
        return {"name": name, "document": text}

    found = await _exports(request).hand(request.match_info["code"], request[STAFF], document)
    return refused(request, refusal(found)) if isinstance(found, str) else json(found)


def _exports(request: web.Request) -> Exports:
    return request.app[PARTS].exports
