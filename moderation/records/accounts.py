"""Accounts of staff in the tables: changed and closed, each with its audit entry.

Operations for `Store.write`, queries for `Store.read`; used by `moderation/people/accounts.py`. How
somebody gets an account is in `invitations.py`.
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
from moderation.records.refused import Refused
from moderation.records.sessions import end_all_of
from moderation.roles import Role


@dataclass(frozen=True, slots=True)
class Change:
    """What an administrator does to an account; `act` stands in the audit log.

    With a `role`, that becomes theirs; else `act` is disable, expire or forget_factors.
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


_s = t.staff
CLOSED_OUT = _s.c.disabled_at.is_not(None) & or_(
    _s.c.expires_at.is_(None), _s.c.disabled_at < _s.c.expires_at
)
"""Whether a person closed an account, and not its last day."""
_ACCOUNT = (
    select(_s.c.id, _s.c.role, CLOSED_OUT.label("closed_out"))
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


def change(conn: Connection, rows: Sequence[Change]) -> list[Refused | None]:
    """Change accounts as an administrator; sessions of a changed account end."""
    return [_change(conn, row) for row in rows]


def _change(conn: Connection, row: Change) -> Refused | None:
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
