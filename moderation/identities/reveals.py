"""Reveals as the staff pages see them: asked for, agreed to, opened, reviewed; and the keys.

Used by `web`. It seals what people write, hands every act to one transaction, and has custodians
paged. Who a student is passes through here sealed, and half of it at a time: no act of this module
could open an identity, whoever calls it. Every answer that is not a value is a refusal's code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from moderation.identities import reveal, sealed
from moderation.identities.reveal import PRACTICE, REASONS, Act, Standing, State, Why
from moderation.ids import new_code
from moderation.incidents.incident import Actor
from moderation.people.sessions import StaffMember
from moderation.records import audit, custody, reveal_requests, shared_halves
from moderation.records import reveals as rows
from moderation.records.audit import Entry
from moderation.records.custody import CustodianLine, Register
from moderation.records.of_school import SchoolRecords
from moderation.records.refused import Refused
from moderation.records.reveal_requests import Ask
from moderation.records.reveals import Handed, RevealAct, StoredReveal
from moderation.records.shared_halves import Gift, Given, Lacking
from moderation.roles import Action, may

MOST = 500
"""Reveals that are shown and exported, the newest."""
MAX_WORDS = 2_000
"""Characters of a refusal's reason, or of a review."""


class Shown(msgspec.Struct, frozen=True):
    """A reveal as staff see it; `steps` are what whoever looks can do now, times in Unix ms.

    `why` is for custodians alone: who is none, or may know the student, sees class and times.
    """

    code: str
    incident: str | None
    practice: bool
    alone: bool
    state: str
    reason: str
    why: Why | None
    requester: str
    mine: bool
    key: str
    requested_at: int
    expires_at: int
    answerer: str | None
    answered_at: int | None
    answer: str
    opened_at: int | None
    review_due_at: int | None
    reviewer: str | None
    reviewed_at: int | None
    review: str
    steps: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Custody:
    """The custodians of a school; `enrolled` counts identities, `safe` whether one can be alone."""

    lines: list[CustodianLine]
    enrolled: int
    safe: bool


@dataclass(frozen=True, slots=True)
class Began:
    """A reveal that was asked for."""

    code: str


