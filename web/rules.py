"""The rules page of staff, as JSON: why a message is judged so, and changes two people agree to.

Only calls `moderation/rules_page.py`, whose rules decide. What is pasted here is kept nowhere.
"""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from chat.errors import refusal
from moderation.in_force import Loaded
from moderation.layer import SHORTEST_REASON, Change
from moderation.roles import Action, may
from moderation.rule_change import Step
from moderation.rules_page import Proposed, RulesPage, Unusable
from moderation.terms import Category
from moderation.trial import Trial
from web import body
from web.answers import json, refused
from web.guard import STAFF
from web.parts import PARTS

MOST_TEXT = 4_000
"""Characters of a pasted message; no longer one can be sent."""

_Text = Annotated[str, Meta(max_length=MOST_TEXT)]


class Asking(body.Body, frozen=True):
    """A message to explain, after what the same student said before (oldest first)."""

    text: _Text
    before: Annotated[tuple[_Text, ...], Meta(max_length=20)] = ()


class Proposing(body.Body, frozen=True):
    """A change to try or to propose."""

    change: Change


class Stepping(body.Body, frozen=True):
    """Why a change is ended; empty for any other step."""

    why: Annotated[str, Meta(max_length=1_000)] = ""


async def standing(request: web.Request) -> web.Response:
    """What is in force since when, every change, and what this person may do."""
    rules_page, member = _rules_page(request), request[STAFF]
    judge = rules_page.rules.judge
    return json(
        {
            "in_force": _loaded(rules_page.rules.last),
            "changes": await rules_page.standing(member),
            "may_propose": may(member.role, Action.PROPOSE_RULES),
            "categories": [name for name in Category if name is not Category.FAULT],
            "rules": [
                {"id": rule.id, "category": rule.category, "attention": rule.attention.word}
                for rule in judge.book.rules
                if rule.attention
            ],
            "now": request.app[PARTS].now(),
        }
    )


@body.takes(Asking)
async def explain(request: web.Request, asked: Asking) -> web.Response:
    """Every stage of judging a pasted message by the rules in force."""
    return json(_rules_page(request).explain(asked.text, asked.before))


@body.takes(Proposing)
async def try_out(request: web.Request, asked: Proposing) -> web.Response:
    """What a change would alter; `{"refused": …}` with the reason when it is no rule."""
    return _answered(request, await _rules_page(request).try_out(asked.change, request[STAFF]))


@body.takes(Proposing)
async def propose(request: web.Request, asked: Proposing) -> web.Response:
    """Write a change down for somebody else to agree to."""
    answer = await _rules_page(request).propose(asked.change, request[STAFF])
    return json(answer) if isinstance(answer, Proposed) else _answered(request, answer)


@body.takes(Stepping)
async def second(request: web.Request, asked: Stepping) -> web.Response:
    """Agree to somebody else's change: it is recorded from now on."""
    return await _step(request, asked, "second")


@body.takes(Stepping)
async def live(request: web.Request, asked: Stepping) -> web.Response:
    """Put a recorded change in force."""
    return await _step(request, asked, "live")


@body.takes(Stepping)
async def end(request: web.Request, asked: Stepping) -> web.Response:
    """End a change, with a reason: what was in force before applies again."""
    return await _step(request, asked, "end")


async def _step(request: web.Request, asked: Stepping, step: Step) -> web.Response:
    if step == "end" and len(asked.why.strip()) < SHORTEST_REASON:
        return refused(request, refusal("bad_field"), path="why")
    name, member = request.match_info["id"], request[STAFF]
    answer = await _rules_page(request).step(name, step, member, asked.why)
    if isinstance(answer, str):
        return refused(request, refusal(answer))
    return json(_loaded(answer))


@body.takes_nothing
async def reload(request: web.Request) -> web.Response:
    """Read the rule files again."""
    return json(_loaded(await _rules_page(request).reload(request[STAFF])))


def _answered(request: web.Request, answer: Trial | Unusable | str) -> web.Response:
    if isinstance(answer, str):
        return refused(request, refusal(answer))
    if isinstance(answer, Unusable):
        return json({"refused": answer.reason})
    return json({"trial": answer})


def _loaded(last: Loaded) -> dict[str, object]:
    return {"version": last.version, "since": int(last.at * 1000), "refused": last.refused}


def _rules_page(request: web.Request) -> RulesPage:
    return request.app[PARTS].rules_page
