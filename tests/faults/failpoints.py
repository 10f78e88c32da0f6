"""Points at which a real server dies or stands still, put in by the tests' own launcher.

The product knows nothing of them: `launcher.py` patches one into the process it has just forked.
A point is written as it is given to `Servers.start`, `name:nth`: at the nth time the server comes
there it happens, before or after what the point is named for. Used by the tests of F3, F18 and F22
and by the long runs.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DIED = 86
"""The exit status of a server that died at its point: no other end looks like it."""


def _die() -> None:
    os._exit(DIED)


def _stall() -> None:
    time.sleep(2.0)


@dataclass(frozen=True)
class Point:
    """Before or after which function of the product, and what happens there."""

    module: str
    function: str
    after: bool = False
    act: Callable[[], None] = _die


POINTS = {
    "judged": Point("chat.rooms.journal", "Journal._keep"),
    "handed_in": Point("chat.rooms.journal", "Journal._keep", after=True),
    "kept": Point("chat.rooms.journal", "Journal._kept"),
    "sent": Point("chat.rooms.journal", "Journal._kept", after=True),
    "releasing": Point("chat.rooms.journal", "Journal._settle"),
    "released": Point("chat.rooms.journal", "Journal._settled"),
    "decided": Point("chat.rooms.moderated", "decided"),
    "page_sent": Point("moderation.incidents.sender", "Sender.send", after=True),
    "stalled": Point("house.on_call", "OnCall.enough", act=_stall),
}
"""A verdict is there; its row waits for the commit; it is committed; writer and peer were told.
A held message is about to be released by its writer's line; is released, nobody was told; the same
when a moderator released it. A page went out and is not written down. The loop stands still."""


def put_in(point: str) -> None:
    """Patch this process: at `name:nth` it happens. Raises KeyError for a point that is none."""
    name, _, nth = point.partition(":")
    chosen, left = POINTS[name], int(nth or 1)
    holder: Any = importlib.import_module(chosen.module)
    *path, last = chosen.function.split(".")
    for part in path:
        holder = getattr(holder, part)
    found = getattr(holder, last)

    def reached() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            chosen.act()

    @functools.wraps(found)
    def plain(*args: Any, **named: Any) -> Any:
        if not chosen.after:
            reached()
        answer = found(*args, **named)
        if chosen.after:
            reached()
        return answer

    @functools.wraps(found)
    async def waiting(*args: Any, **named: Any) -> Any:
        answer = await found(*args, **named)
        reached()
        return answer

    is_waiting = chosen.after and inspect.iscoroutinefunction(found)
    setattr(holder, last, waiting if is_waiting else plain)