class Reveals:
    """The reveals of a school.

    `break_glass` says whether one person may open alone; `due` is called when pages became due.
    """

    def __init__(
        self,
        records: SchoolRecords,
        *,
        break_glass: bool = False,
        due: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = records.store
        self._vault = records.vault
        self._now = records.now
        self._break_glass = break_glass
        self._due = due

    async def custody(self, school: str) -> Custody:
        """Who holds which key, and what each opens half of."""
        lines = await self._store.read(custody.custodians, school, self._now())
        enrolled = await self._store.read(custody.enrolled, school)
        safe = self._break_glass and await self._store.read(custody.has_safe_key, school)
        return Custody(lines, enrolled, safe)

    async def register(self, staff: StaffMember, public: bytes) -> str | None:
        """Their new public key, in the place of the one they had; None, or a refusal's code."""
        half = reveal.half_of(staff.role)
        if half is None:
            return "forbidden"
        try:
            sealed.point(public)
        except ValueError:
            return "bad_field"
        row = Register(staff.id, half.value, public, sealed.fingerprint(public), self._now())
        try:
            await self._store.write(custody.register, row)
        except Refused as refused:
            return refused.code
        return None

    async def lacking(self, staff: StaffMember, to: str) -> Lacking | str:
        """Their halves that the key `to` (a fingerprint) of their own rank lacks; audited."""
        try:
            return await self._store.write(shared_halves.lacking, self._gift(staff, to))
        except Refused as refused:
            return refused.code

    async def give(
        self, staff: StaffMember, to: str, halves: Sequence[tuple[str, bytes]]
    ) -> int | str:
        """Halves that their browser has sealed again for that key; answers how many were new."""
        if any(len(half) != sealed.HALF_BYTES for _, half in halves):
            return "bad_field"
        try:
            return await self._store.write(
                shared_halves.give, Given(self._gift(staff, to), tuple(halves))
            )
        except Refused as refused:
            return refused.code

    async def ask(self, incident: str, staff: StaffMember, why: Why) -> Began | str:
        """Ask for who a student is; every senior leader is paged."""
        return await self._ask(incident, staff, why)

    async def break_glass(self, incident: str, staff: StaffMember, why: Why) -> Began | str:
        """Ask nobody: every custodian is told, and somebody else must review it within a day."""
        if not self._break_glass:
            return "no_safe_key"
        return await self._ask(incident, staff, why, alone=True)

    async def practise(self, staff: StaffMember) -> Began | str:
        """Ask for who a canary is, which is nobody: everything else is as it would be."""
        return await self._ask(None, staff, Why(PRACTICE, "", ""))

    async def half(self, code: str, staff: StaffMember) -> Handed | str:
        """Their own half of it, to be passed on by their own browser; audited."""
        return _handed(await self._act(Act.HALF, code, staff))

    async def approve(self, code: str, staff: StaffMember, passed: bytes) -> State | str:
        """Agree: half B, sealed again to the key of whoever asked, who is paged."""
        if len(passed) != sealed.HALF_BYTES:
            return "bad_field"
        return _state(await self._act(Act.APPROVE, code, staff, passed=passed))

    async def refuse(self, code: str, staff: StaffMember, words: str) -> State | str:
        """Refuse, and say why; whoever asked is paged."""
        return _state(await self._act(Act.REFUSE, code, staff, words=words))

    async def open(self, code: str, staff: StaffMember) -> Handed | str:
        """Everything that opens it, to whoever asked; audited each time."""
        return _handed(await self._act(Act.OPEN, code, staff))

    async def review(self, code: str, staff: StaffMember, words: str) -> State | str:
        """What somebody else found about an identity that was opened alone."""
        return _state(await self._act(Act.REVIEW, code, staff, words=words))

    async def log(self, staff: StaffMember) -> list[Shown]:
        """Every reveal, newest first, as this person may see it."""
        found = await self._store.read(rows.of_school, staff.school, MOST)
        names = await self._store.read(rows.names, staff.school)
        return [self._shown(row, standing, names, staff) for row, standing in found]

    async def export(self, staff: StaffMember) -> list[Shown]:
        """The same as a file to be kept; audited."""
        entry = Entry(self._now(), staff.id, "reveal_export", "all")
        await self._store.write(audit.append, entry)
        return await self.log(staff)

    async def tick(self) -> None:
        """Time out what nobody answered or opened, and erase what was passed on."""
        now = self._now()
        if await self._store.read(rows.late, now):
            await self._store.write(rows.time_out, now)
            self._due()

    # --- parts -------------------------------------------------------------------------------

    def _gift(self, staff: StaffMember, to: str) -> Gift:
        return Gift(staff.id, staff.school, to, self._now())

    async def _ask(
        self, incident: str | None, staff: StaffMember, why: Why, *, alone: bool = False
    ) -> Began | str:
        code = new_code()
        sealed_why = self._vault.seal_field(msgspec.json.encode(why).decode(), f"{code} why")
        row = Ask(code, incident, alone, why.reason, sealed_why, _actor(staff), self._now())
        try:
            await self._store.write(reveal_requests.ask, row)
        except Refused as refused:
            return refused.code
        self._due()
        return Began(code)

    async def _act(
        self,
        act: Act,
        code: str,
        staff: StaffMember,
        *,
        passed: bytes | None = None,
        words: str = "",
    ) -> Handed | State | str:
        sealed_words = self._vault.seal_field(words, f"{code} {act}") if words else None
        row = RevealAct(act, code, _actor(staff), self._now(), passed, sealed_words)
        try:
            done: Handed | State | str = await self._store.write(rows.act, row)
        except Refused as refused:
            return refused.code
        self._due()
        return done

    def _shown(
        self, row: StoredReveal, standing: Standing, names: dict[str, str], staff: StaffMember
    ) -> Shown:
        custodian = may(staff.role, Action.REVIEW_REVEAL) and staff.id not in standing.recused
        return Shown(
            code=row.code,
            incident=row.incident,
            practice=row.reason == PRACTICE,
            alone=row.alone,
            state=row.state,
            reason=REASONS.get(row.reason, "practice with a made-up identity"),
            why=self._why(row) if custodian else None,
            requester=names.get(row.requested_by, ""),
            mine=row.requested_by == staff.id,
            key=row.key,
            requested_at=row.requested_at,
            expires_at=row.expires_at,
            answerer=names.get(row.answered_by or ""),
            answered_at=row.answered_at,
            answer=self._words(row.sealed_answer, f"{row.code} {Act.REFUSE}") if custodian else "",
            opened_at=row.opened_at,
            review_due_at=row.review_due_at,
            reviewer=names.get(row.reviewed_by or ""),
            reviewed_at=row.reviewed_at,
            review=self._words(row.sealed_review, f"{row.code} {Act.REVIEW}") if custodian else "",
            steps=tuple(reveal.steps(standing, _actor(staff), self._now())),
        )

    def _why(self, row: StoredReveal) -> Why:
        words = self._vault.open_field(row.sealed_why, f"{row.code} why")
        return msgspec.json.decode(words.encode(), type=Why)

    def _words(self, sealed_words: bytes | None, about: str) -> str:
        return "" if sealed_words is None else str(self._vault.open_field(sealed_words, about))


def _actor(staff: StaffMember) -> Actor:
    return Actor(staff.id, staff.school, staff.role)


def _handed(answer: Handed | State | str) -> Handed | str:
    assert not isinstance(answer, State)
    return answer


def _state(answer: Handed | State | str) -> State | str:
    assert not isinstance(answer, Handed)
    return answer
