"""Sealed identities in the tables: imported with their cards, cards replaced and taken out.

Operations for `Store.write`; used by `moderation/identities/registry.py`. Nothing here can open a
record, or knows whose it is.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.records import audit, leaving, locks, rooms
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.purge import MONTH_DAYS
from moderation.records.refused import Refused
from moderation.records.sessions import end_all_of

CANARY_BAND = "canary"
"""The band of students who are nobody: without a card they can never come in."""


class Why(enum.StrEnum):
    """Why a card works no more; one that was revoked by an earlier version says nothing."""

    REPLACED = "replaced"
    ENDED = "ended"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """A pseudonym with its sealed identity; `lookup` is its card's keyed hash, None for a canary.

    `halves` are half, fingerprint and sealed half; `replaces` the card of the term before.
    """

    student: str
    school: str
    band: str
    lookup: bytes | None
    replaces: bytes | None
    sealed: bytes
    halves: tuple[tuple[str, str, bytes], ...]
    at: int


@dataclass(frozen=True, slots=True)
class Replace:
    """A new card in the place of a lost one."""

    lookup: bytes
    replaces: bytes
    school: str
    at: int


@dataclass(frozen=True, slots=True)
class EndCard:
    """A card that is taken out, with nothing in its place."""

    lookup: bytes
    school: str
    at: int


@dataclass(frozen=True, slots=True)
class OldCard:
    """A card as it stands: whose it is, and since when and why it works no more."""

    student: str
    barred_until: int | None
    revoked_at: int | None
    why: str | None


@dataclass(frozen=True, slots=True)
class EndTerm:
    """Every card of a school but these stops working."""

    school: str
    keep: frozenset[bytes]
    at: int


_KNOWN = select(t.students.c.id).where(t.students.c.id.in_(bindparam("ids", expanding=True)))
_OLD = (
    select(t.cards.c.student, t.students.c.barred_until, t.cards.c.revoked_at, t.cards.c.why)
    .join(t.students, t.students.c.id == t.cards.c.student)
    .where(t.cards.c.lookup == bindparam("code"), t.students.c.school == bindparam("school"))
)
_CARD = select(t.cards.c.lookup).where(t.cards.c.lookup == bindparam("code"))
_REVOKE = (
    t.cards.update()
    .where(
        t.cards.c.student.in_(bindparam("whose", expanding=True)), t.cards.c.revoked_at.is_(None)
    )
    .values(revoked_at=bindparam("now"), why=bindparam("reason"))
)
_REPLACED = (
    t.cards.update().where(t.cards.c.lookup == bindparam("code")).values(why=Why.REPLACED.value)
)
AT_ONCE = 1_000
"""Pupils named in one statement at the end of a term: of a few, the store's patience is enough."""
_WORKING = (
    select(t.cards.c.lookup, t.cards.c.student)
    .join(t.students, t.students.c.id == t.cards.c.student)
    .where(t.students.c.school == bindparam("school"), t.cards.c.revoked_at.is_(None))
)


def enrol(conn: Connection, rows: Sequence[NewIdentity]) -> list[bool]:
    """Write down students, cards and sealed identities; False for those that are here already.

    A bar of the card of the term before goes on under the new pseudonym; which old pseudonym that
    was is written nowhere.
    """
    known = set(conn.scalars(_KNOWN, {"ids": [row.student for row in rows]}))
    fresh = [row for row in rows if row.student not in known]
    if fresh:
        conn.execute(t.students.insert(), [_student(conn, row) for row in fresh])
        _cards(conn, fresh)
        conn.execute(i.identities.insert(), [_identity(row) for row in fresh])
        conn.execute(i.halves.insert(), [line for row in fresh for line in _halves(row)])
    return [row.student not in known for row in rows]


def _student(conn: Connection, row: NewIdentity) -> dict[str, object]:
    barred = None
    if row.replaces is not None:
        old = conn.execute(_OLD, {"code": row.replaces, "school": row.school}).first()
        barred = None if old is None else old.barred_until
    return {"id": row.student, "school": row.school, "band": row.band, "barred_until": barred}


