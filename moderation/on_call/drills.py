"""Drills held: a labelled disclosure through everything, every morning, until a person answers.

Made by `house/`, which calls `tick`; the results are for the pages of staff. The words
are judged by the rules in force and kept as a real disclosure is (`records/drills.py`); from there
on nothing knows that it is a drill but the labels. No adult who answered, no opening: `stands` is
asked before students are let in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import msgspec

from moderation.conversation import ConversationState, JudgesTurns
from moderation.ids import new_code, new_id
from moderation.on_call import clocks, drill
from moderation.on_call.drill import NAME, NOT_PAGED, PATIENCE_MS, WORDS, Plan
from moderation.people.sessions import StaffMember
from moderation.records import drills as kept_drills
from moderation.records import rotas
from moderation.records.audit import DRILLS
from moderation.records.drills import BeginDrill, GiveUp, StoredDrill
from moderation.records.incidents import NewIncident
from moderation.records.items import NewItem
from moderation.records.messages import Spoken
from moderation.records.of_school import SchoolRecords
from moderation.records.vault import RoomKey
from moderation.terms import Attention, Category, Decision, Delivery

SHOWN = 60
"""Drills on the page of results."""
TRIES = 3
"""How often the words are judged before it counts that nobody would have been paged."""

TROUBLES = {
    drill.UNANSWERED: "Nobody answered the last drill.",
    drill.NOT_PAGED: "The rules paged nobody in the last drill, or could not judge it.",
    drill.MISSED: "The last drill was not held.",
}

_findings = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Results:
    """What became of drills, the newest first; `due_at` is when the last one was due."""

    plan: Plan
    stands: bool
    due_at: int | None
    drills: tuple[StoredDrill, ...]


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of a drill: that pages are due, which item came or went, which incident changed."""

    raised: Callable[[], None] = lambda: None
    item_changed: Callable[[str], None] = lambda _item: None
    incident_changed: Callable[[str], None] = lambda _code: None


NOBODY = Listeners()


class Drills:
    """The drills of one school."""

    def __init__(
        self, records: SchoolRecords, judge: JudgesTurns, plan: Plan, listeners: Listeners = NOBODY
    ) -> None:
        self._records = records
        self._store = records.store
        self._judge = judge
        self._plan = plan
        self._listeners = listeners
        self._going_on: str | None = None
        self.stands = not plan.at or not plan.needed
        """Whether students may come, as far as drills are asked; no, until it was looked up."""

    async def tick(self) -> None:
        """Begin a drill that is due, give up one that nobody answered, and look how it stands."""
        now = self._records.now()
        row = GiveUp(self._records.school, now - PATIENCE_MS, now)
        if await self._store.read(kept_drills.overdue, row):
            for code in await self._store.write(kept_drills.give_up, row):
                self._listeners.incident_changed(code)
        due = await self._due(now)
        if due is not None and drill.still_begins(due, now):
            found = await self._store.read(kept_drills.newest, self._records.school, 1)
            if not found or found[0].began_at < due:
                await self._begin(due, DRILLS)
        answered = await self._store.read(kept_drills.last_answered, self._records.school)
        self.stands = drill.may_open(self._plan, due, answered)
        await self._tell()

    async def begin(self, staff: StaffMember) -> str | None:
        """Hold a drill now; None, or `changed` while another one is going on."""
        began = await self._begin(self._records.now(), staff.id)
        await self._tell()
        return None if began else "changed"

    async def results(self) -> Results:
        """The last drills, and whether students may come."""
        due = await self._due(self._records.now())
        found = await self._store.read(kept_drills.newest, self._records.school, SHOWN)
        answered = await self._store.read(kept_drills.last_answered, self._records.school)
        stands = drill.may_open(self._plan, due, answered)
        return Results(self._plan, stands, due, tuple(found))

    async def trouble(self) -> str | None:
        """What is wrong in plain words, going by the last drill."""
        now = self._records.now()
        due = await self._due(now)
        found = await self._store.read(kept_drills.newest, self._records.school, 1)
        failed = found[0].failed if found else None
        if drill.missed(due, found[0].began_at if found else None, now):
            failed = drill.MISSED
        if failed is None:
            return None
        closed = "" if self.stands else " Students cannot chat until a drill is answered."
        return TROUBLES[failed] + closed

    async def _tell(self) -> None:
        """Tell moderators when the item of a drill comes and goes."""
        found = await self._store.read(kept_drills.newest, self._records.school, 1)
        item = found[0].item if found and found[0].ended_at is None else None
        for changed in {self._going_on, item} - {None} if item != self._going_on else ():
            assert changed is not None
            self._listeners.item_changed(changed)
        self._going_on = item

    async def _due(self, now: int) -> int | None:
        _, kept = await self._store.read(rotas.latest, self._records.school)
        return drill.last_due(self._plan, kept, now)

    async def _begin(self, since: int, by: str) -> bool:
        """Hold a drill that was due then; False while another one is going on."""
        now, school = self._records.now(), self._records.school
        _, kept = await self._store.read(rotas.latest, school)
        day = clocks.local(now, ZoneInfo(kept.zone)).date().isoformat()
        row = BeginDrill(new_id(), school, day, now, since, by, NOT_PAGED)
        decision = self._judged()
        if decision is not None:
            key, wrapped = self._records.vault.new_room()
            spoken = _spoken(school, key, decision, now)
            row = replace(row, failed=None, spoken=spoken, wrapped_key=wrapped)
        began = await self._store.write(kept_drills.begin, row)
        if began:
            self._listeners.raised()
        return began

    def _judged(self) -> Decision | None:
        """A verdict that pages for the words, and lets them through as they are; or None.

        A fault of judging holds, whatever it pages for: then the judge is asked again.
        """
        for _ in range(TRIES):
            decision = self._judge.judge_turn(WORDS, ConversationState(), 0)
            pages = decision.attention is Attention.PAGE and decision.asks_for_help
            if pages and decision.delivery is Delivery.DELIVER:
                return decision
        return None


def _spoken(school: str, key: RoomKey, decision: Decision, now: int) -> Spoken:
    """The words as a student would have said them at that time, in a room of their own."""
    mid, room = new_id(), new_id()
    category = decision.category or Category.FAULT
    return Spoken(
        mid=mid,
        room=room,
        seat=0,
        cid=new_id(),
        sealed=key.seal(WORDS, mid),
        sealed_shown=None,
        state="released",
        said_at=now * 1000,
        attention=int(decision.attention),
        delivery=int(decision.delivery),
        findings=_findings.encode(decision.findings).decode(),
        version=decision.version,
        item=_item(school, room, mid, now),
        incident=NewIncident(new_code(), school, room, 0, category, now, drill=True),
    )


def _item(school: str, room: str, mid: str, now: int) -> NewItem:
    """What moderators see of it; nobody is paged because it waits."""
    return NewItem(
        id=new_id(),
        school=school,
        room=room,
        seat=0,
        mid=mid,
        kind=NAME,
        category=NAME,
        attention=int(Attention.PAGE),
        held=False,
        since=now,
        escalate_at=None,
    )
