"""Whether a knock at the one public port may become a WebSocket; used by `front_door.py`.

websockets judges the request, as aiohttp has read it: two parsers that read it differently are how
requests are smuggled.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from aiohttp import web
from websockets.exceptions import HeaderLineTooLong, TooManyHeaders
from websockets.server import ServerProtocol

from moderation.faults import QUIET

if TYPE_CHECKING:
    from collections.abc import Collection

    from websockets.http11 import Request
    from websockets.typing import Origin


def judge_knock(request: web.BaseRequest, origins: Collection[str]) -> tuple[int, bytes]:
    """The HTTP status of a request to be upgraded, and for 101 the bytes to answer.

    An `Origin` must be there and be exactly one of `origins` (RFC 6455 section 10.2). Anything
    that is wrong in another way is 400, 426 or 431.
    """
    if request.headers.get("Sec-WebSocket-Version", "13") != "13":
        return HTTPStatus.UPGRADE_REQUIRED, b""  # RFC 6455 section 4.4; websockets would say 400
    protocol = ServerProtocol(origins=cast("list[Origin]", list(origins)), logger=QUIET)
    protocol.receive_data(_head(request))
    events = protocol.events_received()
    if not events:
        large = isinstance(protocol.handshake_exc, (HeaderLineTooLong, TooManyHeaders))
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if large else HTTPStatus.BAD_REQUEST
        return status, b""
    answer = protocol.accept(cast("Request", events[0]))
    if answer.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
        return answer.status_code, answer.serialize()
    if answer.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.UPGRADE_REQUIRED}:
        return answer.status_code, b""
    return HTTPStatus.BAD_REQUEST, b""


def _head(request: web.BaseRequest) -> bytes:
    # The path is not websockets' business.
    version = f"HTTP/{request.version.major}.{request.version.minor}"
    lines = [f"{request.method} / {version}".encode("ascii")]
    lines += [name + b":" + value for name, value in request.raw_headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"
