"""Accounts of staff: invitations, changes and closings, as pages and the command line use them.

Made by `people.py`. An invitation is a link of 256 random bits that works once and for 14 days;
only its SHA-256 is stored. Whatever takes rights away ends the sessions of the account in the same
transaction and is told to listeners at once, so that open sockets close with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from moderation.ids import hash_of, new_id, new_token
from moderation.people import passwords
from moderation.people.appointing import Account
from moderation.people.hashing import Hashing
from moderation.records import accounts as rows
from moderation.records import invitations
from moderation.records.accounts import Change, Listed
from moderation.records.audit import CONSOLE
from moderation.records.invitations import Accept, Answer, Invitation, NewInvitation
from moderation.records.of_school import SchoolRecords
from moderation.records.refused import Refused
from moderation.roles import STAFF_ROLES, Role

_DAY = 86_400_000
INVITED_FOR = 14 * _DAY
"""Milliseconds an invitation works (OWASP ASVS 6.4.1)."""
LONGEST_NAME = 64
"""Characters of a login or a name."""


class BadPassword(ValueError):  # noqa: N818 - an answer, in words for the person
    """Nobody may have that password; the words say why and never repeat it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long accounts last and what lets in.

    `ends` is the last day of the term, by this machine's clocks, `days` how long accounts last when
    no such day is set or it is over; `second_factor` whether everybody needs one.
    """

    second_factor: bool = True
    ends: date | None = None
    days: int = 120

    def expiry(self, now: int) -> int:
        """When an account made at `now` ends, both in Unix milliseconds."""
        if self.ends is not None:
            end = datetime.combine(self.ends, time.max).astimezone()
            if (at := int(end.timestamp() * 1000)) > now:
                return at
        return now + self.days * _DAY

    @property
    def shortest(self) -> int:
        """Fewest characters of a password."""
        return passwords.WITH_FACTOR if self.second_factor else passwords.ALONE


class Accounts:
    """The accounts of one school."""

    def __init__(self, records: SchoolRecords, hashing: Hashing, terms: Terms) -> None:
        self.terms = terms
        self._store = records.store
        self._school = records.school
        self._now = records.now
        self._hashing = hashing
        self._listeners: list[Callable[[str], None]] = []

    def on_sign_out(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the id of everybody whose sessions were ended."""
        self._listeners.append(listener)

    def signed_out(self, staff: str) -> None:
        """Tell listeners that somebody's sessions were ended."""
        for listener in self._listeners:
            listener(staff)

    async def invite(self, role: str, *, login: str = "", name: str = "", by: str = CONSOLE) -> str:
        """A link's token for somebody new; an empty login or name they choose themselves.

        Raises:
            LoginTaken: Somebody has that login.
            ValueError: There is no such role, or a login or name is too long.
        """
        if role not in STAFF_ROLES:
            raise ValueError("there is no such role")
        if len(login_of(login)) > LONGEST_NAME or len(name) > LONGEST_NAME:
            raise ValueError(f"a login and a name have at most {LONGEST_NAME} characters")
        token, now = new_token(), self._now()
        row = NewInvitation(
            lookup=hash_of(token),
            id=new_id(),
            school=self._school,
            login=login_of(login),
            name=name.strip(),
            role=role,
            made_by=by,
            made_at=now,
            expires_at=now + INVITED_FOR,
        )
        await self._store.write(invitations.invite, row)
        return token

    async def invitation(self, token: str) -> Invitation | None:
        """The invitation of that link while it works, or None."""
        found = await self._store.read(invitations.invitation, hash_of(token), self._now())
        return found if found is not None and found.school == self._school else None

    async def accept(self, token: str, login: str, name: str, password: str) -> str:
        """Make the account of an invitation; answers the id of the new member of staff.

        Raises:
            Refused: The link does not work, or waits for somebody to agree.
            BadPassword: Nobody may have that password; says why.
            LoginTaken: Somebody has that login.
            ValueError: A login or name is empty or too long.
        """
        found = await self.invitation(token)
        if found is None:
            raise Refused("bad_invitation")
        login, name = found.login or login_of(login), found.name or name.strip()
        if not (1 <= len(login) <= LONGEST_NAME and 1 <= len(name) <= LONGEST_NAME):
            raise ValueError(f"a login and a name have 1 to {LONGEST_NAME} characters")
        hashed = await self.hashed(password, login, name)
        now = self._now()
        row = Accept(hash_of(token), new_id(), login, name, hashed, now, self.terms.expiry(now))
        return await self._store.write(invitations.accept, row)

    async def hashed(self, password: str, *own: str) -> str:
        """The hash of a new password of somebody known by `own`; raises BadPassword."""
        why = passwords.fault(password, shortest=self.terms.shortest, own=(*own, self._school))
        if why is not None:
            raise BadPassword(why)
        return await self._hashing.hash(password)

    async def everybody(self) -> list[Listed]:
        """Every account, closed ones too."""
        return await self._store.read(rows.everybody, self._school)

    async def invitations(self) -> list[Invitation]:
        """Every invitation that still works or waits for somebody to agree."""
        return await self._store.read(invitations.open_invitations, self._school, self._now())

    async def waiting_for(self, role: Role) -> list[Invitation]:
        """Those that wait for somebody of that role to agree."""
        return [one for one in await self.invitations() if role in one.waits_for]

    async def has_administrator(self) -> bool:
        """Whether somebody can look after accounts without the command line."""
        return await self._store.read(rows.has_administrator, self._school, self._now())

    async def change_role(self, by: Account, staff: str, role: str) -> None:
        """Give somebody another role; raises Refused."""
        await self._change(Change(f"role_{role}", by, self._school, staff, self._now(), role=role))

    async def disable(self, by: Account, staff: str) -> None:
        """Close an account at once; raises Refused."""
        await self._change(Change("disable", by, self._school, staff, self._now()))

    async def expire(self, by: Account, staff: str, at: int) -> None:
        """Have an account end at a time in Unix milliseconds; raises Refused."""
        change = Change("expire", by, self._school, staff, self._now(), expires_at=at)
        await self._change(change)

    async def forget_factors(self, by: Account, staff: str) -> None:
        """Take away somebody's second factors, so that they set up new ones; raises Refused."""
        await self._change(Change("forget_factors", by, self._school, staff, self._now()))

    async def uninvite(self, by: Account, invitation: str) -> None:
        """Take an invitation back; raises Refused."""
        row = Answer(invitation, by, self._school, self._now())
        await self._store.write(invitations.uninvite, row)

    async def agree(self, by: Account, invitation: str) -> None:
        """Agree to an invitation as a member of one's rank; raises Refused."""
        row = Answer(invitation, by, self._school, self._now())
        await self._store.write(invitations.agree, row)

    async def close_expired(self) -> None:
        """Close every account whose time is over."""
        if await self._store.read(rows.expired, self._now()):
            for staff in await self._store.write(rows.expire, self._now()):
                self.signed_out(staff)

    async def _change(self, change: Change) -> None:
        await self._store.write(rows.change, change)
        self.signed_out(change.staff)


def login_of(typed: str) -> str:
    """A login as it is kept: however somebody typed it, it is the same one."""
    return typed.strip().casefold()
