"""Custodians' public keys, how many identities each can open half of, and what is unsafe about it.

Operations for `Store.write` and queries for `Store.read`; used by
`moderation/identities/reveals.py` and by `commands/doctor.py`. Private keys were never here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, or_, select

from moderation.identities.reveal import PRACTICE, State
from moderation.identities.sealed import Half
from moderation.records import audit, locks
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.refused import Refused
from moderation.roles import Action, Role, holders

_DAY = 86_400_000
PRACTISED_WITHIN = 120 * _DAY
"""Milliseconds, about a term: for so long an opened canary shows that opening works."""
LEAST = 2
"""People of each rank, without whom one illness closes every identity."""


@dataclass(frozen=True, slots=True)
class Register:
    """A custodian's new public key; it takes the place of the one they had."""

    staff: str
    half: str
    public: bytes
    print: str
    now: int


@dataclass(frozen=True, slots=True)
class CustodianLine:
    """A custodian, whether or not with a key; `opens` counts the identities it opens half of."""

    staff: str
    name: str
    role: str
    print: str | None
    public: bytes | None
    made_at: int | None
    opens: int


_OWNER = select(i.custodian_keys.c.staff, i.custodian_keys.c.ended_at).where(
    i.custodian_keys.c.print == bindparam("key")
)
_IN_USE = (
    select(t.cards.c.student)
    .join(t.students, t.students.c.id == t.cards.c.student)
    .where(t.students.c.school == bindparam("school"), t.cards.c.revoked_at.is_(None))
)
_OPENS = (
    select(i.halves.c.key, func.count().label("opens"))
    .where(i.halves.c.student.in_(_IN_USE))
    .group_by(i.halves.c.key)
    .subquery()
)
_LINES = (
    select(t.staff.c.id, t.staff.c.name, t.staff.c.role)
    .add_columns(i.custodian_keys.c.print, i.custodian_keys.c.public, i.custodian_keys.c.made_at)
    .add_columns(func.coalesce(_OPENS.c.opens, 0))
    .join(
        i.custodian_keys,
        (i.custodian_keys.c.staff == t.staff.c.id) & i.custodian_keys.c.ended_at.is_(None),
        isouter=True,
    )
    .join(_OPENS, _OPENS.c.key == i.custodian_keys.c.print, isouter=True)
    .where(
        t.staff.c.school == bindparam("school"),
        t.staff.c.role.in_([role.value for role in holders(Action.HOLD_KEY)]),
        t.staff.c.disabled_at.is_(None),
        or_(t.staff.c.expires_at.is_(None), t.staff.c.expires_at > bindparam("now")),
    )
    .order_by(t.staff.c.role, t.staff.c.name, t.staff.c.id)
)
_ENROLLED = (
    select(func.count()).select_from(i.identities).where(i.identities.c.student.in_(_IN_USE))
)
_PRACTISED = select(func.max(i.reveals.c.opened_at)).where(
    i.reveals.c.school == bindparam("school"),
    i.reveals.c.reason == PRACTICE,
    i.reveals.c.state == State.OPENED,
)
_SAFE = (
    select(i.halves.c.key)
    .join(t.students, t.students.c.id == i.halves.c.student)
    .where(i.halves.c.half == Half.SAFE.value, t.students.c.school == bindparam("school"))
    .limit(1)
)
_REACHED = select(t.contacts.c.staff).where(t.contacts.c.removed_at.is_(None))


def register(conn: Connection, rows: Sequence[Register]) -> list[Refused | None]:
    """Write down new public keys; audited with the beginning of their fingerprint."""
    locks.staff(conn, (row.staff for row in rows))
    return [_register(conn, row) for row in rows]


def _register(conn: Connection, row: Register) -> Refused | None:
    if conn.execute(_OWNER, {"key": row.print}).first() is not None:
        return Refused("changed")
    mine = i.custodian_keys.update().where(i.custodian_keys.c.staff == row.staff)
    conn.execute(mine.where(i.custodian_keys.c.ended_at.is_(None)).values(ended_at=row.now))
    conn.execute(
        i.custodian_keys.insert(),
        {
            "print": row.print,
            "staff": row.staff,
            "half": row.half,
            "public": row.public,
            "made_at": row.now,
        },
    )
    audit.append(conn, [audit.Entry(row.now, row.staff, "reveal_key", row.print[:32])])
    return None


def custodians(conn: Connection, school: str, now: int) -> list[CustodianLine]:
    """Everybody who may hold a key, with the one they have."""
    return [CustodianLine(*row) for row in conn.execute(_LINES, {"school": school, "now": now})]


def enrolled(conn: Connection, school: str) -> int:
    """How many identities are sealed of students whose cards work."""
    return conn.scalar(_ENROLLED, {"school": school}) or 0


def has_safe_key(conn: Connection, school: str) -> bool:
    """Whether identities are sealed for a key in the school's safe as well."""
    return conn.scalar(_SAFE, {"school": school}) is not None


def troubles(conn: Connection, school: str, now: int) -> list[str]:
    """Why an identity could not be opened by two people when it is needed."""
    total, lines = enrolled(conn, school), custodians(conn, school, now)
    reached = set(conn.scalars(_REACHED))
    found = []
    for role, name in (
        (Role.SAFEGUARDING_LEAD, "safeguarding leads"),
        (Role.SENIOR_LEADER, "senior leaders"),
    ):
        able = [one for one in lines if one.role == role and one.print and one.opens == total]
        if len(able) < LEAST:
            found.append(
                f"{len(able)} {name} have a key that opens their half of every identity: "
                f"there must be {LEAST} (docs/identities.md)"
            )
        unreached = [one for one in able if one.staff not in reached]
        if role is Role.SENIOR_LEADER and unreached:
            found.append(f"{len(unreached)} {name} with a key have no way to be paged")
    practised = conn.scalar(_PRACTISED, {"school": school})
    if total and (practised is None or now - practised > PRACTISED_WITHIN):
        found.append("no canary was opened for a term: practise on the page Identities")
    if not total:
        found.append("no identity is enrolled: nobody could find out who is in danger")
    return found
