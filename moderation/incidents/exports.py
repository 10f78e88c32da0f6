"""Exports as the staff pages see them: asked for, agreed to, handed out once.

What leaves is a case, or what one student wrote. Used by `web`. It seals what people write and
hands every step to one transaction. What leaves is opened in memory, made into a document before it
is kept that it was handed out, and kept nowhere. Every answer that is not a value is a refusal's
code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from moderation.ids import new_code
from moderation.incidents.case import Case, opened
from moderation.incidents.export import Act, Standing, State, is_open, steps
from moderation.incidents.incident import Actor
from moderation.incidents.own_words import OwnWords, marks, read_reference
from moderation.incidents.own_words import opened as opened_words
from moderation.people.sessions import StaffMember
from moderation.records import audit, erasure, own_words, reveals, rotas, stored_exports
from moderation.records import exports as rows
from moderation.records.audit import ShownEntry
from moderation.records.cases import StoredCase
from moderation.records.erasure import Erase
from moderation.records.exports import About, Ask, Contents, ExportAct
from moderation.records.of_school import SchoolRecords
from moderation.records.own_words import InCase
from moderation.records.refused import Refused
from moderation.records.stored_exports import StoredExport
from moderation.records.vault import UNREADABLE, Tampered


class Shown(msgspec.Struct, frozen=True):
    """An export as staff see it; `steps` are what whoever looks can do now, times in Unix ms.

    `incident` is None for what one student wrote, `why` for whoever may know the student. With
    `erase` nothing leaves: what that student wrote is deleted.
    """

    code: str
    incident: str | None
    state: str
    is_open: bool
    with_peer: bool
    erase: bool
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


@dataclass(frozen=True, slots=True)
class WordsFile:
    """What one student wrote: all that the document is made of."""

    words: OwnWords
    export: Shown
    zone: ZoneInfo
    now: int


Document = TypeVar("Document")


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
        return await self._ask(About(incident=incident), staff, why, with_peer=with_peer)

    async def ask_words(
        self, reference: str, staff: StaffMember, why: str, *, erase: bool = False
    ) -> Asked | str:
        """Ask for what one student wrote, or to `erase` it; `own_words.py` reads the reference."""
        student = await self._named(reference, staff.school)
        if student is None:
            return "not_found"
        about = About(student=student, erase=erase)
        return await self._ask(about, staff, why, with_peer=False)

    async def agree(self, code: str, staff: StaffMember) -> State | str:
        """Be the second person: whoever asked may have it once, for a day."""
        return await self._act(Act.AGREE, code, staff)

    async def end(self, code: str, staff: StaffMember) -> State | str:
        """Do not agree, or take back what one asked for."""
        return await self._act(Act.END, code, staff)

    async def hand(
        self, code: str, staff: StaffMember, make: Callable[[CaseFile | WordsFile], Document]
    ) -> Document | str:
        """What `make` makes of it, to whoever asked, once; again, where that could not be made."""
        row = ExportAct(Act.HAND, code, _actor(staff), self._now())
        try:
            contents: Contents = await self._store.write(rows.read_out, row)
            document = make(await self._file(contents, code, staff, row.now))
            await self._store.write(rows.hand, row)
        except Refused as refused:
            return refused.code
        return document

    async def erase(self, code: str, staff: StaffMember) -> State | str:
        """Delete what one student wrote, for whoever asked; what others wrote stays."""
        about = await self._store.read(rows.about_of, code)
        if about.student is None or not about.erase:
            return "not_found"
        stored = await self._store.read(own_words.whole, about.student)
        act = ExportAct(Act.HAND, code, _actor(staff), self._now())
        try:
            await self._store.write(erasure.erase, Erase(act, marks(stored, self._vault)))
        except Refused as refused:
            return refused.code
        await self._store.scrub()
        return State.HANDED

    async def waiting(self, staff: StaffMember) -> list[Shown]:
        """What waits for somebody's word and may be theirs to give, newest first."""
        found = await self._store.read(stored_exports.waiting, staff.school, self._now())
        shown = await self._all(found, staff)
        return [one for one in shown if Act.AGREE in one.steps]

    async def ready(self, staff: StaffMember) -> list[str | None]:
        """What they asked for and may have now: each time the case, None for a student's words."""
        return await self._store.read(stored_exports.ready, staff.id, self._now())

    async def of_incident(self, incident: str, staff: StaffMember) -> list[Shown]:
        """Every time a case was asked for, newest first."""
        found = await self._store.read(stored_exports.of_incident, staff.school, incident)
        return await self._all(found, staff)

    async def of_students(self, staff: StaffMember) -> list[Shown]:
        """Every time what one student wrote was asked for, newest first."""
        found = await self._store.read(stored_exports.of_students, staff.school)
        return await self._all(found, staff)

    # --- parts -------------------------------------------------------------------------------

    async def _named(self, reference: str, school: str) -> str | None:
        """The pseudonym of the student who is meant."""
        meant = read_reference(reference)
        if meant is None:
            return None
        if isinstance(meant, str):
            lookup = self._vault.lookup(meant)
            return await self._store.read(own_words.of_card, school, lookup)
        return await self._store.read(own_words.in_case, InCase(school, *meant))

    async def _ask(
        self, about: About, staff: StaffMember, why: str, *, with_peer: bool
    ) -> Asked | str:
        code = new_code()
        sealed = self._vault.seal_field(why, f"{code} why")
        row = Ask(code, about, sealed, with_peer, _actor(staff), self._now())
        try:
            await self._store.write(rows.ask, row)
        except Refused as refused:
            return refused.code
        return Asked(code)

    async def _file(
        self, contents: Contents, code: str, staff: StaffMember, now: int
    ) -> CaseFile | WordsFile:
        """All that the document is made of, as if it were handed out."""
        _, rota = await self._store.read(rotas.latest, staff.school)
        zone, what = ZoneInfo(rota.zone), contents.what
        if not isinstance(what, StoredCase):
            asked = _handed(await self.of_students(staff), code, now)
            export = next(one for one in asked if one.code == code)
            return WordsFile(opened_words(what, self._vault), export, zone, now)
        incident = what.incident.code
        before = _handed(await self.of_incident(incident, staff), code, now)
        return CaseFile(
            case=opened(what, staff.id, self._vault, now),
            export=next(one for one in before if one.code == code),
            before=before,
            acts=await self._store.read(audit.about, incident),
            zone=zone,
            now=now,
        )

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
            erase=bool(row.erase),
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


def _handed(found: list[Shown], code: str, now: int) -> list[Shown]:
    """The same exports, that one as it stands once it is handed out."""
    after = {"state": State.HANDED, "handed_at": now, "is_open": False, "steps": ()}
    return [msgspec.structs.replace(one, **after) if one.code == code else one for one in found]


def _actor(staff: StaffMember) -> Actor:
    return Actor(staff.id, staff.school, staff.role)
