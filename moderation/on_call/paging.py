"""Paging as staff see it: the rota, who would be told when, shifts, and whether all of it works.

Used by `web` and by `house/`. It reads and writes whole rotas, asks the pure rules of
`rota.py` and `escalation.py`, and answers codes of the table of refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from moderation.on_call import adults, escalation, rota
from moderation.on_call.adults import Adult
from moderation.on_call.escalation import DEFAULT, Policy, Roster
from moderation.on_call.rota import AHEAD_MS, Rota, Turn
from moderation.people.sessions import StaffMember
from moderation.records import heartbeats, incident_standing, rotas
from moderation.records.heartbeats import Beat
from moderation.records.of_school import SchoolRecords
from moderation.records.rotas import AcceptShift, Outdated, SaveRota

ROUNDS = 8
"""Rounds of a preview: enough to see the steps, and that they go on."""
SILENT_MS = 60_000
"""A part of paging that gave no sign of life for so long is broken."""


@dataclass(frozen=True, slots=True)
class Told:
    """One page of a preview: so many milliseconds after the beginning, to whom, over what."""

    after: int
    step: int
    name: str
    channel: str
    proven: bool


@dataclass(frozen=True, slots=True)
class Fortnight:
    """The next fourteen days: who is on call when, which turns are red, and who is reachable.

    `ways` says over how many channels each adult is, by their id.
    `yours` is when the asker's shift began if they have not accepted it.
    """

    version: int
    rota: Rota
    adults: tuple[Adult, ...]
    ways: Mapping[str, int]
    turns: tuple[Turn, ...]
    red: tuple[Turn, ...]
    needed: int
    now: int
    yours: int | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """Whether paging works: plain words of what does not, and how old the last sign of life is."""

    heard_ms: int | None
    troubles: tuple[str, ...]
    unanswered: tuple[str, ...]
    outside_name: str
    outside_number: str


@dataclass(frozen=True, slots=True)
class PagingSettings:
    """What a school asks of its paging: `needed` reachable adults keep the chat open.

    `outside` is the name and number of the line to call if a rota names none.
    """

    needed: int
    policy: Policy = DEFAULT
    outside: tuple[str, str] = ("", "")


class Paging:
    """The paging of one node."""

    def __init__(
        self,
        records: SchoolRecords,
        channels: Collection[str],
        settings: PagingSettings,
        auditor: Callable[[], Beat | None] | None = None,
    ) -> None:
        """`auditor` tells when the auditor was last well; None where no auditor was set up."""
        self._store = records.store
        self._now = records.now
        self._channels = channels
        self._settings = settings
        self._auditor = auditor

    async def fortnight(self, staff: StaffMember) -> Fortnight:
        """The rota and what it means for the next two weeks."""
        now = self._now()
        version, kept = await self._store.read(rotas.latest, staff.school)
        roster = await self._roster(staff.school)
        ways = {one.id: adults.ways(one, self._channels, now) for one in roster.adults}
        able = {who for who, count in ways.items() if count}
        told = rota.turns(kept, now, now + AHEAD_MS)
        if not kept.shifts:
            told = [Turn(now, now + AHEAD_MS, roster.on_call(now))]
        began = rota.shift_start(kept, staff.id, now)
        waits = began is not None and (staff.id, began) not in roster.accepted
        return Fortnight(
            version=version,
            rota=kept,
            adults=roster.adults,
            ways=ways,
            turns=tuple(told),
            red=tuple(adults.red(told, able, self._settings.needed)),
            needed=self._settings.needed,
            now=now,
            yours=began if waits else None,
        )

    async def save(self, staff: StaffMember, version: int, changed: Rota) -> int | str:
        """Keep a rota made from that version; its own version, or `bad_field` or `changed`."""
        if rota.flaw(changed) is not None:
            return "bad_field"
        row = SaveRota(staff.school, version, changed, staff.id, self._now())
        try:
            return await self._store.write(rotas.save, row)
        except Outdated:
            return "changed"

    async def forecast(self, school: str, at: int) -> list[Told]:
        """Who would be told when, if something happened at that time and nobody answered."""
        roster = await self._roster(school)
        there = adults.named(roster.adults)
        told = []
        for _, this in escalation.forecast(self._settings.policy, roster, at, ROUNDS):
            step = roster.step(this.number)
            for page in this.pages:
                one = there[page.who]
                contact = next(each for each in one.contacts if each.id == page.contact)
                good = adults.proven(contact, self._channels, self._now())
                told.append(Told(page.at - at, step, one.name, contact.channel, good))
        return sorted(told, key=lambda page: page.after)

    async def accept_shift(self, staff: StaffMember) -> str | None:
        """Accept the shift they are in; or `not_found` when they are in none."""
        now = self._now()
        _, kept = await self._store.read(rotas.latest, staff.school)
        began = rota.shift_start(kept, staff.id, now)
        if began is None:
            return "not_found"
        await self._store.write(rotas.accept, AcceptShift(staff.id, began, now))
        return None

    async def pulse(self, school: str) -> Pulse:
        """Whether paging works, for the bar on every page of staff."""
        now = self._now()
        beats = await self._store.read(heartbeats.all_of)
        _, kept = await self._store.read(rotas.latest, school)
        late = await self._store.read(incident_standing.past_every_step, school)
        mine = beats.get(heartbeats.DUTY)
        outside = (kept.outside_name, kept.outside_number)
        name, number = outside if kept.outside_number else self._settings.outside
        return Pulse(
            heard_ms=None if mine is None else max(0, now - mine.at),
            troubles=troubles(mine, self._auditor, now),
            unanswered=tuple(late),
            outside_name=name,
            outside_number=number,
        )

    async def _roster(self, school: str) -> Roster:
        return await self._store.read(rotas.roster, school, self._now(), self._channels)


def troubles(
    duty: Beat | None, auditor: Callable[[], Beat | None] | None, now: int
) -> tuple[str, ...]:
    """What is wrong, in plain words, going by the signs of life there are."""
    found = []
    if duty is None or now - duty.at > SILENT_MS:
        found.append("Paging has stopped: nobody is being paged.")
    if auditor is not None:
        seen = auditor()
        if seen is None or now - seen.at > 2 * SILENT_MS:
            found.append("The auditor has stopped: nobody checks that paging works.")
        elif seen.trouble:
            found.append(seen.trouble)
    return tuple(dict.fromkeys(found))
