"""The headers of every answer: what browsers are told to refuse, and to keep nothing.

Used by `app.py`, which adds them to whatever leaves, refusals and faults too.
"""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import hdrs, web

from web.guard import STAFF

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    ),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), clipboard-read=(), display-capture=(), "
        "usb=(), serial=(), idle-detection=()"
    ),
    "X-Robots-Tag": "noindex",
}

STAFF_POLICY = HEADERS["Content-Security-Policy"].replace(
    "trusted-types 'none'", "trusted-types worker; worker-src 'self'; manifest-src 'self'"
)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer of any status carries the same headers and names no software.

    Pages of somebody signed in may be installed and have a service worker, whose address is the
    one thing their scripts may make a trusted value of.
    """
    response.headers.update(HEADERS)
    if STAFF in request and response.status == HTTPStatus.OK:
        response.headers["Content-Security-Policy"] = STAFF_POLICY
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.popall(hdrs.SERVER, None)
