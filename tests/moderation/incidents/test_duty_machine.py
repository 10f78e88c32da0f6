"""Incident, escalation and duty under any order of faults and acts.

Children say more, and worse; adults take, hand over and are late; providers break and lie; the
loop crashes, the clock jumps, people go off. Whatever comes: an incident that nobody has is being
chased on time, one that somebody has is left alone until something graver is said in it or their
time is over, and no outcome is undone.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from moderation.incidents.gravity import ATTEMPT, graver
from moderation.incidents.incident import HELD_BY_SOMEBODY, State
from moderation.on_call import escalation
from moderation.pager.channel import Outcome
from moderation.records import tables as t
from moderation.terms import Category
from tests.moderation.night import Adult, World, night, record

LOOK = 5.0
ROUND = 90.0
"""Seconds between two rounds at the latest, and between two looks of the loop."""


async def _breaks(_address: str) -> Outcome:
    raise ConnectionResetError


async def _refuses(_address: str) -> Outcome:
    return Outcome.FAILED_FOR_NOW


async def _useless(_address: str) -> Outcome:
    return Outcome.FAILED_FOR_GOOD


async def _takes(_address: str) -> Outcome:
    return Outcome.SENT


PROVIDERS = {"breaks": _breaks, "refuses": _refuses, "is useless": _useless, "takes": _takes}


class Night(RuleBasedStateMachine):
    """One school at night, with three adults."""

    codes = Bundle("codes")

    @initialize()
    def begins(self) -> None:
        """Everybody is asleep."""
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp())
        self.world: World = self._do(self.stack.enter_async_context(night(self.folder)))
        self.adults: list[Adult] = [self._do(self.world.adult(n)) for n in ("Ola", "Ivo", "Lee")]
        self.free: dict[str, float] = {}
        self.held: dict[str, tuple[Any, float]] = {}
        self.over: dict[str, str] = {}

    def _do(self, work: Awaitable[Any]) -> Any:
        async def doing() -> Any:
            return await work

        return self.runner.run(doing())

    def teardown(self) -> None:
        """Nobody is left behind."""
        if hasattr(self, "runner"):
            self._do(self.stack.aclose())
            self.runner.close()
            shutil.rmtree(self.folder)

    @rule(target=codes)
    def a_child_writes(self) -> str:
        """A page-class message in a room of its own."""
        code: str = self._do(self._said())
        return code

    async def _said(self) -> str:
        code = await self.world.say(await self.world.room())
        self.free[code] = self.world.clock.steady
        await self._look()
        return code

    @rule(code=codes, category=st.sampled_from((ATTEMPT, Category.SUICIDE, Category.BULLYING)))
    def a_child_writes_more(self, code: str, category: str) -> None:
        """In the same room: what is graver ends what somebody had, whatever the clock shows."""
        self._do(self._more(code, category))

    async def _more(self, code: str, category: str) -> None:
        before = await self.world.incident(code)
        again = await self.world.say(before.room, category=category)
        after = await self.world.incident(code)
        if before.state == State.RESOLVED:
            assert again != code
        elif graver(before.category, category) != before.category:
            assert (again, after.state) == (code, State.OPEN)
        assert graver(before.category, after.category) == after.category
        await self._look()

    @rule(seconds=st.integers(1, 150))
    def time_passes(self, seconds: int) -> None:
        """The loop looks whenever it wants to; nobody may wait longer than a round meanwhile."""
        self._do(self._passes(seconds))

    async def _passes(self, seconds: float) -> None:
        until = self.world.clock.steady + seconds
        while self.world.clock.steady < until:
            pause = await self._look()
            left = until - self.world.clock.steady
            self.world.clock.wait(min(max(pause, 0.05), left))
        await self._look()

    async def _look(self) -> float:
        """One look; then an incident that nobody has had an attempt within a round."""
        pause = await self.world.look()
        await self._chased()
        return pause

    async def _chased(self) -> None:
        now = self.world.clock.steady
        tried = {notice.code: at for at, _, notice in self.world.channel.taken}
        for row in await self.world.rows(t.incidents.select()):
            if row.state == State.OPEN:
                since = self.free.setdefault(row.code, now)
                last = max(since, tried.get(row.code, since))
                assert now - last <= ROUND + 2 * LOOK, (row.code, now, last)
            else:
                self.free.pop(row.code, None)
            if row.state in HELD_BY_SOMEBODY:
                self._may_still_have(row, now)

    def _may_still_have(self, row: Any, now: float) -> None:
        """Nobody has an incident for longer than their time without doing anything about it."""
        as_it_is = (row.state, row.acknowledged_by, row.due_at)
        known, since = self.held.get(row.code, (None, now))
        if known != as_it_is:
            self.held[row.code] = (as_it_is, now)
            return
        longest = escalation.furthest(self.world.policy, row.state) / 1000
        assert now - since <= longest + 2 * LOOK, (row.code, now, since)

    @rule()
    def ten_minutes_pass(self) -> None:
        """Whoever has something and is not with the student has had their time."""
        self._do(self._passes(610))

    @rule(seconds=st.integers(-200_000, 200_000))
    def the_clock_jumps(self, seconds: int) -> None:
        """The host's clock is set, by up to two days."""
        self.world.clock.wall += seconds
        self._do(self._look())

    @rule(how=st.sampled_from(sorted(PROVIDERS)))
    def the_provider(self, how: str) -> None:
        """From now on it does that with every page."""
        self.world.channel.provider = PROVIDERS[how]

    @rule()
    def the_loop_crashes(self) -> None:
        """In the middle of whatever it was sending; another one takes its place."""
        self._do(self._crashes())

    async def _crashes(self) -> None:
        await self.world.duty.turn()
        sending = list(self.world.duty._sending.values())
        for one in sending:
            one.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        self.world.restart()

    @rule(who=st.integers(0, 2), off=st.booleans())
    def somebody_goes_off_or_comes_back(self, who: int, off: bool) -> None:  # noqa: FBT001
        """An account is closed or open; one at least stays."""
        self._do(self._goes(who, off=off))

    async def _goes(self, who: int, *, off: bool) -> None:
        def change(conn: Any, _rows: Any) -> list[None]:
            there = conn.scalar(
                select(func.count()).select_from(t.staff).where(t.staff.c.disabled_at.is_(None))
            )
            if not off or there > 1:
                mine = t.staff.update().where(t.staff.c.id == self.adults[who].id)
                conn.execute(mine.values(disabled_at=1 if off else None))
            return [None]

        await self.world.store.write(change, None)

    @rule(code=codes, who=st.integers(0, 2), to=st.integers(0, 2), act=st.sampled_from(
        ("look", "acknowledge", "with_student", "offer", "take_over", "resolve")
    ))  # fmt: skip
    def an_adult(self, code: str, who: int, to: int, act: str) -> None:
        """Does something to it, or is told that it cannot be done now."""
        self._do(self._acts(code, self.adults[who], self.adults[to], act))

    async def _acts(self, code: str, adult: Adult, to: Adult, act: str) -> None:
        before = await self.world.incident(code)
        incidents = self.world.incidents
        if act == "look":
            await incidents.case(code, adult)
            assert (await self.world.incident(code)).state == before.state
            return
        answer = await {
            "acknowledge": lambda: incidents.acknowledge(code, adult),
            "with_student": lambda: incidents.with_student(code, adult),
            "offer": lambda: incidents.offer(code, adult, to.id),
            "take_over": lambda: incidents.take_over(code, adult),
            "resolve": lambda: incidents.resolve(code, adult, "spoken_to", record()),
        }[act]()
        after = await self.world.incident(code)
        if not isinstance(answer, State):
            assert (after.state, after.acknowledged_by) == (before.state, before.acknowledged_by)
        elif act in {"acknowledge", "take_over"}:
            assert after.acknowledged_by == adult.id
        await self._chased()

    @invariant()
    def an_outcome_is_never_undone(self) -> None:
        """What is resolved stays so, by whom it was; what has a holder has a moment it ends."""
        if not hasattr(self, "world"):
            return
        for row in self._do(self.world.rows(t.incidents.select())):
            if row.state in HELD_BY_SOMEBODY:
                assert row.acknowledged_by is not None
                assert row.due_at is not None
            elif row.state == State.RESOLVED:
                assert self.over.setdefault(row.code, row.resolved_by) == row.resolved_by
            assert row.code not in self.over or row.state == State.RESOLVED

    @invariant()
    def nobody_is_paged_for_what_somebody_has(self) -> None:
        """No page waits to be sent for an incident that is not open."""
        if not hasattr(self, "world"):
            return
        held = select(t.incidents.c.code).where(t.incidents.c.state != State.OPEN)
        waiting = t.pages.select().where(
            t.pages.c.incident.in_(held), t.pages.c.state.in_(("pending", "failed-for-now"))
        )
        assert self._do(self.world.rows(waiting)) == []


TestNight = Night.TestCase
TestNight.settings = settings(
    max_examples=6,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
