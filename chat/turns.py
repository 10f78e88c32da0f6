"""Work of one connection that must wait for the records, done one piece after another.

It is done in the order in which its frames came. An error that nobody else handles ends here: the
page is told, and the log gets its type and place, and no words. Used by both sessions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from moderation.faults import told_safely
from moderation.records.store import StoreUnavailable

_log = structlog.get_logger()


class Turns:
    """The work one connection has asked for. `refuse` tells its page a code of `errors.py`."""

    __slots__ = ("_last", "_refuse")

    def __init__(self, refuse: Callable[[str], None]) -> None:
        self._refuse = refuse
        self._last: asyncio.Task[None] | None = None

    def take(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this when everything taken before is done."""
        self._last = asyncio.ensure_future(self._after(self._last, work))

    async def _after(
        self, before: asyncio.Task[None] | None, work: Coroutine[Any, Any, None]
    ) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        try:
            await work
        except StoreUnavailable:
            self._refuse("unavailable")
        except Exception as wrong:  # noqa: BLE001 - the last resort: say so and go on
            _log.error("frame_failed", **told_safely(wrong))
            self._refuse("internal")
