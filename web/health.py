"""Answers for machines: is it alive, is it ready, and counters for those who run it."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from web.answers import json
from web.parts import PARTS


async def live(_request: web.Request) -> web.Response:
    """The process answers."""
    return json({"live": True})


async def ready(request: web.Request) -> web.Response:
    """Which parts work; 503 while one does not, so that nobody new is sent here."""
    parts = dict(request.app[PARTS].ready())
    well = all(parts.values())
    return json({"ready": well, "parts": parts}, 200 if well else 503)


async def metrics(request: web.Request) -> web.Response:
    """Counters in Prometheus text format; only for a caller on this machine."""
    text = generate_latest(request.app[PARTS].registry)
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})
