"""Accounts of staff in the tables: invitations, changes, closings; each with its audit entry.

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
from moderation.records.people import LoginTaken, NewStaff, add_staff
from moderation.records.refused import Refused
from moderation.records.sessions import end_all_of
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
class Change:
    """What an administrator does to an account; `act` stands in the audit log.

    With a `role`, that becomes theirs; else `act` is disable, expire, forget_factors or uninvite.
    Who was closed out by a person has no last day any more, and none opens their account again.
    """

    act: str
    actor: Account
    school: str
    staff: str
    at: int
    role: str | None = None
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Agree:
    """A lead or a senior leader agrees to an invitation."""

    invitation: str
    actor: Account
    school: str
    at: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An account in the list."""

    id: str
    login: str
    name: str
    role: str
    disabled_at: int | None
    expires_at: int | None
    code_maker: bool
    passkeys: int

    @property
    def ended(self) -> bool:
        """Whether its last day closed it, and no person: a new last day opens it again."""
        if self.disabled_at is None or self.expires_at is None:
            return False
        return self.disabled_at >= self.expires_at


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
_CLOSED_OUT = _s.c.disabled_at.is_not(None) & or_(
    _s.c.expires_at.is_(None), _s.c.disabled_at < _s.c.expires_at
)
_HERE = _EVER.where(~_CLOSED_OUT)
_AGREED = select(a.agreements.c.role).where(a.agreements.c.invitation == bindparam("which"))
_ACCOUNT = (
    select(_s.c.id, _s.c.role, _CLOSED_OUT.label("closed_out"))
    .where(_s.c.id == bindparam("which"), _s.c.school == bindparam("of"))
    .with_for_update()
)
_DUE = select(_s.c.id).where(_s.c.expires_at <= bindparam("now"), _s.c.disabled_at.is_(None))
_KEYS = select(a.passkeys.c.staff)
_MAKERS = select(a.code_makers.c.staff).where(a.code_makers.c.confirmed_at.is_not(None))
_ADMINISTRATORS = select(
    select(_s.c.id)
    .where(
        _s.c.school == bindparam("of"),
        _s.c.role == Role.ADMINISTRATOR.value,
        _s.c.disabled_at.is_(None),
        or_(_s.c.expires_at.is_(None), _s.c.expires_at > bindparam("now")),
    )
    .exists()
)


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


def agree(conn: Connection, rows: Sequence[Agree]) -> list[Refused | None]:
    """Note that one of the two ranks agrees to an invitation; one person agrees for one rank."""
    return [_agree(conn, row) for row in rows]


def _agree(conn: Connection, row: Agree) -> Refused | None:
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


def change(conn: Connection, rows: Sequence[Change]) -> list[Refused | None]:
    """Change accounts as an administrator; sessions of a changed account end."""
    return [_change(conn, row) for row in rows]


def _change(conn: Connection, row: Change) -> Refused | None:
    if row.act == "uninvite":
        ended = conn.execute(_END, {"which": row.staff, "of": row.school, "now": row.at}).rowcount
        if not ended:
            return Refused("not_found")
        audit.append(conn, [audit.Entry(row.at, row.actor.id, row.act, row.staff)])
        return None
    found = conn.execute(_ACCOUNT, {"which": row.staff, "of": row.school}).first()
    if found is None:
        return Refused("not_found")
    code = appointing.refused(row.actor, Account(found.id, found.role), row.role)
    if code is not None:
        return Refused(code)
    if row.act == "expire" and found.closed_out:
        return Refused("changed")
    _carry_out(conn, row)
    end_all_of(conn, [row.staff], row.at)
    audit.append(conn, [audit.Entry(row.at, row.actor.id, row.act, row.staff)])
    return None


def _carry_out(conn: Connection, row: Change) -> None:
    account = _s.update().where(_s.c.id == row.staff)
    if row.role is not None:
        conn.execute(account.values(role=row.role))
    elif row.act == "disable":
        conn.execute(account.values(disabled_at=row.at, expires_at=None))
    elif row.act == "expire":
        conn.execute(account.values(expires_at=row.expires_at, disabled_at=None))
    else:
        forget_factors(conn, row.staff)


def forget_factors(conn: Connection, staff: str) -> None:
    """Take away every second factor of somebody; called inside another operation."""
    for table in (a.code_makers, a.passkeys, a.recovery_codes):
        conn.execute(table.delete().where(table.c.staff == staff))


def everybody(conn: Connection, school: str) -> list[Listed]:
    """Every account of a school by name."""
    makers = set(conn.scalars(_MAKERS))
    keys = conn.scalars(_KEYS).all()
    query = select(
        _s.c.id, _s.c.login, _s.c.name, _s.c.role, _s.c.disabled_at, _s.c.expires_at
    ).where(_s.c.school == school)
    found = conn.execute(query.order_by(_s.c.name, _s.c.id))
    return [Listed(*row, row.id in makers, keys.count(row.id)) for row in found]


def has_administrator(conn: Connection, school: str, now: int) -> bool:
    """Whether somebody can look after accounts without the command line."""
    return bool(conn.scalar(_ADMINISTRATORS, {"of": school, "now": now}))


def expired(conn: Connection, now: int) -> list[str]:
    """Accounts whose time is over and that are not closed yet, by id."""
    return list(conn.scalars(_DUE, {"now": now}))


def expire(conn: Connection, rows: Sequence[int]) -> list[list[str]]:
    """Close every account whose time is over at that time; answers their ids."""
    return [_expire(conn, now) for now in rows]


def _expire(conn: Connection, now: int) -> list[str]:
    due = expired(conn, now)
    for staff in due:
        conn.execute(_s.update().where(_s.c.id == staff).values(disabled_at=now))
        end_all_of(conn, [staff], now)
        audit.append(conn, [audit.Entry(now, "clock", "expired", staff)])
    return due
