"""The auditor: a process of its own that looks whether paging works, and tells somebody outside.

Run by `run_server.py audit`. It only reads the records. Every look asks whether anything has been
due for longer than a minute, whether an open incident sends pages, whether a held message waits
unclaimed, whether anything reached a
peer that no verdict let through, whether the audit chain goes on from where it was, whether
somebody answered the last drill, whether every identity that one person opened alone was reviewed,
and whether the duty loop gives signs of life. When all is well it posts where the audit chain ends
to a dead-man URL, whose service calls somebody when the posts stop, and where that end then stands
off this machine; when not, it raises a page over a channel of its own, so that neither needs the
pager it watches. What it found last stands in a file beside the records, for
the pages.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from moderation.faults import told_safely
from moderation.pager.channel import Channel, Notice, Outcome
from moderation.pager.post import Poster, posted
from moderation.records import watch
from moderation.records.heartbeats import AUDITOR, Beat
from moderation.records.store import Store, StoreUnavailable
from moderation.records.watch import Mark, Watched

LATE_MS = 60_000
"""Nothing is due for longer than this while paging works."""
HELD_MS = 360_000
"""A held message that nobody claimed is an incident long before this."""
AGAIN_MS = 300_000
"""The same trouble is told again after so long."""

UNREADABLE = "The records cannot be read."
"""Told outside only when the look before found the same."""

_log = structlog.get_logger()


class Seen(msgspec.Struct, frozen=True):
    """What the auditor found last, as its file keeps it; `chain` in base64."""

    at: int
    trouble: str | None
    message: int
    entry: int
    chain: str


class Outside(Protocol):
    """Whom the auditor tells."""

    async def well(self, chain: bytes) -> bool:
        """All is well, and so the audit chain ends; whether somebody took it."""

    async def trouble(self, words: str, at: int) -> bool:
        """Something is not; whether somebody took it."""


class Auditor:
    """One auditor; `clock` gives seconds since 1970, `file` keeps what it found last."""

    def __init__(
        self, store: Store, clock: Callable[[], float], outside: Outside, file: Path
    ) -> None:
        self._store = store
        self._clock = clock
        self._outside = outside
        self._file = file
        self._mark = _mark(file)
        before = last_seen(file)
        self._before = None if before is None else before.trouble
        self._told: tuple[str, int] = ("", 0)

    async def run(self, every: float, stop: asyncio.Event) -> None:
        """Look every so many seconds until told to stop."""
        while not stop.is_set():
            await self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every)

    async def look(self) -> list[str]:
        """One look: what is wrong in plain words; told outside, and kept in the file."""
        now = int(self._clock() * 1000)
        try:
            found = await self._store.read(watch.look, now, LATE_MS, HELD_MS, self._mark)
        except StoreUnavailable:
            troubles = [UNREADABLE]
        else:
            troubles = troubles_of(found, now)
            if found.chain_whole:
                self._mark = found.mark
        words, before = " ".join(troubles), self._before
        self._before = words  # kept here too: the file may lie on the disk that broke
        _keep(self._file, Beat(AUDITOR, now, words or None), self._mark)
        if words == UNREADABLE != before:
            return troubles  # a server that starts anew is back at the next look
        await (self._tell(words, now) if troubles else self._outside.well(self._mark.chain))
        return troubles

    async def _tell(self, words: str, now: int) -> None:
        before, at = self._told
        if before == words and 0 <= now - at < AGAIN_MS:
            return
        _log.error("paging_trouble", words=words)
        if await self._outside.trouble(words, now):
            self._told = (words, now)


def troubles_of(found: Watched, now: int) -> list[str]:
    """What a look found, in words that name no child and no adult."""
    asked = (
        (found.late_pages, "pages are not being sent"),
        (found.late_incidents, "incidents are not being chased"),
        (found.silent_incidents, "open incidents have sent no page for five minutes"),
        (found.late_items, "waiting messages did not become incidents in time"),
        (found.held_unclaimed, "held messages are read by nobody"),
        (found.unjudged, "messages reached a student without a verdict"),
        (found.unreviewed, "identities that one person opened alone were not reviewed in a day"),
    )
    told = [f"{count} {words}." for count, words in asked if count]
    if found.missed_drills:
        told.append("The last drill failed: nobody was paged, or nobody answered.")
    if not found.chain_whole:
        told.append("The audit log was changed.")
    if found.duty_at is None or now - found.duty_at > LATE_MS:
        told.append("Paging has stopped: nobody is being paged.")
    return told


class Posts:
    """The outside: a dead-man URL, and one webhook for trouble; each may be empty."""

    def __init__(self, poster: Poster, channel: Channel, url: str, webhook: str, link: str) -> None:
        self._poster = poster
        self._channel = channel
        self._url = url
        self._webhook = webhook
        self._link = link

    async def well(self, chain: bytes) -> bool:
        """Post nothing but the end of the audit chain, which says nothing to whoever keeps it."""
        if not self._url:
            return True
        end = chain.hex().encode()
        answer = await posted(self._poster, self._url, end, {"Content-Type": "text/plain"})
        return not isinstance(answer, Outcome) and answer < 300  # noqa: PLR2004 - HTTP

    async def trouble(self, words: str, at: int) -> bool:
        """One page; its words are this module's own."""
        if not self._webhook:
            return False
        when = f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M on %A %d %B %Y} (UTC)"
        notice = Notice("AUDITOR", f"Paging is broken: {words}", when, self._link, f"audit-{at}")
        return await self._channel.send(self._webhook, notice) is Outcome.SENT


def last_seen(file: Path) -> Beat | None:
    """What the auditor found last, for the pages; None when there never was one."""
    seen = _read(file)
    return None if seen is None else Beat(AUDITOR, seen.at, seen.trouble)


def _read(file: Path) -> Seen | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Seen)
    except (OSError, msgspec.DecodeError):
        return None


def _mark(file: Path) -> Mark:
    seen = _read(file)
    return Mark() if seen is None else Mark(seen.message, seen.entry, base64.b64decode(seen.chain))


def _keep(file: Path, beat: Beat, mark: Mark) -> None:
    chain = base64.b64encode(mark.chain).decode()
    seen = Seen(beat.at, beat.trouble, mark.message, mark.entry, chain)
    fresh = file.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.encode(seen))
        fresh.replace(file)
    except OSError as error:
        _log.error("auditor_file_not_written", **told_safely(error))
