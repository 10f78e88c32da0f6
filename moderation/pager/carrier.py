"""The one door to Apprise: a service description and a notice in, an outcome out.

Used by the channels of this package. Apprise imports more than a hundred plug-ins on first use and
talks to providers in blocking calls, so all of it happens in threads. They are our own: Apprise
shares one small pool between all services, and a few providers that hang would keep every other
page waiting. Its descriptions hold addresses and passwords, so its loggers are silenced before
anything is built, and every service lives for a single page. Redirects are not followed: a page
goes where an administrator sent it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import quote
from weakref import WeakValueDictionary

from moderation.pager.channel import Notice, Outcome

AT_ONCE = 4
"""Calls for one address at the same time; one that hangs forever holds so many threads."""
TURN = 5.0
"""Seconds a page waits for its turn at an address: some come at once where many cases do."""
THREADS = 64
"""Calls of one channel at the same time."""

_SILENT = ("apprise", "urllib3")


class Carrier:
    """Sends pages of one channel; `seconds` bounds every wait on a socket, `turn` that for it."""

    def __init__(self, seconds: float, turn: float = TURN) -> None:
        self._seconds = seconds
        self._turn = turn
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self._places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def send(
        self,
        address: str,
        service: Mapping[str, Any] | str,
        notice: Notice,
        *,
        spoken: bool = False,
    ) -> Outcome:
        """Send a notice through one service, described by a URL or as its constructor wants it.

        With `spoken` a voice reads it aloud.
        An address with `AT_ONCE` calls under way is waited for, and fails for now if none ends,
        whatever became of those who waited for them.
        """
        place = self._places.setdefault(address, asyncio.Semaphore(AT_ONCE))
        try:
            async with asyncio.timeout(self._turn):
                await place.acquire()
        except TimeoutError:
            return Outcome.FAILED_FOR_NOW
        loop = asyncio.get_running_loop()

        def freed(_: Future[Outcome]) -> None:
            with contextlib.suppress(RuntimeError):  # the server is over, and its loop closed
                loop.call_soon_threadsafe(place.release)

        limits = {"cto": self._seconds, "rto": self._seconds}
        title, text = ("", notice.spoken) if spoken else (notice.subject, notice.body)
        call = self._threads.submit(_call, service, limits, title, text)
        call.add_done_callback(freed)
        return await asyncio.wrap_future(call)


def warm_up() -> None:
    """Import Apprise, which takes seconds, before the first page is due; call it in a thread."""
    import apprise  # noqa: F401, PLC0415 - the import is the whole purpose


def quoted(value: str) -> str:
    """A user, password or host as Apprise wants it: it takes quoting off exactly once."""
    return quote(value, safe="")


def _call(
    service: Mapping[str, Any] | str, limits: Mapping[str, float], title: str, text: str
) -> Outcome:
    """Build a service for one page and use it, in this thread and without a pool of Apprise's."""
    _silence()
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - takes seconds: see warm_up

    asset = AppriseAsset(
        app_id="Peerline", http_redirects=False, storage_mode="memory", service_timeout=0
    )
    parts = _parts(service) if isinstance(service, str) else service
    holder = Apprise(asset=asset)
    if not parts or not holder.add({**parts, **limits}):
        return Outcome.FAILED_FOR_GOOD
    with holder.notify(title=title, body=text, body_format="text") as result:
        return Outcome.SENT if result else Outcome.FAILED_FOR_NOW


def _parts(url: str) -> Mapping[str, Any] | None:
    from apprise.plugins import url_to_dict  # noqa: PLC0415 - takes seconds: see warm_up

    parts: Mapping[str, Any] | None = url_to_dict(url)  # type: ignore[no-untyped-call]
    return parts


def _silence() -> None:
    for name in _SILENT:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
