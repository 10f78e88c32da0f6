"""What stands before every handler: host, origin, body, session, role, and refusals.

Put in by `app.py`; handlers take from it who is signed in (`STAFF`). The middlewares run in the
order of `MIDDLEWARES`; each either lets a request pass or answers it with a refusal. Nothing here
knows what a handler does.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from chat.errors import refusal
from moderation.faults import told_safely
from moderation.people.factors import Halfway
from moderation.people.sessions import StaffMember
from moderation.records.store import StoreUnavailable
from moderation.roles import SENSITIVE, Action, may
from web.access import STAFF_SOCKET, Door, is_staff_page, needed
from web.answers import refused
from web.parts import PARTS

COOKIE = "__Host-staff"
"""Holds a staff session; the prefix makes browsers insist on Secure, Path=/ and no Domain."""
HOSTS = web.AppKey("hosts", frozenset[str])
"""The Host headers this site answers to."""
STAFF: web.RequestKey[StaffMember] = web.RequestKey("staff", StaffMember)
"""The signed-in member of staff, on every request of a route that asks for one."""

HALFWAY: web.RequestKey[Halfway] = web.RequestKey("halfway", Halfway)
"""Who has shown a password, on every request of a route for those."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PROXIED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")

_KNOWN = {
    400: "bad_json",
    401: "bad_ticket",
    403: "forbidden",
    404: "not_found",
    405: "wrong_method",
    413: "too_long",
    415: "unsupported",
    429: "rate_limited",
    503: "unavailable",
}
"""What aiohttp, or the front door, says by status alone."""

_log = structlog.get_logger()


def hosts(origins: Iterable[str]) -> frozenset[str]:
    """The values of a Host header that belong to `origins`, with and without a default port."""
    found: set[str] = set()
    for origin in origins:
        parts = urlsplit(origin)
        found.add(parts.netloc.lower())
        default = _DEFAULT_PORTS.get(parts.scheme)
        if parts.port is None and default is not None:
            found.add(f"{parts.netloc.lower()}:{default}")
        elif parts.port == default:
            found.add(parts.netloc.lower().rpartition(":")[0])
    return frozenset(found)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What goes wrong becomes a refusal; of a fault only its kind and place are logged."""
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        answer = refused(request, refusal(_KNOWN.get(error.status, "internal")))
        if hdrs.ALLOW in error.headers:
            answer.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        if error.keep_alive is False:
            answer.force_close()
        return answer
    except StoreUnavailable:
        return refused(request, refusal("unavailable"))
    except Exception as error:  # noqa: BLE001 - the last resort, which must not let one through
        _log.error("handler_failed", **told_safely(error))
        return refused(request, refusal("internal"))


@web.middleware
async def right_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A forged Host is refused: links and caches are built from it (RFC 9110 section 7.4)."""
    named = {request.headers.get(hdrs.HOST, "").lower()}
    if not request.raw_path.startswith("/"):  # the first line may name a whole address too
        named.add(request.raw_path.partition("://")[2].partition("/")[0].lower())
    ours = request.app[HOSTS]
    for_operators = _for_operators(request)
    if all(host in ours or (for_operators and _is_loopback(_host_name(host))) for host in named):
        return await handler(request)
    return refused(request, refusal("wrong_host"))


@web.middleware
async def own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A write must come from a page of this site (W3C Fetch Metadata, else the Origin header)."""
    if request.method in _SAFE:
        return await handler(request)
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        own = request.headers.get(hdrs.ORIGIN) in request.app[PARTS].origins
    else:
        own = site in {"same-origin", "none"}
    return await handler(request) if own else refused(request, refusal("bad_origin"))


@web.middleware
async def json_bodies_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A write carries JSON as it is, or nothing: no form of another site can send that."""
    if request.method in _SAFE or not request.can_read_body:
        return await handler(request)
    if request.content_type != "application/json" or _is_coded(request):
        return refused(request, refusal("unsupported"))
    return await handler(request)


def _is_coded(request: web.Request) -> bool:
    """Whether a body is compressed, by itself or for its way only."""
    way = request.headers.get(hdrs.TRANSFER_ENCODING, "chunked")
    return hdrs.CONTENT_ENCODING in request.headers or way.lower() != "chunked"


@web.middleware
async def allowed_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The tables of `access.py` and `roles.py` decide; a route that is in none is for nobody."""
    resource = request.match_info.route.resource
    if resource is None:
        return await handler(request)  # 404 or 405, which the router answers
    action = needed(request.method, resource.canonical)
    if resource.canonical == "/ws" and request.query.get("as") == "staff":
        action = STAFF_SOCKET
    if action is Door.ANYONE:
        return await handler(request)
    if action is Door.OPERATOR:
        return await handler(request) if _is_operator(request) else _missing(request)
    if action is Door.HALFWAY:
        return await _halfway(request, handler)
    return await _for_staff(request, handler, action)


async def _halfway(request: web.Request, handler: Handler) -> web.StreamResponse:
    token = request.cookies.get(COOKIE)
    half = await request.app[PARTS].people.sessions.halfway(token) if token else None
    if half is None:
        return _sign_in_first(request)
    request[HALFWAY] = half
    return await handler(request)


async def _for_staff(
    request: web.Request, handler: Handler, action: Action | None
) -> web.StreamResponse:
    people, token = request.app[PARTS].people, request.cookies.get(COOKIE)
    member = await people.sessions.staff(token) if token else None
    if member is None:
        return _sign_in_first(request)
    if action is None:
        return refused(request, refusal("forbidden"))
    if not may(member.role, action):
        await people.refused(member, action)
        return refused(request, refusal("forbidden"))
    if (
        action in SENSITIVE
        and request.method not in _SAFE
        and not people.sessions.fresh(member.proved_at)
    ):
        return refused(request, refusal("prove_again"))
    request[STAFF] = member
    return await handler(request)


def set_cookie(answer: web.Response, token: str) -> None:
    """Hand a session of staff to the browser, where no script and no other site can use it."""
    answer.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="Strict")


def forget_cookie(answer: web.Response) -> web.Response:
    """Have the browser drop the session and what it kept of the pages; it stays a known one."""
    answer.headers["Clear-Site-Data"] = '"cache"'
    answer.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Strict")
    return answer


MIDDLEWARES = (refusals, right_host, own_pages_only, json_bodies_only, allowed_only)


def _sign_in_first(request: web.Request) -> web.Response:
    if request.method == "GET" and request.path.startswith("/staff"):
        wanted = f"?next={request.path}" if is_staff_page(request.path) else ""
        return web.Response(status=303, headers={"Location": f"/staff/sign-in{wanted}"})
    return refused(request, refusal("bad_ticket"))


def address(request: web.Request) -> str:
    """Where a request comes from, for limits only: never kept, never logged.

    A proxy on this machine is believed about its own peer, the last name it wrote down; anybody
    else who sends that header is not.
    """
    peer = request.remote or ""
    passed_on = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return passed_on if passed_on and _is_loopback(peer) else peer


def _missing(request: web.Request) -> web.Response:
    return refused(request, refusal("not_found"))


def _for_operators(request: web.Request) -> bool:
    return request.path in {"/metrics", "/health/live", "/health/ready"}


def _is_operator(request: web.Request) -> bool:
    """On this machine, and not somebody else whom a proxy on this machine passes on."""
    passed_on = any(name in request.headers for name in _PROXIED)
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if passed_on or not peer or not _is_loopback(_host_name(request.headers.get(hdrs.HOST, ""))):
        return False
    return _is_loopback(peer[0])


def _host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
