"""Every answer the site gives that is not a file: JSON, a page from a template, a refusal.

Used by the handlers and by `guard.py`. A refusal comes from `chat/errors.py` and says the same to
everybody; what was sent is never part of an answer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chat.errors import Refusal, refusal
from chat.settings import Line

TEMPLATES = Path(__file__).parent / "templates"

_encode = msgspec.json.encode

_HEADINGS = {
    400: "That did not work",
    401: "Please sign in again",
    403: "This page is not for this account",
    404: "There is nothing here",
    405: "That cannot be done this way",
    408: "That took too long",
    413: "That is too big",
    421: "This is the wrong address",
    429: "One moment, please",
    500: "Something went wrong on our side",
    503: "Not available right now",
}


class Pages:
    """The templates, loaded from their folder with every value escaped."""

    def __init__(
        self, school: str, lines: tuple[Line, ...], *, demo: bool = False, sso: str | None = None
    ) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(school=school, lines=lines, demo=demo, sso=sso)

    def render(self, name: str, **values: object) -> web.Response:
        """The page `name` with status 200."""
        return web.Response(text=self.text(name, **values), content_type="text/html")

    def text(self, name: str, **values: object) -> str:
        """What the template `name` comes to."""
        return self._environment.get_template(name).render(**values)


PAGES = web.AppKey("pages", Pages)


def json(value: object, status: int = 200) -> web.Response:
    """Anything msgspec can encode, as JSON."""
    return web.Response(body=_encode(value), content_type="application/json", status=status)


def refused(
    request: web.Request,
    why: Refusal,
    *,
    words: str | None = None,
    path: str | None = None,
    retry_after: float | None = None,
) -> web.Response:
    """A refusal: a page where a person asked for a page, else `{"code","words",…}`.

    `words` stand instead of the refusal's own; `path` names the field that was wrong;
    `retry_after` is in seconds and rounded up.
    """
    wait = None if retry_after is None else max(1, int(-(-retry_after // 1)))
    if _wants_page(request):
        heading = _HEADINGS.get(why.status, _HEADINGS[500])
        staff = request.path.startswith("/staff")
        answer = request.app[PAGES].render(
            "error.html", heading=heading, words=why.words, code=why.code, staff=staff
        )
        answer.set_status(why.status)
    else:
        body: dict[str, Any] = {"code": why.code, "words": words or why.words}
        if path is not None:
            body["path"] = path
        if wait is not None:
            body["retry_after"] = wait
        answer = json(body, why.status)
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def done(request: web.Request, wrong: str | None) -> web.Response:
    """It is done, which is all there is to say; or it is refused, with the code `wrong`."""
    return json({}) if wrong is None else refused(request, refusal(wrong))


def _wants_page(request: web.Request) -> bool:
    """A person's browser asking for a page says so; a script, a probe or an upload does not."""
    wants = "text/html" in request.headers.get("Accept", "")
    return wants and request.method == "GET" and not request.path.startswith("/api/")
