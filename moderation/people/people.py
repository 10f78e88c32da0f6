"""People: who may come in, by card, by password or by the school's own sign-in.

Used by the pages (sign-in) and the command line (cards and staff); what a token opens afterwards is
`sessions.py`'s. A student is only ever a pseudonym. Nothing here puts a name, a password, a card
code or a token into a log or an exception.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress

from argon2 import PasswordHasher

from moderation.ids import new_id
from moderation.people import cards
from moderation.people.accounts import LONGEST_NAME, Accounts, Terms, login_of
from moderation.people.at_the_door import AtTheDoor
from moderation.people.brakes import Brakes
from moderation.people.factors import Factors
from moderation.people.hashing import Hashing
from moderation.people.oidc import Person
from moderation.people.own_account import OwnAccount
from moderation.people.sessions import Sessions, StaffMember
from moderation.records import audit, issuer_links
from moderation.records import people as rows
from moderation.records.audit import CONSOLE
from moderation.records.of_school import SchoolRecords
from moderation.records.refused import Refused
from moderation.roles import STAFF_ROLES, Action


class People:
    """Everybody of one school."""

    def __init__(
        self,
        records: SchoolRecords,
        *,
        terms: Terms | None = None,
        hasher: PasswordHasher | None = None,
    ) -> None:
        """A test may hand in a quicker hasher."""
        self._store = records.store
        self._vault = records.vault
        self._school = records.school
        self._now = records.now
        self.brakes = Brakes(records.clock)
        self._hashing = Hashing(hasher)
        self._at_the_door = AtTheDoor(records.store)
        self.accounts = Accounts(records, self._hashing, terms or Terms())
        self.factors = Factors(records, self.brakes)
        self.sessions = Sessions(records, self.accounts.terms, self.factors)
        self.own = OwnAccount(records)

    async def issue_cards(self, count: int, band: str = "all") -> list[str]:
        """New pseudonyms, as many as asked; answers their card codes, which are kept nowhere."""
        codes = [cards.code_of(secrets.token_bytes(cards.BYTES)) for _ in range(count)]
        await asyncio.gather(
            *(
                self._store.write(
                    rows.add_cards,
                    rows.NewCard(
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
        """A token for the student whose card this is, or None when it is no card of this school.

        Raises:
            Refused: It was a card, and has ended.
        """
        letters = cards.read(code)
        if letters is None:
            return None
        card = self._vault.lookup(cards.digest(letters))
        holder = await self._at_the_door.holder(card)
        if holder is None or holder.school != self._school:
            return None
        if not holder.ended:
            with suppress(Refused):  # it was ended in this moment
                return await self.sessions.begin("student", holder.student, card=card)
        raise Refused("ended_card")

    async def add_staff(self, login: str, name: str, role: str, password: str) -> str:
        """A new member of staff; answers their id.

        Raises:
            LoginTaken: Somebody has that login.
            ValueError: There is no such role, or no one may have such a login or password.
        """
        if role not in STAFF_ROLES:
            raise ValueError("there is no such role")
        if not (1 <= len(login_of(login)) <= LONGEST_NAME and 1 <= len(name) <= LONGEST_NAME):
            raise ValueError(f"a login and a name have 1 to {LONGEST_NAME} characters")
        hashed = await self.accounts.hashed(password, login, name)
        ends = self.accounts.terms.expiry(self._now())
        row = rows.NewStaff(new_id(), self._school, login_of(login), name, role, hashed, ends)
        return await self._store.write(rows.add_staff, row)

    async def add_contact(
        self, login: str, channel: str, address: str, *, heard: bool = False
    ) -> str:
        """A way to reach a member of staff, after those they have; raises NoSuchStaff.

        It counts once a test page over it was heard; `heard` says that one was, just now.
        """
        contact = new_id()
        sealed = self._vault.seal_field(address, contact)
        proven_at = self._now() if heard else None
        row = rows.NewContact(contact, login_of(login), channel, sealed, self._now(), proven_at)
        return await self._store.write(rows.add_contacts, row)

    async def on_console(self, act: str, about: str) -> None:
        """Write down, before it is tried, what whoever has the machine asks for."""
        entry = audit.Entry(self._now(), CONSOLE, act, about)
        await self._store.write(audit.append, entry)

    async def set_password(self, login: str, password: str) -> None:
        """A new password; every session of the old one ends.

        Raises:
            NoSuchStaff: Nobody has that login.
            BadPassword: No one may have such a password.
        """
        hashed = await self.accounts.hashed(password, login)
        row = rows.SetPassword(login_of(login), hashed, self._now())
        self.accounts.signed_out(await self._store.write(rows.set_passwords, row))

    async def disable_staff(self, login: str) -> None:
        """Close an account and end its sessions at once; raises NoSuchStaff."""
        row = rows.Disable(login_of(login), self._now())
        self.accounts.signed_out(await self._store.write(rows.disable, row))

    def known_since(self, login: str, marks: str) -> int | None:
        """Since when whoever has that login is known in a browser with these marks, or None."""
        return self.own.known_since(login_of(login), marks)

    async def sign_in_staff(
        self, login: str, password: str, known_since: int | None = None
    ) -> str | None:
        """A token, or None: the same answer after the same work, whatever was wrong.

        Each browser in which they are known has tries of its own: an adult on call gets in there
        at night, however often a stranger tries in their name.

        Raises:
            Refused: It came too soon after others in that name, or while too many strangers are
                in line, and was not looked at.
        """
        login, stranger = login_of(login), known_since is None
        if stranger and self._hashing.crowded:
            raise Refused("rate_limited", 1.0)
        who = f"login {login}" if stranger else f"browser {known_since} {login}"
        await self.brakes.pass_on(who)
        known = await self._store.read(rows.credential, login)
        hashed = None if known is None else known.password
        good = await self._hashing.fits(hashed, password, known=not stranger)
        if known is None or not good or not known.works(self._now()):
            return None
        if known.school != self._school:
            return None
        try:
            token = await self.sessions.begin("staff", known.id, password=hashed)
        except Refused:  # it was changed while it was looked at
            return None
        await self.brakes.succeeded(who)
        return token

    async def link(self, staff: str, person: Person) -> None:
        """From now on this person's sign-in at the school's issuer opens that account.

        Raises:
            Refused: It opens another one already.
        """
        row = issuer_links.Link(person.issuer, person.subject, staff, self._now())
        await self._store.write(issuer_links.link, row)

    async def sign_in_linked(self, person: Person) -> str | None:
        """A token for whoever the issuer vouches for, or None: nobody's account is linked."""
        known = await self._store.read(issuer_links.linked, person.issuer, person.subject)
        if known is None or known.school != self._school or not known.works(self._now()):
            return None
        token = await self.sessions.begin("staff", known.id)
        half = await self.sessions.halfway(token)
        if half is None or not person.strong or (half.keyed and half.has.passkeys):
            return token
        return (await self.factors.vouched(half)).token

    async def join(self, token: str, login: str, name: str, password: str) -> str:
        """Make the account of an invitation; answers the token of its first session.

        Raises what `Accounts.accept` raises.
        """
        return await self.sessions.begin(
            "staff", await self.accounts.accept(token, login, name, password)
        )

    async def refused(self, member: StaffMember, action: Action) -> None:
        """Write down that somebody signed in asked for what their role may not do."""
        entry = audit.Entry(self._now(), member.id, "refused", action.value)
        await self._store.write(audit.append, entry)

    async def sign_out_everywhere(self, member: StaffMember) -> None:
        """End every session of somebody, this one too."""
        await self.sessions.end_all(member.id)
        self.accounts.signed_out(member.id)

    def close(self) -> None:
        """Let go of the thread that hashes."""
        self._hashing.close()
