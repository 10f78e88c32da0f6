"""Reading the JSON body of a write: small, typed, and refused by name when it is not right.

Used by every handler of a write: `takes` hands it the body. Unknown fields, repeated fields, wrong
types and text that could break a store are refusals; nothing of what was sent stands in one.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import TypeVar

import msgspec
from aiohttp import web

from chat.errors import refusal
from web.answers import refused

MOST = 64 * 1024
"""The largest body, in bytes."""
DEADLINE = 10.0
"""Seconds within which a body must have arrived."""

_PATH = re.compile(r"`\$\.([a-z_]{1,32})`")

T = TypeVar("T", bound=msgspec.Struct)


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What all bodies share: nothing beyond the named fields."""


Handler = Callable[[web.Request], Awaitable[web.Response]]
Taker = Callable[[web.Request, T], Awaitable[web.Response]]


def takes(kind: type[T]) -> Callable[[Taker[T]], Handler]:
    """Makes a handler of a function that is given the body as `kind` too.

    It is not called when the body is refused: that refusal is the answer then.
    """

    def around(handle: Taker[T]) -> Handler:
        @wraps(handle)
        async def handler(request: web.Request) -> web.Response:
            asked = await read(request, kind)
            return asked if isinstance(asked, web.Response) else await handle(request, asked)

        return handler

    return around


def takes_nothing(handle: Handler) -> Handler:
    """The same for a write that says everything by its address: its body is an empty object."""

    @takes(Body)
    @wraps(handle)
    async def handler(request: web.Request, _: Body) -> web.Response:
        return await handle(request)

    return handler


async def read(request: web.Request, kind: type[T]) -> T | web.Response:
    """The body as `kind`, or the refusal to answer with.

    Raises:
        web.HTTPRequestEntityTooLarge: Larger than `MOST`; `guard.py` answers it.
    """
    try:
        async with asyncio.timeout(DEADLINE):
            raw = await request.read()
    except TimeoutError:
        return refused(request, refusal("too_slow"))
    except (ConnectionError, web.RequestPayloadError):  # it left, or sent no whole body
        return refused(request, refusal("bad_json"))
    try:
        value = msgspec.json.decode(raw, type=kind)
        nul = _has_nul(json.loads(raw, object_pairs_hook=_once))
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        return refused(request, refusal("bad_field"), path=found and found[1])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # the last: too deep
        return refused(request, refusal("bad_json"))
    except _TwiceError:
        return refused(request, refusal("bad_field"))
    return refused(request, refusal("bad_text")) if nul else value


class _TwiceError(ValueError):
    """A field stands twice; which one counts would be a guess (RFC 8259 section 4)."""


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


def _has_nul(part: object) -> bool:
    """Whether text anywhere in it has the one character that PostgreSQL cannot keep."""
    match part:
        case str():
            return "\0" in part
        case list():
            return any(map(_has_nul, part))
        case dict():
            return any(map(_has_nul, (*part.keys(), *part.values())))
        case _:
            return False
