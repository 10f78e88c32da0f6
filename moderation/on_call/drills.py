"""Drills held: a labelled disclosure through everything, every morning, until a person answers.

Made by `house/`, which calls `tick`; the results are for the pages of staff. The words
are judged by the rules in force and kept as a real disclosure is (`records/drills.py`); from there
on nothing knows that it is a drill but the labels. No adult who answered, no opening: `stands` is
asked before students are let in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from moderation.conversation import ConversationState
from moderation.ids import new_code, new_id
from moderation.on_call import clocks, drill
from moderation.on_call.drill import NAME, NOT_PAGED, PATIENCE_MS, WORDS, Plan
from moderation.records import drills as records
from moderation.records import rotas
from moderation.records.drills import CLOCK, BeginDrill, GiveUp, StoredDrill
from moderation.records.incidents import NewIncident
from moderation.records.items import NewItem
from moderation.records.messages import Spoken
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.terms import Attention, Category, Decision, Delivery

SHOWN = 60
"""Drills on the page of results."""
TRIES = 3
"""How often the words are judged before it counts that nobody would have been paged."""

TROUBLES = {
    drill.UNANSWERED: "Nobody answered the last drill.",
    drill.NOT_PAGED: "The rules paged nobody in the last drill, or could not judge it.",
}

_findings = msgspec.json.Encoder()


class Person(Protocol):
    """Whoever is signed in, as `people.StaffMember` says it."""

    @property
    def id(self) -> str:
        """Their id."""


class Judge(Protocol):
    """What judges every message, and so this one."""

    def judge_turn(self, text: str, state: ConversationState, seat: int) -> Decision:
        """The decision about a message in its conversation; never raises."""


@dataclass(frozen=True, slots=True)
class Results:
    """What became of drills, the newest first; `due_at` is when the last one was due."""

    plan: Plan
    stands: bool
    due_at: int | None
    drills: tuple[StoredDrill, ...]


class Drills:
    """The drills of one school.

    `raised` is told that pages are due, `item_changed` the item of a drill that began or ended,
    `incident_changed` the code of its incident.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        judge: Judge,
        clock: Callable[[], float],
        *,
        school: str,
        plan: Plan,
        raised: Callable[[], None] = lambda: None,
        item_changed: Callable[[str], None] = lambda _item: None,
        incident_changed: Callable[[str], None] = lambda _code: None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._judge = judge
        self._clock = clock
        self._school = school
        self._plan = plan
        self._raised = raised
        self._item_changed = item_changed
        self._incident_changed = incident_changed
        self._going_on: str | None = None
        self.stands = not plan.at or not plan.needed
        """Whether students may come, as far as drills are asked; no, until it was looked up."""

    async def tick(self) -> None:
        """Begin a drill that is due, give up one that nobody answered, and look how it stands."""
        now = self._now()
        row = GiveUp(self._school, now - PATIENCE_MS, now)
        if await self._store.read(records.overdue, row):
            for code in await self._store.write(records.give_up, row):
                self._incident_changed(code)
        due = await self._due(now)
        if due is not None:
            found = await self._store.read(records.newest, self._school, 1)
            if not found or found[0].began_at < due:
                await self._begin(due, CLOCK)
        answered = await self._store.read(records.last_answered, self._school)
        self.stands = drill.may_open(self._plan, due, answered)
        await self._tell()

    async def begin(self, staff: Person) -> str | None:
        """Hold a drill now; None, or `changed` while another one is going on."""
        began = await self._begin(self._now(), staff.id)
        await self._tell()
        return None if began else "changed"

    async def results(self) -> Results:
        """The last drills, and whether students may come."""
        due = await self._due(self._now())
        found = await self._store.read(records.newest, self._school, SHOWN)
        answered = await self._store.read(records.last_answered, self._school)
        stands = drill.may_open(self._plan, due, answered)
        return Results(self._plan, stands, due, tuple(found))

    async def trouble(self) -> str | None:
        """What is wrong in plain words, going by the last drill."""
        found = await self._store.read(records.newest, self._school, 1)
        if not found or found[0].failed is None:
            return None
        closed = "" if self.stands else " Students cannot chat until a drill is answered."
        return TROUBLES[found[0].failed] + closed

    async def _tell(self) -> None:
        """Tell moderators when the item of a drill comes and goes."""
        found = await self._store.read(records.newest, self._school, 1)
        item = found[0].item if found and found[0].ended_at is None else None
        for changed in {self._going_on, item} - {None} if item != self._going_on else ():
            assert changed is not None
            self._item_changed(changed)
        self._going_on = item

    async def _due(self, now: int) -> int | None:
        _, kept = await self._store.read(rotas.latest, self._school)
        return drill.last_due(self._plan, kept, now)

    async def _begin(self, since: int, by: str) -> bool:
        now = self._now()
        _, kept = await self._store.read(rotas.latest, self._school)
        day = clocks.local(now, ZoneInfo(kept.zone)).date().isoformat()
        row = BeginDrill(new_id(), self._school, day, now, since, by, NOT_PAGED)
        decision = self._judged()
        if decision is not None:
            key, wrapped = self._vault.new_room()
            mid = new_id()
            spoken = self._spoken(mid, key.seal(WORDS, mid), decision, now)
            row = BeginDrill(
                row.id, self._school, day, now, since, by, spoken=spoken, wrapped_key=wrapped
            )
        began = await self._store.write(records.begin, row)
        if began:
            self._raised()
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

    def _spoken(self, mid: str, sealed: bytes, decision: Decision, now: int) -> Spoken:
        room, category = new_id(), decision.category or Category.FAULT
        item = NewItem(
            id=new_id(),
            school=self._school,
            room=room,
            seat=0,
            mid=mid,
            kind=NAME,
            category=NAME,
            attention=int(decision.attention),
            held=False,
            since=now,
            escalate_at=None,
        )
        incident = NewIncident(new_code(), self._school, room, 0, category, now, drill=True)
        return Spoken(
            mid=mid,
            room=room,
            seat=0,
            cid=new_id(),
            sealed=sealed,
            sealed_shown=None,
            state="released",
            said_at=now * 1000,
            attention=int(decision.attention),
            delivery=int(decision.delivery),
            findings=_findings.encode(decision.findings).decode(),
            version=decision.version,
            item=item,
            incident=incident,
        )

    def _now(self) -> int:
        return int(self._clock() * 1000)
