"""A custodian's half, passed on to another of the same rank whose key is newer than the records.

Operations for `Store.write`; used by `moderation/identities/reveals.py`. Halves are opened and
sealed again in the giver's browser; what comes back is as sealed as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from moderation.records import audit, locks
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.refused import Refused

AT_ONCE = 200
"""Halves in one request, so that it stays small."""


@dataclass(frozen=True, slots=True)
class Gift:
    """From which member of staff to which key of their own rank; prints are fingerprints."""

    staff: str
    school: str
    to: str
    now: int


@dataclass(frozen=True, slots=True)
class Given:
    """Halves sealed again, by pseudonym."""

    gift: Gift
    halves: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """Some of the giver's halves that the other key lacks, and how many there are in all."""

    point: bytes
    halves: tuple[tuple[str, bytes], ...]
    left: int


_MINE = select(i.custodian_keys.c.print, i.custodian_keys.c.half).where(
    i.custodian_keys.c.staff == bindparam("whose"), i.custodian_keys.c.ended_at.is_(None)
)
_THEIRS = (
    select(i.custodian_keys.c.public)
    .join(t.staff, t.staff.c.id == i.custodian_keys.c.staff)
    .where(
        i.custodian_keys.c.print == bindparam("key"),
        i.custodian_keys.c.half == bindparam("half"),
        i.custodian_keys.c.staff != bindparam("whose"),
        i.custodian_keys.c.ended_at.is_(None),
        t.staff.c.school == bindparam("school"),
        t.staff.c.disabled_at.is_(None),
    )
)
_OWNER = select(i.custodian_keys.c.staff).where(i.custodian_keys.c.print == bindparam("key"))
_other = i.halves.alias("other")
_HAS = (
    select(_other.c.student)
    .where(_other.c.student == i.halves.c.student, _other.c.key == bindparam("theirs"))
    .exists()
)
_LACKING = (
    select(i.halves.c.student, i.halves.c.sealed)
    .where(i.halves.c.key == bindparam("mine"), ~_HAS)
    .order_by(i.halves.c.student)
)


def lacking(conn: Connection, gifts: Sequence[Gift]) -> list[Lacking | Refused]:
    """What there is to pass on. Handing halves out is audited with the other key's fingerprint."""
    return [_lacking(conn, gift) for gift in gifts]


def _lacking(conn: Connection, gift: Gift) -> Lacking | Refused:
    found = _keys(conn, gift)
    if isinstance(found, Refused):
        return found
    mine, _half, point = found
    given = {"mine": mine, "theirs": gift.to}
    left = conn.scalar(select(func.count()).select_from(_LACKING.subquery()), given) or 0
    halves = tuple(
        (row.student, row.sealed) for row in conn.execute(_LACKING.limit(AT_ONCE), given)
    )
    if halves:
        _audit(conn, gift, "reveal_halves")
    return Lacking(point, halves, left)


def give(conn: Connection, rows: Sequence[Given]) -> list[int | Refused]:
    """Write halves down for another key; answers how many. Audited with the fingerprint."""
    return [_give(conn, row) for row in rows]


def _give(conn: Connection, row: Given) -> int | Refused:
    found = _keys(conn, row.gift)
    if isinstance(found, Refused):
        return found
    mine, half, _point = found
    locks.staff(conn, [_owner_of(conn, row.gift.to)])  # two who give the same at once give it once
    open_ = _LACKING.where(i.halves.c.student.in_([student for student, _ in row.halves]))
    wanted = set(conn.scalars(open_, {"mine": mine, "theirs": row.gift.to}))
    lines = [
        {"student": student, "key": row.gift.to, "half": half, "sealed": sealed}
        for student, sealed in dict(row.halves).items()
        if student in wanted
    ]
    if lines:
        conn.execute(i.halves.insert(), lines)
    _audit(conn, row.gift, "reveal_share")
    return len(lines)


def _audit(conn: Connection, gift: Gift, act: str) -> None:
    audit.append(conn, [audit.Entry(gift.now, gift.staff, act, gift.to[:32])])


def _owner_of(conn: Connection, key: str) -> str:
    """Whose key that is, which is known to be somebody's."""
    return str(conn.scalar(_OWNER, {"key": key}))


def _keys(conn: Connection, gift: Gift) -> tuple[str, str, bytes] | Refused:
    """The giver's key, the half it opens, and the other's point; both of one rank."""
    mine = conn.execute(_MINE, {"whose": gift.staff}).first()
    if mine is None:
        return Refused("no_key")
    given = {"key": gift.to, "half": mine.half, "whose": gift.staff, "school": gift.school}
    point = conn.scalar(_THEIRS, given)
    return Refused("not_found") if point is None else (mine.print, mine.half, point)