def _cards(conn: Connection, rows: Iterable[NewIdentity]) -> None:
    given = [
        {"lookup": row.lookup, "student": row.student, "issued_at": row.at}
        for row in rows
        if row.lookup is not None
    ]
    if given:
        conn.execute(t.cards.insert(), given)


def _identity(row: NewIdentity) -> dict[str, object]:
    canary = row.lookup is None
    return {"student": row.student, "sealed": row.sealed, "canary": canary, "imported_at": row.at}


def _halves(row: NewIdentity) -> list[dict[str, object]]:
    return [
        {"student": row.student, "half": half, "key": key, "sealed": sealed}
        for half, key, sealed in row.halves
    ]


def replace(conn: Connection, rows: Sequence[Replace]) -> list[bool | Refused]:
    """New cards for pseudonyms that stay; False for one that is here already.

    Whatever the old one opened ends, whoever has found it; a bar stays with the pseudonym.
    """
    return [_replace(conn, row) for row in rows]


def _replace(conn: Connection, row: Replace) -> bool | Refused:
    if conn.scalar(_CARD, {"code": row.lookup}) is not None:
        return False  # imported twice
    old = _held(conn, row.replaces, row.school, row.at)
    if isinstance(old, Refused):
        return old
    _take_out(conn, old.student, Why.REPLACED, row.at)
    conn.execute(_REPLACED, {"code": row.replaces})
    card = {"lookup": row.lookup, "student": old.student, "issued_at": row.at}
    conn.execute(t.cards.insert(), card)
    audit.append(conn, [audit.Entry(row.at, audit.CONSOLE, "card_replaced", "a card")])
    return True


def end_cards(conn: Connection, rows: Sequence[EndCard]) -> list[bool | Refused]:
    """Take cards out, with whatever they opened; False for one that was taken out before."""
    return [_end_card(conn, row) for row in rows]


def _end_card(conn: Connection, row: EndCard) -> bool | Refused:
    old = _held(conn, row.lookup, row.school, row.at)
    if isinstance(old, Refused):
        return old
    if old.why is not None:
        return False
    _take_out(conn, old.student, Why.ENDED, row.at)
    audit.append(conn, [audit.Entry(row.at, audit.CONSOLE, "card_ended", "a card")])
    return True


def _held(conn: Connection, lookup: bytes, school: str, at: int) -> OldCard | Refused:
    """A card that works, or was taken out and has its identity; nobody else changes it now."""
    given, since = {"code": lookup, "school": school}, at - MONTH_DAYS * 86_400_000
    found = conn.execute(_OLD, given).first()
    if found is None:
        return Refused("unknown_card")
    locks.students(conn, [found.student])
    old = OldCard(*conn.execute(_OLD, given).one())
    if old.why == Why.REPLACED:
        return Refused("replaced_card")
    if old.revoked_at is not None and (old.why != Why.ENDED or old.revoked_at < since):
        return Refused("past_card")
    return old


def _take_out(conn: Connection, student: str, why: Why, at: int) -> None:
    """No card opens this pseudonym any more, no page stays open, and no peer talks with it."""
    conn.execute(_REVOKE, {"whose": [student], "now": at, "reason": why.value})
    end_all_of(conn, [student], at)
    locks.rooms(conn, [rooms.open_room_of(conn, student)])
    leaving.part(conn, student, at, "left")


def end_term(conn: Connection, rows: Sequence[EndTerm]) -> list[int]:
    """Revoke cards of the term before and end their sessions; answers how many each."""
    return [_end_term(conn, row) for row in rows]


def _end_term(conn: Connection, row: EndTerm) -> int:
    working = conn.execute(_WORKING, {"school": row.school}).all()
    over = sorted({student for lookup, student in working if lookup not in row.keep})
    for at in range(0, len(over), AT_ONCE):
        some = over[at : at + AT_ONCE]
        locks.students(conn, some)
        conn.execute(_REVOKE, {"whose": some, "now": row.at, "reason": Why.TERM.value})
        end_all_of(conn, some, row.at)
    audit.append(conn, [audit.Entry(row.at, audit.CONSOLE, "term_ended", str(len(over)))])
    return len(over)
