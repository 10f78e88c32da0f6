"""Sessions: whose token that is, for how long, and what it has shown so far.

Made by `people.py`; asked by the chat (`student`) and by the guard of the pages (`staff`,
`halfway`).
A student is only ever a pseudonym. Tokens are 256 random bits of which SHA-256 is stored; sessions
end after 30 minutes without use or 8 hours (students), 15 minutes or 12 hours (staff): OWASP ASVS
7.3. A page of a student that is open is a session in use, for as long as the talk goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from moderation.ids import hash_of, new_token
from moderation.people.accounts import Terms
from moderation.people.factors import Factors, Halfway
from moderation.records import rooms
from moderation.records import sessions as rows
from moderation.records.of_school import SchoolRecords
from moderation.roles import PASSKEYS, STAFF_ROLES, Role

_MINUTE = 60_000
_LATELY = 5 * _MINUTE
"""Milliseconds after which every node has seen that a session ended, also by a clock of its own."""
STUDENT_IDLE = 30 * _MINUTE
STUDENT_LONGEST = 8 * 60 * _MINUTE
STAFF_IDLE = 15 * _MINUTE
STAFF_LONGEST = 12 * 60 * _MINUTE
HALFWAY = 10 * _MINUTE
"""Milliseconds between the password and the second factor."""
FRESH = 5 * _MINUTE
"""Milliseconds a second factor counts for what is sensitive (OWASP ASVS 7.5.3)."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A student's session; `session` names it without opening it, `who` is the pseudonym."""

    session: bytes
    who: str
    understood: bool
    band: str
    barred_until: int | None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A signed-in member of staff, with the role they have now."""

    id: str
    school: str
    login: str
    name: str
    role: Role
    proved_at: int | None = None
    """When this session last showed a second factor, in Unix milliseconds."""
    session: bytes = field(default=b"", compare=False, repr=False)
    """What names the session without opening it."""
    since: int = field(default=0, compare=False)
    """When the session began; the same after a second factor has changed its token."""
    new_browser_at: int | None = field(default=None, compare=False)
    """When they signed in with a browser that was new, until a known one answers for it."""


class Sessions:
    """The sessions of one school."""

    def __init__(self, records: SchoolRecords, terms: Terms, factors: Factors) -> None:
        """`terms` say whether a second factor is asked for."""
        self._store = records.store
        self._school = records.school
        self._now = records.now
        self._terms = terms
        self._factors = factors

    async def begin(
        self, kind: str, who: str, *, card: bytes | None = None, password: str | None = None
    ) -> str:
        """The token of a new session of a `student` or of `staff`.

        Raises:
            Refused: The card or password, by its hash, lets nobody in any more.
        """
        token = new_token()
        row = rows.NewSession(hash_of(token), kind, who, self._now(), card, password)
        await self._store.write(rows.open_sessions, row)
        return token

    async def student(self, token: str) -> Signed | None:
        """Whose session that is, or None when there is none or it is over."""
        key = hash_of(token)
        found = await self._store.look(rows.student_session, key)
        if found is None or found.school != self._school:
            return None
        if not self._lasts(found, STUDENT_IDLE, STUDENT_LONGEST):
            return None
        self._touch(key, found.seen_at)
        return Signed(key, found.who, found.understood, found.band, found.barred_until)

    def in_use(self, sessions: Iterable[bytes]) -> None:
        """Note of sessions, each by what names it, that they are in use; soon, if it can be."""
        for session in sessions:
            self._store.submit(rows.seen, rows.Seen(session, self._now()), _ignore)

    async def ended_lately(self) -> list[tuple[bytes, str]]:
        """What names the sessions of students that were ended a moment ago, and whose they were."""
        return await self._store.read(rows.ended, self._now() - _LATELY)

    async def standing(self, student: str) -> rooms.Standing:
        """Where they sit, whether they may come in and whom they never meet, by the records."""
        return await self._store.look(rooms.standing, student)

    async def understood(self, token: str) -> None:
        """Note that this student knows who can see a chat."""
        await self._store.write(rows.understood, hash_of(token))

    async def staff(self, token: str) -> StaffMember | None:
        """Whose session that is, with the role they have now, or None.

        A session that has not shown a second factor where one is needed is nobody's here; nor is
        one of somebody whose role needs a passkey and who has none yet.
        """
        key = hash_of(token)
        found = await self._session(key)
        if found is None or not self._has_shown_enough(found):
            return None
        self._touch(key, found.seen_at)
        return StaffMember(
            id=found.id,
            school=found.school,
            login=found.login,
            name=found.name,
            role=Role(found.role),
            proved_at=found.proved_at,
            session=key,
            since=found.started_at,
            new_browser_at=found.new_browser_at,
        )

    async def halfway(self, token: str) -> Halfway | None:
        """Who has shown a password in that session, whether or not anything more, or None."""
        key = hash_of(token)
        found = await self._session(key)
        if found is None or (found.proved_at is None and not self._lasts(found, HALFWAY, HALFWAY)):
            return None
        return Halfway(
            id=found.id,
            login=found.login,
            name=found.name,
            session=key,
            proved=found.proved_at is not None,
            fresh=self.fresh(found.proved_at),
            has=await self._factors.of(found.id),
            keyed=self._keyed(found.role),
        )

    def fresh(self, proved_at: int | None) -> bool:
        """Whether a second factor was shown just now, or none is asked for here."""
        if not self._terms.second_factor:
            return True
        return proved_at is not None and self._now() - proved_at < FRESH

    async def lasting(self, staff: Collection[str]) -> set[tuple[str, int]]:
        """Whose sessions, begun when, have not ended, however long nobody touched them."""
        since = self._now() - STAFF_LONGEST
        return await self._store.read(rows.lasting, staff, since)

    async def own(self, member: StaffMember) -> list[rows.OwnSession]:
        """Every session of somebody that has not ended, newest first."""
        now = self._now()
        since = (now - STAFF_LONGEST, now - STAFF_IDLE)
        return await self._store.read(rows.own, member.id, since)

    async def end(self, token: str) -> None:
        """End that session, whoever it belongs to."""
        row = rows.EndSession(hash_of(token), self._now())
        await self._store.write(rows.end_sessions, row)

    async def end_all(self, who: str) -> None:
        """End every session of a member of staff."""
        await self._store.write(rows.end_all, rows.EndAll(who, self._now()))

    # --- parts -------------------------------------------------------------------------------

    async def _session(self, key: bytes) -> rows.StaffSession | None:
        found = await self._store.read(rows.staff_session, key)
        if found is None or found.school != self._school or found.role not in STAFF_ROLES:
            return None
        over = found.expires_at is not None and found.expires_at <= self._now()
        return None if over or not self._lasts(found, STAFF_IDLE, STAFF_LONGEST) else found

    def _keyed(self, role: str) -> bool:
        return self._terms.second_factor and role in PASSKEYS

    def _has_shown_enough(self, found: rows.StaffSession) -> bool:
        """For the role its owner has now; once there is a passkey, no code proves a session."""
        if not self._terms.second_factor:
            return True
        return found.proved_at is not None and (found.has_passkey or not self._keyed(found.role))

    def _lasts(
        self, found: rows.StudentSession | rows.StaffSession, idle: int, longest: int
    ) -> bool:
        now = self._now()
        return now - found.seen_at < idle and now - found.started_at < longest

    def _touch(self, key: bytes, seen_at: int) -> None:
        if self._now() - seen_at >= _MINUTE:
            self.in_use([key])


def _ignore(_answer: object) -> None:
    """A note of use that was not kept only shortens the session."""
