"""Exports of cases as the staff pages see them: asked for, agreed to, handed out once.

Used by `web`. It seals what people write and hands every step to one transaction. A case is read in
the transaction that hands it out, opened in memory, and kept nowhere. Every answer that is not a
value is a refusal's code.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import msgspec

from moderation.ids import new_code
from moderation.incidents.case import UNREADABLE, Case, opened
from moderation.incidents.export import Act, Standing, State, is_open, steps
from moderation.incidents.incident import Actor
from moderation.people.sessions import StaffMember
from moderation.records import audit, reveals, rotas
from moderation.records import exports as rows
from moderation.records.audit import ShownEntry
from moderation.records.exports import Ask, ExportAct, Handed, StoredExport
from moderation.records.of_school import SchoolRecords
from moderation.records.refused import Refused
from moderation.records.vault import Tampered


class Shown(msgspec.Struct, frozen=True):
    """An export as staff see it; `steps` are what whoever looks can do now, times in Unix ms.

    `why` is None for whoever may know the student.
    """

    code: str
    incident: str
    state: str
    is_open: bool
    with_peer: bool
    why: str | None
    requester: str
    mine: bool
    requested_at: int
    expires_at: int
    answerer: str | None
    answered_at: int | None
    handed_at: int | None
    steps: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """An export that was asked for."""

    code: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case for the child-protection file: all that the document is made of.

    `acts` are the entries of the audit log about it, `before` the exports of it up to this one.
    """

    case: Case
    export: Shown
    before: list[Shown]
    acts: list[ShownEntry]
    zone: ZoneInfo
    now: int


class Exports:
    """The exports of a school."""

    def __init__(self, records: SchoolRecords) -> None:
        self._store = records.store
        self._vault = records.vault
        self._now = records.now

    async def ask(
        self, incident: str, staff: StaffMember, why: str, *, with_peer: bool
    ) -> Asked | str:
        """Ask for a case; `with_peer` with the other student's words too."""
        code = new_code()
        sealed = self._vault.seal_field(why, f"{code} why")
        row = Ask(code, incident, sealed, with_peer, _actor(staff), self._now())
        try:
            await self._store.write(rows.ask, row)
        except Refused as refused:
            return refused.code
        return Asked(code)

    async def agree(self, code: str, staff: StaffMember) -> State | str:
        """Be the second person: whoever asked may have it once, for a day."""
        return await self._act(Act.AGREE, code, staff)

    async def end(self, code: str, staff: StaffMember) -> State | str:
        """Do not agree, or take back what one asked for."""
        return await self._act(Act.END, code, staff)

    async def hand(self, code: str, staff: StaffMember) -> CaseFile | str:
        """Everything the document is made of, to whoever asked, once."""
        row = ExportAct(Act.HAND, code, _actor(staff), self._now())
        try:
            handed = await self._store.write(rows.hand, row)
        except Refused as refused:
            return refused.code
        assert isinstance(handed, Handed)
        incident = handed.export.incident
        before = await self.of_incident(incident, staff)
        _, rota = await self._store.read(rotas.latest, staff.school)
        return CaseFile(
            case=opened(handed.case, staff.id, self._vault, row.now),
            export=next(one for one in before if one.code == code),
            before=before,
            acts=await self._store.read(audit.about, incident),
            zone=ZoneInfo(rota.zone),
            now=row.now,
        )

    async def waiting(self, staff: StaffMember) -> list[Shown]:
        """What waits for somebody's word and may be theirs to give, newest first."""
        found = await self._store.read(rows.waiting, staff.school, self._now())
        shown = await self._all(found, staff)
        return [one for one in shown if Act.AGREE in one.steps]

    async def of_incident(self, incident: str, staff: StaffMember) -> list[Shown]:
        """Every time a case was asked for, newest first."""
        found = await self._store.read(rows.of_incident, staff.school, incident)
        return await self._all(found, staff)

    # --- parts -------------------------------------------------------------------------------

    async def _act(self, act: Act, code: str, staff: StaffMember) -> State | str:
        row = ExportAct(act, code, _actor(staff), self._now())
        try:
            state: State = await self._store.write(rows.act, row)
        except Refused as refused:
            return refused.code
        return state

    async def _all(
        self, found: list[tuple[StoredExport, Standing]], staff: StaffMember
    ) -> list[Shown]:
        names = await self._store.read(reveals.names, staff.school)
        return [self._shown(row, standing, names, staff) for row, standing in found]

    def _shown(
        self, row: StoredExport, standing: Standing, names: dict[str, str], staff: StaffMember
    ) -> Shown:
        now = self._now()
        return Shown(
            code=row.code,
            incident=row.incident,
            state=row.state,
            is_open=is_open(standing.state, row.expires_at, now),
            with_peer=row.with_peer,
            why=None if staff.id in standing.recused else self._why(row),
            requester=names.get(row.requested_by, ""),
            mine=row.requested_by == staff.id,
            requested_at=row.requested_at,
            expires_at=row.expires_at,
            answerer=names.get(row.answered_by or ""),
            answered_at=row.answered_at,
            handed_at=row.handed_at,
            steps=tuple(steps(standing, _actor(staff), now)),
        )

    def _why(self, row: StoredExport) -> str:
        """What was written down; a damaged row must not close the whole list."""
        try:
            return str(self._vault.open_field(row.sealed_why, f"{row.code} why"))
        except Tampered:
            return str(UNREADABLE)


def _actor(staff: StaffMember) -> Actor:
    return Actor(staff.id, staff.school, staff.role)
