"""The log of reveals as a file: who asked, why, who agreed, who was told.

A school must be able to show it; whose identity it was is never in it. Everything else that pages
do with reveals is in `identities.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from moderation.identities.reveal import Why
from moderation.identities.reveals import Shown
from web.guard import STAFF
from web.parts import PARTS
from web.spreadsheet import spreadsheet

_COLUMNS = (
    "code", "incident", "asked at", "asked by", "class", "threat", "told to", "ended as",
    "answered by", "answered at", "refused because", "opened at", "opened alone", "reviewed by",
    "reviewed at", "review",
)  # fmt: skip


def _row(one: Shown) -> tuple[object, ...]:
    why = one.why or Why("", "", "")
    return (
        one.code, one.incident, _time(one.requested_at), one.requester, one.reason, why.threat,
        why.recipients, one.state, one.answerer, _time(one.answered_at), one.answer,
        _time(one.opened_at), "yes" if one.alone else "no", one.reviewer, _time(one.reviewed_at),
        one.review,
    )  # fmt: skip


def _time(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at / 1000, UTC).isoformat(" ", "seconds")


async def table(request: web.Request) -> web.Response:
    """Every reveal as a file for a spreadsheet; audited."""
    rows = [_row(one) for one in await request.app[PARTS].reveals.export(request[STAFF])]
    return spreadsheet("peerline-identities.csv", [_COLUMNS, *rows])
