"""Duty: one loop that keeps incidents moving until a person has them.

Made by `house/`; woken by the chat when a message raised an incident. Everything it
acts on is a row with a time, so a restart forgets nothing: it looks, does what is due, and sleeps
until the next time or the next `wake`, never for longer than the policy's `look_ms`. Each page
goes out in a task of its own, so that a provider that hangs delays no other. A look that fails is
logged without content and tried again; the loop ends only when it is closed.

Only a disk that takes nothing more, for as long as a lease lasts, makes it do without leases:
whatever can still be read is then paged from memory, once a round, until the store can write again.
What was refused once, by a server that starts anew, is tried again a second later.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from moderation.faults import told_safely
from moderation.ids import new_code
from moderation.incidents.sender import DutySettings, Sender
from moderation.on_call import escalation
from moderation.pager.channel import Channel, Outcome
from moderation.records import heartbeats, pages, proofs, reveal_pages, rounds
from moderation.records.heartbeats import Beat
from moderation.records.of_school import SchoolRecords
from moderation.records.pages import Agenda
from moderation.records.rounds import Begin, Unattended
from moderation.records.sending import DuePage, Lease, Leased, Result
from moderation.records.store import Op, Row, StoreUnavailable
from moderation.records.store import Result as Answer

AFTER_FAULT = 1.0
"""Seconds until the next look when one failed."""

WELL_MS = 60_000
"""A loop that has not looked for so long is broken."""
BEAT_MS = 10_000
"""Milliseconds between two signs of life."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is sent: pages of an incident, test pages, calls about a reveal; all treated alike."""

    lease: Op[Lease, Leased | None]
    prolong: Op[Lease, bool]
    record: Op[Result, bool]


_PAGES = _Kind(pages.lease, pages.prolong, pages.record)
_PROOFS = _Kind(proofs.lease, proofs.prolong, proofs.record)
_CALLS = _Kind(reveal_pages.lease, reveal_pages.prolong, reveal_pages.record)


