"""People: who may come in, by card or by password, and how long a session lasts.

Used by the pages (sign-in), the chat (`student`) and the command line (cards and staff). A student
is only ever a pseudonym. Tokens are 256 random bits of which SHA-256 is stored; sessions end after
30 minutes without use or 8 hours (students), 15 minutes or 12 hours (staff): OWASP ASVS 7.3.
Nothing here puts a name, a password, a card code or a token into a log or an exception.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from argon2 import PasswordHasher

from moderation.ids import new_id, new_token
from moderation.people import cards
from moderation.people.accounts import LONGEST_NAME, Accounts, Terms
from moderation.people.factors import Factors, Half
from moderation.people.hashing import Hashing
from moderation.people.oidc import Person
from moderation.people.patience import Patience
from moderation.records import audit, links, sessions
from moderation.records import people as records
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.roles import PASSKEYS, STAFF_ROLES, Action, Role

_MINUTE = 60_000
STUDENT_IDLE = 30 * _MINUTE
STUDENT_LONGEST = 8 * 60 * _MINUTE
STAFF_IDLE = 15 * _MINUTE
STAFF_LONGEST = 12 * 60 * _MINUTE
HALF = 10 * _MINUTE
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


class People:
    """Everybody of one school."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Callable[[], float],
        school: str,
        *,
        terms: Terms | None = None,
        hasher: PasswordHasher | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`clock` gives seconds since 1970; a test may hand in a quicker hasher and sleep."""
        self._store = store
        self._vault = vault
        self._clock = clock
        self._school = school
        self._sleep = sleep
        self._patience = Patience()
        self._hashing = Hashing(hasher)
        self.accounts = Accounts(store, clock, school, self._hashing, terms or Terms())
        self.factors = Factors(store, vault, clock, sleep)

    async def issue_cards(self, count: int, band: str = "all") -> list[str]:
        """New pseudonyms, as many as asked; answers their card codes, which are kept nowhere."""
        codes = [cards.code_of(secrets.token_bytes(cards.BYTES)) for _ in range(count)]
        await asyncio.gather(
            *(
                self._store.write(
                    records.add_cards,
                    records.NewCard(
                        self._vault.lookup(cards.digest(code.replace("-", ""))),
                        new_id(),
                        self._school,
                        band,
                        self._now(),
                    ),
                )
                for code in codes
            )
        )
        return codes

    async def sign_in_student(self, code: str) -> str | None:
        """A token for the student whose card this is, or None when the code does not work."""
        letters = cards.read(code)
        if letters is None:
            return None
        holder = await self._store.read(records.card, self._vault.lookup(cards.digest(letters)))
        if holder is None or holder.school != self._school:
            return None
        return await self._begin("student", holder.student)

    async def student(self, token: str) -> Signed | None:
        """Whose session that is, or None when there is none or it is over."""
        key = _hash(token)
        found = await self._store.read(sessions.student_session, key)
        if found is None or found.school != self._school:
            return None
        if not self._lasts(found, STUDENT_IDLE, STUDENT_LONGEST):
            return None
        self._touch(key, found.seen_at)
        return Signed(key, found.who, found.understood, found.band, found.barred_until)

    async def barred_until(self, student: str) -> int | None:
        """Until when they may not come in (Unix milliseconds), as the records have it now."""
        return await self._store.read(sessions.barred_until, student)

    async def understood(self, token: str) -> None:
        """Note that this student knows who can see a chat."""
        await self._store.write(sessions.understood, _hash(token))

    async def add_staff(self, login: str, name: str, role: str, password: str) -> str:
        """A new member of staff; answers their id.

        Raises:
            LoginTaken: Somebody has that login.
            ValueError: There is no such role, or no one may have such a login or password.
        """
        if role not in STAFF_ROLES:
            raise ValueError("there is no such role")
        if not (1 <= len(_login(login)) <= LONGEST_NAME and 1 <= len(name) <= LONGEST_NAME):
            raise ValueError(f"a login and a name have 1 to {LONGEST_NAME} characters")
        hashed = await self.accounts.hashed(password, login, name)
        ends = self.accounts.terms.expiry(self._now())
        row = records.NewStaff(new_id(), self._school, _login(login), name, role, hashed, ends)
        return await self._store.write(records.add_staff, row)

    async def add_contact(
        self, login: str, channel: str, address: str, *, heard: bool = False
    ) -> str:
        """A way to reach a member of staff, after those they have; raises NoSuchStaff.

        It counts once a test page over it was heard; `heard` says that one was, just now.
        """
        contact = new_id()
        sealed = self._vault.seal_field(address, contact)
        proven_at = self._now() if heard else None
        row = records.NewContact(contact, _login(login), channel, sealed, self._now(), proven_at)
        return await self._store.write(records.add_contacts, row)

    async def set_password(self, login: str, password: str) -> None:
        """A new password; every session of the old one ends.

        Raises:
            NoSuchStaff: Nobody has that login.
            BadPassword: No one may have such a password.
        """
        hashed = await self.accounts.hashed(password, login)
        row = records.SetPassword(_login(login), hashed, self._now())
        self.accounts.signed_out(await self._store.write(records.set_passwords, row))

    async def disable_staff(self, login: str) -> None:
        """Close an account and end its sessions at once; raises NoSuchStaff."""
        row = records.Disable(_login(login), self._now())
        self.accounts.signed_out(await self._store.write(records.disable, row))

    async def sign_in_staff(self, login: str, password: str) -> str | None:
        """A token, or None: the same answer after the same work, whatever was wrong."""
        login = _login(login)
        pause = self._patience.wait(login, self._clock())
        if pause is None:
            return None
        if pause:
            await self._sleep(pause)
        known = await self._store.read(records.credential, login)
        good = await self._hashing.fits(None if known is None else known.password, password)
        if known is None or not good or not known.works(self._now()):
            return None
        if known.school != self._school:
            return None
        self._patience.succeeded(login)
        return await self._begin("staff", known.id)

    async def link(self, staff: str, person: Person) -> None:
        """From now on this person's sign-in at the school's issuer opens that account.

        Raises:
            Refused: It opens another one already.
        """
        row = links.Link(person.issuer, person.subject, staff, self._now())
        await self._store.write(links.link, row)

    async def sign_in_linked(self, person: Person) -> str | None:
        """A token for whoever the issuer vouches for, or None: nobody's account is linked."""
        known = await self._store.read(links.linked, person.issuer, person.subject)
        if known is None or known.school != self._school or not known.works(self._now()):
            return None
        token = await self._begin("staff", known.id)
        half = await self.half(token)
        if half is None or not person.strong or (half.keyed and half.has.passkeys):
            return token
        return (await self.factors.vouched(half)).token

    async def join(self, token: str, login: str, name: str, password: str) -> str:
        """Make the account of an invitation; answers the token of its first session.

        Raises what `Accounts.accept` raises.
        """
        return await self._begin("staff", await self.accounts.accept(token, login, name, password))

    async def staff(self, token: str) -> StaffMember | None:
        """Whose session that is, with the role they have now, or None.

        A session that has not shown a second factor where one is needed is nobody's here; nor is
        one of somebody whose role needs a passkey and who has none yet.
        """
        key = _hash(token)
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
        )

    async def half(self, token: str) -> Half | None:
        """Who has shown a password in that session, whether or not anything more, or None."""
        key = _hash(token)
        found = await self._session(key)
        if found is None or (found.proved_at is None and not self._lasts(found, HALF, HALF)):
            return None
        return Half(
            id=found.id,
            login=found.login,
            name=found.name,
            session=key,
            proved=found.proved_at is not None,
            fresh=self.fresh(found.proved_at),
            has=await self.factors.of(found.id),
            keyed=self._keyed(found.role),
        )

    def fresh(self, proved_at: int | None) -> bool:
        """Whether a second factor was shown just now, or none is asked for here."""
        if not self.accounts.terms.second_factor:
            return True
        return proved_at is not None and self._now() - proved_at < FRESH

    async def refused(self, member: StaffMember, action: Action) -> None:
        """Write down that somebody signed in asked for what their role may not do."""
        entry = audit.Entry(self._now(), member.id, "refused", action.value)
        await self._store.write(audit.append, entry)

    async def lasting(self, staff: Collection[str]) -> set[tuple[str, int]]:
        """Whose sessions, begun when, have not ended, however long nobody touched them."""
        since = self._now() - STAFF_LONGEST
        return await self._store.read(sessions.lasting, staff, since)

    async def own_sessions(self, member: StaffMember) -> list[sessions.OwnSession]:
        """Every session of somebody that has not ended, newest first."""
        now = self._now()
        since = (now - STAFF_LONGEST, now - STAFF_IDLE)
        return await self._store.read(sessions.own, member.id, since)

    async def sign_out_everywhere(self, member: StaffMember) -> None:
        """End every session of somebody, this one too."""
        await self._store.write(sessions.end_all, sessions.EndAll(member.id, self._now()))
        self.accounts.signed_out(member.id)

    async def end_session(self, token: str) -> None:
        """End that session, whoever it belongs to."""
        row = sessions.EndSession(_hash(token), self._now())
        await self._store.write(sessions.end_sessions, row)

    def close(self) -> None:
        """Let go of the thread that hashes."""
        self._hashing.close()

    def _now(self) -> int:
        return int(self._clock() * 1000)

    async def _session(self, key: bytes) -> sessions.StaffSession | None:
        found = await self._store.read(sessions.staff_session, key)
        if found is None or found.school != self._school or found.role not in STAFF_ROLES:
            return None
        over = found.expires_at is not None and found.expires_at <= self._now()
        return None if over or not self._lasts(found, STAFF_IDLE, STAFF_LONGEST) else found

    def _keyed(self, role: str) -> bool:
        return self.accounts.terms.second_factor and role in PASSKEYS

    def _has_shown_enough(self, found: sessions.StaffSession) -> bool:
        """For the role its owner has now; once there is a passkey, no code proves a session."""
        if not self.accounts.terms.second_factor:
            return True
        return found.proved_at is not None and (found.has_passkey or not self._keyed(found.role))

    async def _begin(self, kind: str, who: str) -> str:
        token = new_token()
        row = sessions.NewSession(_hash(token), kind, who, self._now())
        await self._store.write(sessions.open_sessions, row)
        return token

    def _lasts(
        self, found: sessions.StudentSession | sessions.StaffSession, idle: int, longest: int
    ) -> bool:
        now = self._now()
        return now - found.seen_at < idle and now - found.started_at < longest

    def _touch(self, key: bytes, seen_at: int) -> None:
        now = self._now()
        if now - seen_at >= _MINUTE:
            self._store.submit(sessions.seen, sessions.Seen(key, now), _ignore)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _login(typed: str) -> str:
    return typed.strip().casefold()


def _ignore(_answer: object) -> None:
    """A note of use that was not kept only shortens the session."""
