"""Students, cards, staff and contacts in the tables.

Operations for `Store.write`, queries for `Store.read`; used by `moderation/people/people.py`. Card
codes and passwords come here only as hashes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from moderation.records import audit
from moderation.records import tables as t
from moderation.records.sessions import end_all_of


class LoginTaken(Exception):  # noqa: N818 - an answer
    """Somebody has that login already."""


class NoSuchStaff(Exception):  # noqa: N818 - an answer
    """Nobody has that login."""


@dataclass(frozen=True, slots=True)
class NewCard:
    """A fresh pseudonym and the keyed hash of the card that opens it."""

    lookup: bytes
    student: str
    school: str
    band: str
    at: int


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whom a card opens, or opened before it was `ended`."""

    student: str
    school: str
    ended: bool


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A member of staff; `password` is an argon2id hash."""

    id: str
    school: str
    login: str
    name: str
    role: str
    password: str
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class NewContact:
    """One way to reach a member of staff; the address is sealed for the contact's id."""

    id: str
    login: str
    channel: str
    sealed_address: bytes
    added_at: int
    proven_at: int | None = None


@dataclass(frozen=True, slots=True)
class SetPassword:
    """A new argon2id hash."""

    login: str
    password: str
    at: int


@dataclass(frozen=True, slots=True)
class Disable:
    """A member of staff who has left."""

    login: str
    at: int


_CARDS = (
    select(
        t.cards.c.lookup, t.cards.c.student, t.students.c.school, t.cards.c.revoked_at.is_not(None)
    )
    .join(t.students, t.students.c.id == t.cards.c.student)
    .where(t.cards.c.lookup.in_(bindparam("codes", expanding=True)))
)
_BY_LOGIN = select(
    t.staff.c.id,
    t.staff.c.school,
    t.staff.c.password,
    t.staff.c.disabled_at,
    t.staff.c.expires_at,
).where(t.staff.c.login == bindparam("name"))
_PLACES = select(func.count()).where(t.contacts.c.staff == bindparam("whose"))
_SET_PASSWORD = (
    t.staff.update().where(t.staff.c.id == bindparam("whose")).values(password=bindparam("hashed"))
)
_DISABLE = (
    t.staff.update()
    .where(t.staff.c.id == bindparam("whose"))
    .values(disabled_at=bindparam("now"), expires_at=None)
)


def add_cards(conn: Connection, rows: Sequence[NewCard]) -> list[None]:
    """Write down new pseudonyms and their cards."""
    conn.execute(
        t.students.insert(),
        [{"id": row.student, "school": row.school, "band": row.band} for row in rows],
    )
    conn.execute(
        t.cards.insert(),
        [{"lookup": row.lookup, "student": row.student, "issued_at": row.at} for row in rows],
    )
    return [None] * len(rows)


def cards(conn: Connection, lookups: Collection[bytes]) -> dict[bytes, CardHolder]:
    """Whom each of these cards opens, or opened; nobody, where there is no such card."""
    found = conn.execute(_CARDS, {"codes": list(lookups)})
    return {bytes(lookup): CardHolder(*holder) for lookup, *holder in found}


@dataclass(frozen=True, slots=True)
class Credential:
    """What a login is checked against."""

    id: str
    school: str
    password: str
    disabled_at: int | None
    expires_at: int | None = None

    def works(self, now: int) -> bool:
        """Whether the account is open at that time, in Unix milliseconds."""
        over = self.expires_at is not None and self.expires_at <= now
        return self.disabled_at is None and not over


def credential(conn: Connection, login: str) -> Credential | None:
    """The credential of that login, or None."""
    found = conn.execute(_BY_LOGIN, {"name": login}).first()
    return None if found is None else Credential(*found)


def add_staff(conn: Connection, rows: Sequence[NewStaff]) -> list[str | LoginTaken]:
    """Write down members of staff; answers their ids."""
    return [_add_staff(conn, row) for row in rows]


def _add_staff(conn: Connection, row: NewStaff) -> str | LoginTaken:
    if credential(conn, row.login) is not None:
        return LoginTaken("somebody has that login already")
    conn.execute(
        t.staff.insert(),
        {
            "id": row.id,
            "school": row.school,
            "login": row.login,
            "name": row.name,
            "role": row.role,
            "password": row.password,
            "expires_at": row.expires_at,
        },
    )
    return row.id


def add_contacts(conn: Connection, rows: Sequence[NewContact]) -> list[str | NoSuchStaff]:
    """Write down ways to reach staff, after those they have; answers the contacts' ids."""
    return [_add_contact(conn, row) for row in rows]


def _add_contact(conn: Connection, row: NewContact) -> str | NoSuchStaff:
    owner = credential(conn, row.login)
    if owner is None:
        return NoSuchStaff("nobody has that login")
    conn.execute(
        t.contacts.insert(),
        {
            "id": row.id,
            "staff": owner.id,
            "channel": row.channel,
            "sealed_address": row.sealed_address,
            "place": conn.scalar(_PLACES, {"whose": owner.id}),
            "added_at": row.added_at,
            "proven_at": row.proven_at,
        },
    )
    return row.id


def set_passwords(conn: Connection, rows: Sequence[SetPassword]) -> list[NoSuchStaff | str]:
    """Change passwords; every session opened with the old one ends. Answers the staff's ids."""
    return [_set_password(conn, row) for row in rows]


def _set_password(conn: Connection, row: SetPassword) -> NoSuchStaff | str:
    owner = credential(conn, row.login)
    if owner is None:
        return NoSuchStaff("nobody has that login")
    conn.execute(_SET_PASSWORD, {"whose": owner.id, "hashed": row.password})
    end_all_of(conn, [owner.id], row.at)
    audit.append(conn, [audit.Entry(row.at, audit.CONSOLE, "set_password", owner.id)])
    return owner.id


def disable(conn: Connection, rows: Sequence[Disable]) -> list[NoSuchStaff | str]:
    """Close accounts and end their sessions; answers the ids of whose they were."""
    return [_disable(conn, row) for row in rows]


def _disable(conn: Connection, row: Disable) -> NoSuchStaff | str:
    owner = credential(conn, row.login)
    if owner is None:
        return NoSuchStaff("nobody has that login")
    conn.execute(_DISABLE, {"whose": owner.id, "now": row.at})
    end_all_of(conn, [owner.id], row.at)
    audit.append(conn, [audit.Entry(row.at, audit.CONSOLE, "disable", owner.id)])
    return owner.id