class Duty:
    """The loop; `changed` is told the code of every incident something happened to."""

    def __init__(
        self,
        records: SchoolRecords,
        channels: Mapping[str, Channel],
        settings: DutySettings,
        *,
        changed: Callable[[str], None] = lambda _code: None,
    ) -> None:
        self._store = records.store
        self._now = records.now
        self._channels = channels
        self._policy = settings.policy
        self._sender = Sender(records.vault, channels, settings)
        self._changed = changed
        self._awake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._sending: dict[str, asyncio.Task[object]] = {}
        self._open = True
        self._read_only = False
        self._refused_since: int | None = None
        self._beat_at = 0
        self._unkept: dict[tuple[str, str], int] = {}
        self.looked_at: int | None = None
        """When the last look succeeded, in Unix milliseconds; None before the first."""

    def well(self, now: float) -> bool:
        """Whether the loop looked within the last minute; `now` in seconds since 1970."""
        looked = self.looked_at
        return looked is not None and abs(now * 1000 - looked) < WELL_MS

    def wake(self) -> None:
        """Look now: something has just become due."""
        self._awake.set()

    async def run(self) -> None:
        """Look again and again until closed; ends only then, or when cancelled."""
        self._idle.clear()
        try:
            while self._open:
                self._awake.clear()
                pause = await self._turn_or_fault()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), pause)
        finally:
            self._idle.set()

    async def _turn_or_fault(self) -> float:
        try:
            return await self.turn()
        except Exception as error:  # noqa: BLE001 - whatever it was, pages must go on
            _log.error("duty_failed", **told_safely(error))
            return AFTER_FAULT

    async def close(self) -> None:
        """End the loop and wait for pages under way, at most for their own time-out.

        To be called before the store is closed, so that what was sent is written down.
        """
        self._open = False
        self.wake()
        await self._idle.wait()
        await self.settle()

    async def settle(self) -> None:
        """Wait until no page is under way."""
        while self._sending:
            await asyncio.gather(*self._sending.values())

    async def turn(self) -> float:
        """One look: do all that is due, and answer in how many seconds to look again."""
        self._read_only = False
        due = await self._look()
        if due.items or due.incidents:
            await self._raise(due.items)
            await self._begin(due.incidents)
            due = await self._look()
        await self._send(due.pages, _PAGES)
        await self._send(await self._store.read(proofs.due, self._policy, self._now()), _PROOFS)
        await self._send(
            await self._store.read(reveal_pages.due, self._policy, self._now()), _CALLS
        )
        await self._send_unkept()
        self.looked_at = self._now()
        await self._beat()
        pause = escalation.look_in(self._policy, due.later, self.looked_at) / 1000
        return min(pause, AFTER_FAULT) if self._read_only else pause

    async def _beat(self) -> None:
        """Say now and then that this loop works, for the auditor and the pages."""
        now = self._now()
        if abs(now - self._beat_at) >= BEAT_MS and not self._read_only:
            self._beat_at = now
            await self._write(heartbeats.beat, [Beat(heartbeats.DUTY, now)])

    async def _look(self) -> Agenda:
        return await self._store.read(pages.agenda, self._policy, self._now())

    async def _raise(self, items: Sequence[str]) -> None:
        now, skew = self._now(), self._policy.skew_ms
        rows = [Unattended(item, new_code(), now, skew) for item in items]
        for code in await self._write(rounds.raise_unattended, rows):
            if code is not None:
                self._changed(code)

    async def _begin(self, codes: Sequence[str]) -> None:
        names, now = frozenset(self._channels), self._now()
        rows = [Begin(code, self._policy, names, now) for code in codes]
        await self._write(rounds.begin, rows)
        for code in codes:
            self._changed(code)

    async def _send(self, due: Sequence[DuePage], kind: _Kind) -> None:
        until = self._now() + self._policy.lease_ms
        ours = [page for page in due if page.page not in self._sending]
        rows = [Lease(page.page, page.attempts, until) for page in ours]
        for leased in await self._write(kind.lease, rows):
            if leased is not None:
                self._start(leased.page, self._page(leased, kind))

    async def _send_unkept(self) -> None:
        """Page without the store's help while it cannot write: late notes beat silence.

        All adults are, whatever the steps say; so not because it could not for a moment.
        """
        if not self._read_only:
            self._unkept.clear()
            self._refused_since = None
            return
        now, repeat = self._now(), self._policy.repeat_ms
        self._refused_since = now if self._refused_since is None else self._refused_since
        if abs(now - self._refused_since) < self._policy.lease_ms:
            return
        for page in await self._store.read(pages.unkept, now + self._policy.lease_ms):
            key = (page.incident, page.contact)
            if abs(now - self._unkept.get(key, 0)) >= repeat:
                self._unkept[key] = now
                self._start(page.page, self._sender.send(page))

    def _start(self, page: str, sending: Coroutine[None, None, object]) -> None:
        task = asyncio.create_task(sending)
        self._sending[page] = task
        task.add_done_callback(partial(self._sent, page))

    def _sent(self, page: str, _task: asyncio.Task[object]) -> None:
        del self._sending[page]

    async def _write(self, op: Op[Row, Answer], rows: Sequence[Row]) -> list[Answer]:
        """Write rows side by side; one that is not kept costs the others nothing."""
        answers = await asyncio.gather(
            *(self._store.write(op, row) for row in rows), return_exceptions=True
        )
        kept = []
        for answer in answers:
            if isinstance(answer, BaseException):
                self._read_only |= isinstance(answer, StoreUnavailable)
                _log.error("duty_not_kept", **told_safely(answer))
            else:
                kept.append(answer)
        return kept

    async def _page(self, leased: Leased, kind: _Kind = _PAGES) -> None:
        if not await self._ours(leased, kind):
            return
        holding = asyncio.create_task(self._hold(leased, kind))
        try:
            outcome = await self._sender.send(leased)
        finally:
            holding.cancel()
        now = self._now()
        look_at = escalation.retry_at(self._policy, leased.attempt, now)
        if outcome is Outcome.FAILED_FOR_GOOD:
            look_at = now + self._policy.unreachable_ms
        row = Result(leased.page, leased.attempt, outcome.value, now, look_at)
        await self._write(kind.record, [row])
        _log.info(
            "page",
            incident=leased.incident,
            channel=leased.channel,
            page=leased.page,
            state=outcome,
        )
        self._changed(leased.incident)
        self.wake()

    async def _ours(self, leased: Leased, kind: _Kind) -> bool:
        """Whether it is ours to send; who stalled, or waited long for the disk, asks the records.

        Where every commit takes long it goes out all the same: at worst from two loops, not never.
        """
        left, whole = leased.until - self._now(), self._policy.lease_ms
        fresh = whole / 2 <= left <= whole + self._policy.skew_ms
        return fresh or await self._prolong(leased, kind)

    async def _hold(self, leased: Leased, kind: _Kind) -> None:
        """Prolong the lease for as long as the provider takes: ours, while we live to say so."""
        while True:
            await asyncio.sleep(self._policy.lease_ms / 3000)
            await self._prolong(leased, kind)

    async def _prolong(self, leased: Leased, kind: _Kind) -> bool:
        until = self._now() + self._policy.lease_ms
        return await self._write(kind.prolong, [Lease(leased.page, leased.attempt, until)]) == [
            True
        ]
