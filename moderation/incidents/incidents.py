"""Incidents as the staff pages see them: a list, a case, and the few things an adult can do.

Used by `web`. It opens what is sealed, hands every act to one transaction, and tells listeners
what changed. Every answer that is not the new state is the code of a refusal; no identity of a
student is in anything this module answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from zoneinfo import ZoneInfo

import structlog

from moderation.faults import told_safely
from moderation.ids import new_code, new_id
from moderation.incidents.case import Case, Listed, Said, conversation, listed, opened, who_left
from moderation.incidents.incident import Act, Actor, State
from moderation.incidents.past import Past, past
from moderation.incidents.record import Record, sealable, unfit
from moderation.incidents.words import OUTCOMES
from moderation.on_call import adults
from moderation.on_call.clocks import DAY_MS, local
from moderation.on_call.escalation import DEFAULT, Policy
from moderation.people import cards
from moderation.people.sessions import StaffMember
from moderation.records import afterwards, cases, incident_acts, rotas
from moderation.records.afterwards import Bring
from moderation.records.cases import Held, StoredCase
from moderation.records.incident_acts import IncidentAct
from moderation.records.incidents import ReadThere, read_there
from moderation.records.of_school import SchoolRecords
from moderation.records.past_incidents import closed
from moderation.records.refused import Refused

MAX_NOTE = 4_000
"""Characters of a note."""
LATELY_MS = 60 * DAY_MS
"""For so long a resolved incident stands in the list, from its end or the day to look again."""

_log = structlog.get_logger()


class Incidents:
    """The incidents of a school.

    `channels` are the names of the channels that are set up: a contact of another channel reaches
    nobody. `policy` says how long an acknowledgement lasts.
    """

    def __init__(
        self,
        records: SchoolRecords,
        *,
        policy: Policy = DEFAULT,
        channels: Collection[str] | None = None,
    ) -> None:
        self._store = records.store
        self._vault = records.vault
        self._now = records.now
        self._policy = policy
        self._channels = channels
        self._listeners: list[Callable[[str], None]] = []

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the code of every incident that changed."""
        self._listeners.append(listener)

    def changed(self, code: str) -> None:
        """Tell listeners that something about an incident is new; a listener cannot stop it."""
        for listener in self._listeners:
            try:
                listener(code)
            except Exception as error:  # noqa: BLE001 - somebody else's fault stays theirs
                _log.error("listener_failed", **told_safely(error))

    async def open_list(self, school: str, asker: str) -> list[Listed]:
        """Unresolved incidents as the adult with the id `asker` sees them.

        Those nobody has come first, then the oldest.
        """
        return [listed(row, asker) for row in await self._store.read(cases.unresolved, school)]

    async def past(self, school: str) -> list[Past]:
        """Incidents resolved lately, the newest first, and those to be looked at again."""
        _, rota = await self._store.read(rotas.latest, school)
        zone, since = ZoneInfo(rota.zone), self._now() - LATELY_MS
        day = local(since, zone).date().isoformat()
        return [past(row, zone) for row in await self._store.read(closed, school, since, day)]

    async def on_call(self, school: str) -> dict[str, list[str]]:
        """The proven channels of everybody on call now, by name; empty for whoever has none."""
        now = self._now()
        roster = await self._store.read(rotas.roster, school, now, self._channels)
        there = adults.named(roster.adults)
        found: dict[str, list[str]] = {}
        for one in (there[who] for who in roster.on_call(now)):
            good = [each for each in one.contacts if adults.proven(each, self._channels, now)]
            found.setdefault(one.name, []).extend(each.channel for each in good)
        return found

    async def reachable(self, school: str) -> int:
        """How many adults on call have a contact that is proven and whose channel is set up."""
        now = self._now()
        roster = await self._store.read(rotas.roster, school, now, self._channels)
        there = adults.named(roster.adults)
        on_call = [there[who] for who in roster.on_call(now)]
        return sum(adults.reachable(one, self._channels, now) for one in on_call)

    async def case(self, code: str, staff: StaffMember) -> Case | str:
        """The whole case for an adult who may see it; audited, and their pages become seen."""
        try:
            stored = await self._store.write(cases.look, self._row(Act.LOOK, code, staff))
        except Refused as refused:
            return refused.code
        assert isinstance(stored, StoredCase)
        self.changed(code)
        return opened(stored, staff.id, self._vault, self._now())

    async def acknowledge(self, code: str, staff: StaffMember) -> State | str:
        """A named person has it: every page that was still to be sent is cancelled with it."""
        return await self._act(self._row(Act.ACKNOWLEDGE, code, staff))

    async def with_student(self, code: str, staff: StaffMember) -> State | str:
        """Whoever has it is with the student now; without an outcome in time it still lapses."""
        return await self._act(self._row(Act.WITH_STUDENT, code, staff))

    async def offer(self, code: str, staff: StaffMember, to: str) -> State | str:
        """Offer it to the adult with the id `to`; who has it keeps it until that one accepts."""
        return await self._act(self._row(Act.OFFER, code, staff, to=to))

    async def take_over(self, code: str, staff: StaffMember) -> State | str:
        """Accept what was offered: from now on it is theirs, as if they had acknowledged."""
        return await self._act(self._row(Act.TAKE_OVER, code, staff))

    async def recuse(self, code: str, staff: StaffMember) -> State | str:
        """Step aside, knowing the student perhaps: others are told, and it can never be theirs."""
        return await self._act(self._row(Act.RECUSE, code, staff))

    async def note(self, code: str, staff: StaffMember, text: str) -> State | str:
        """Write something down; possible at any time, even after the outcome."""
        return _unfit(text) or await self._act(self._row(Act.NOTE, code, staff, text=text))

    async def preserve(self, code: str, staff: StaffMember, why: str) -> State | str:
        """Have it kept past its time until another lead lifts that; a note says so and why."""
        text = f"This case is preserved: {why}"
        return _unfit(why) or await self._act(self._row(Act.PRESERVE, code, staff, text=text))

    async def lift(self, code: str, staff: StaffMember, why: str) -> State | str:
        """It goes when its time is over again; a note says so and why."""
        text = f"This case is no longer preserved: {why}"
        return _unfit(why) or await self._act(self._row(Act.LIFT, code, staff, text=text))

    async def bring(self, receipt: str, staff: StaffMember) -> str | Refused:
        """The code of the incident a student's receipt leads to; `staff` has it if it is new."""
        letters = cards.read(receipt, cards.RECEIPT_BYTES)
        if letters is None:
            return Refused("not_found")
        row = self._row(Act.ACKNOWLEDGE, new_code(), staff)
        lookup = self._vault.lookup(f"receipt {letters}")
        try:
            code: str = await self._store.write(afterwards.bring, Bring(lookup, row))
        except Refused as refused:
            return refused
        self.changed(code)
        return code

    async def resolve(
        self, code: str, staff: StaffMember, outcome: str, record: Record
    ) -> State | str:
        """Write down how it ended: an outcome of `words.OUTCOMES`, and the record of it."""
        wrong = unfit(record) if outcome in OUTCOMES else "bad_field"
        if wrong:
            return wrong
        row = self._row(Act.RESOLVE, code, staff, outcome=outcome)
        sealed = self._vault.seal_field(sealable(record), code)
        return await self._act(replace(row, sealed_record=sealed, follow_up=record.follow_up))

    async def place(self, code: str, staff: StaffMember) -> Held | None:
        """The room of an incident, for the adult who has it; None for everybody else."""
        return await self._store.read(cases.held, code, staff.school, staff.id)

    async def read_there(self, held: Held, staff: str, read_to: int) -> None:
        """An adult in a room was shown it up to then (Unix ms): that calls them no more."""
        lasts = self._policy.with_student_ms, self._policy.resolve_ms
        row = ReadThere(held.room, staff, read_to, *lasts)
        await self._store.write(read_there, row)

    async def conversation(self, held: Held) -> tuple[tuple[Said, ...], tuple[str, ...]]:
        """What is said in that room and who has left it, for an adult in it: coming was audited."""
        room, said = await self._store.read(cases.conversation, held)
        return conversation(room, said, self._vault), who_left(room)

    def _row(
        self,
        act: Act,
        code: str,
        staff: StaffMember,
        *,
        text: str = "",
        outcome: str | None = None,
        to: str = "",
    ) -> IncidentAct:
        note = new_id()
        return IncidentAct(
            act=act,
            code=code,
            actor=Actor(staff.id, staff.school, staff.role),
            now=self._now(),
            with_student_ms=self._policy.with_student_ms,
            resolve_ms=self._policy.resolve_ms,
            to=to,
            outcome=outcome,
            note_id=note,
            sealed_note=self._vault.seal_field(text, note) if text else b"",
        )

    async def _act(self, row: IncidentAct) -> State | str:
        try:
            state = await self._store.write(incident_acts.act, row)
        except Refused as refused:
            return refused.code
        assert isinstance(state, State)
        self.changed(row.code)
        return state


def _unfit(text: str) -> str | None:
    if not text.strip():
        return "empty"
    return "too_long" if len(text) > MAX_NOTE else None
