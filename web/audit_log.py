"""The audit log for the pages of staff, as JSON and as a file: who did what to what, and no words.

Whoever takes the file away stands in it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from aiohttp import web

from chat.errors import refusal
from moderation.records import audit
from moderation.records.audit import Entry, ShownEntry
from web.answers import json, refused
from web.guard import STAFF
from web.numbers import PERIODS
from web.parts import PARTS
from web.spreadsheet import spreadsheet

SHOWN = 100
"""Entries on one page."""
_NUMBER = re.compile(r"[0-9]{1,15}")
_DAY = 86_400_000


async def entries(request: web.Request) -> web.Response:
    """The newest entries, or those before entry `before`, and where the whole log ends now."""
    before = request.query.get("before")
    if before is not None and not _NUMBER.fullmatch(before):
        return refused(request, refusal("bad_field"), path="before")
    store = request.app[PARTS].store
    found = await store.read(audit.newest, None if before is None else int(before), SHOWN + 1)
    last, digest = await store.read(audit.head)
    shown = found[:SHOWN]
    return json({"entries": shown, "more": len(found) > SHOWN, "last": last, "end": digest.hex()})


async def table(request: web.Request) -> web.Response:
    """The entries of the last `days` as a file for a spreadsheet."""
    days = request.query.get("days", "30")
    if days not in {str(one) for one in PERIODS}:
        return refused(request, refusal("bad_field"), path="days")
    parts = request.app[PARTS]
    now = parts.now()
    await parts.store.write(audit.append, Entry(now, request[STAFF].id, "log_export", days))
    found = await parts.store.read(audit.since, now - int(days) * _DAY)
    # A year of a busy school is too long to be written out between two messages.
    return await asyncio.to_thread(_file, found)


def _file(found: Iterable[ShownEntry]) -> web.Response:
    head = ["number", "time (UTC)", "who", "what", "about"]
    return spreadsheet("peerline-log.csv", [head, *map(_row, found)])


def _row(one: ShownEntry) -> list[object]:
    at = datetime.fromtimestamp(one.at / 1000, UTC).isoformat(timespec="seconds")
    return [one.n, at, one.who, one.act, one.about]
