"""Invitations in the tables: how somebody gets an account, and who must agree first.

Operations for `Store.write`, queries for `Store.read`; used by `moderation/people/accounts.py`.
Rules are asked of `moderation/people/appointing.py` over the rows as they are in that transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select

from moderation.people import appointing
from moderation.people.appointing import Account
from moderation.records import account_tables as a
from moderation.records import audit
from moderation.records import tables as t
from moderation.records.accounts import CLOSED_OUT
from moderation.records.people import LoginTaken, NewStaff, add_staff
from moderation.records.refused import Refused
from moderation.roles import Role


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A link for somebody; an empty login or name is chosen by whoever opens it."""

    lookup: bytes
    id: str
    school: str
    login: str
    name: str
    role: str
    made_by: str
    made_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that is still open; `waits_for` are the roles that must agree first."""

    id: str
    school: str
    login: str
    name: str
    role: str
    made_at: int
    expires_at: int
    waits_for: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Accept:
    """Somebody opens an invitation; the account ends at `expires_at`, or never."""

    lookup: bytes
    staff: str
    login: str
    name: str
    password: str
    at: int
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A member of staff agrees to an open invitation, or takes it back."""

    invitation: str
    actor: Account
    school: str
    at: int


_i, _s = a.invitations, t.staff
_OPEN = select(_i).where(_i.c.ended_at.is_(None), _i.c.expires_at > bindparam("now"))
_END_SAME = (
    _i.update()
    .where(_i.c.school == bindparam("of"), _i.c.login == bindparam("same"), _i.c.ended_at.is_(None))
    .where(or_(_i.c.login != "", _i.c.role == Role.ADMINISTRATOR.value))
    .values(ended_at=bindparam("now"))
)
_TURN = select(_i.c.id).with_for_update()
"""One after another opens an invitation, or agrees to it, at whatever node."""
_END = (
    _i.update()
    .where(_i.c.id == bindparam("which"), _i.c.school == bindparam("of"), _i.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_EVER = select(_s.c.role).where(_s.c.school == bindparam("of")).distinct()
_HERE = _EVER.where(~CLOSED_OUT)
_AGREED = select(a.agreements.c.role).where(a.agreements.c.invitation == bindparam("which"))


def invite(conn: Connection, rows: Sequence[NewInvitation]) -> list[LoginTaken | None]:
    """Write down invitations; an open one for the same login stops working.

    So does one for an administrator who would choose their login, when another is made.
    """
    return [_invite(conn, row) for row in rows]


def _invite(conn: Connection, row: NewInvitation) -> LoginTaken | None:
    if conn.execute(select(_s.c.id).where(_s.c.login == row.login)).first():
        return LoginTaken("somebody has that login already")
    if row.login or row.role == Role.ADMINISTRATOR:
        conn.execute(_END_SAME, {"of": row.school, "same": row.login, "now": row.made_at})
    conn.execute(_i.insert(), {name: getattr(row, name) for name in row.__slots__})
    audit.append(conn, [audit.Entry(row.made_at, row.made_by, "invited", row.role)])
    return None


def invitation(conn: Connection, lookup: bytes, now: int) -> Invitation | None:
    """The open invitation of that link, or None."""
    row = conn.execute(_OPEN.where(_i.c.lookup == lookup), {"now": now}).first()
    return None if row is None else _opened(conn, row)


def open_invitations(conn: Connection, school: str, now: int) -> list[Invitation]:
    """Every open invitation of a school, oldest first."""
    found = conn.execute(_OPEN.where(_i.c.school == school).order_by(_i.c.made_at), {"now": now})
    return [_opened(conn, row) for row in found.all()]


def _opened(conn: Connection, row: object) -> Invitation:
    names = ("id", "school", "login", "name", "role", "made_at", "expires_at")
    values = {name: getattr(row, name) for name in names}
    ever = conn.scalars(_EVER, {"of": values["school"]}).all()
    agreed = set(conn.scalars(_AGREED, {"which": values["id"]}))
    here = conn.scalars(_HERE, {"of": values["school"]}).all()
    needed = appointing.needed(values["role"], ever, here)
    return Invitation(**values, waits_for=frozenset(one for one in needed if one not in agreed))


def accept(conn: Connection, rows: Sequence[Accept]) -> list[str | Refused | LoginTaken]:
    """Make accounts of invitations, each once; answers the ids of the staff."""
    return [_accept(conn, row) for row in rows]


def _accept(conn: Connection, row: Accept) -> str | Refused | LoginTaken:
    conn.execute(_TURN.where(_i.c.lookup == row.lookup)).all()
    found = invitation(conn, row.lookup, row.at)
    if found is None:
        return Refused("bad_invitation")
    if found.waits_for:
        return Refused("needs_agreement")
    login, name = found.login or row.login, found.name or row.name
    new = NewStaff(row.staff, found.school, login, name, found.role, row.password, row.expires_at)
    (made,) = add_staff(conn, [new])
    if isinstance(made, LoginTaken):
        return made
    conn.execute(_END, {"which": found.id, "of": found.school, "now": row.at})
    audit.append(conn, [audit.Entry(row.at, made, "joined", found.role)])
    return made


def agree(conn: Connection, rows: Sequence[Answer]) -> list[Refused | None]:
    """Note that one of the two ranks agrees to an invitation; one person agrees for one rank."""
    return [_agree(conn, row) for row in rows]


def _agree(conn: Connection, row: Answer) -> Refused | None:
    conn.execute(_TURN.where(_i.c.id == row.invitation)).all()
    query = _OPEN.where(_i.c.id == row.invitation, _i.c.school == row.school)
    found = conn.execute(query, {"now": row.at}).first()
    if found is None:
        return Refused("not_found")
    if row.actor.role not in _opened(conn, found).waits_for:
        return Refused("changed")
    values = {"role": str(row.actor.role), "staff": row.actor.id, "at": row.at}
    conn.execute(a.agreements.insert(), {"invitation": row.invitation, **values})
    audit.append(conn, [audit.Entry(row.at, row.actor.id, "agreed", row.invitation)])
    return None


def uninvite(conn: Connection, rows: Sequence[Answer]) -> list[Refused | None]:
    """Take invitations back: their links stop working."""
    return [_uninvite(conn, row) for row in rows]


def _uninvite(conn: Connection, row: Answer) -> Refused | None:
    ended = {"which": row.invitation, "of": row.school, "now": row.at}
    if not conn.execute(_END, ended).rowcount:
        return Refused("not_found")
    audit.append(conn, [audit.Entry(row.at, row.actor.id, "uninvite", row.invitation)])
    return None
