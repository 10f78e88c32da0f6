"""The student page and the files every page loads: static, the same for everybody."""

from __future__ import annotations

from aiohttp import hdrs, web

from chat.errors import refusal
from web.answers import json, refused
from web.assets import Asset
from web.parts import PARTS

_MORE = {"staff/worker.js": {"Service-Worker-Allowed": "/staff/"}}
"""Files that say more than what they are: a worker may look after all pages of staff."""

ASSETS = web.AppKey("assets", dict[str, Asset])


async def page(request: web.Request) -> web.Response:
    """The student page; never kept by a browser, so that Back shows nothing."""
    return _whole(request, "student.html")


async def away(request: web.Request) -> web.Response:
    """The neutral page a student leaves to."""
    return _whole(request, "away.html")


async def lines(request: web.Request) -> web.Response:
    """The help lines, for a page that has no session yet or came back to a room."""
    return json({"lines": request.app[PARTS].settings.school.lines})


async def file(request: web.Request) -> web.Response:
    """One of the files found at start; checked again on each use, sent only when it changed."""
    asset = request.app[ASSETS].get(request.match_info["name"])
    if asset is None:
        return refused(request, refusal("not_found"))
    kept = {
        **_MORE.get(request.match_info["name"], {}),
        hdrs.ETAG: f'"{asset.tag}"',
        hdrs.CACHE_CONTROL: "no-cache",
    }
    if any(tag.value in {asset.tag, "*"} for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=kept)
    answer = _file(request, asset)
    answer.headers.update(kept)
    return answer


def _whole(request: web.Request, name: str) -> web.Response:
    asset = request.app[ASSETS].get(name)
    return refused(request, refusal("unavailable")) if asset is None else _file(request, asset)


def _file(request: web.Request, asset: Asset) -> web.Response:
    packed = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "").lower()
    answer = web.Response(
        body=asset.packed if packed else asset.body, content_type=asset.kind, charset="utf-8"
    )
    answer.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    if packed:
        answer.headers[hdrs.CONTENT_ENCODING] = "gzip"
    return answer
