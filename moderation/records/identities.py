"""Sealed identities in the tables: imported with their cards, replaced cards, forgotten in time.

Operations for `Store.write`, queries for `Store.read`; used by `moderation/identities/registry.py`
and by `reveals.py` and `purge.py` beside this. Nothing here can open a record, or knows whose it
is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.records import audit
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.sessions import end_all_of

CANARY_BAND = "canary"
"""The band of students who are nobody: without a card they can never come in."""


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
class EndTerm:
    """Every card of a school but these stops working."""

    school: str
    keep: frozenset[bytes]
    at: int


_KNOWN = select(t.students.c.id).where(t.students.c.id.in_(bindparam("ids", expanding=True)))
_OLD = (
    select(t.cards.c.student, t.students.c.barred_until)
    .join(t.students, t.students.c.id == t.cards.c.student)
    .where(t.cards.c.lookup == bindparam("code"), t.students.c.school == bindparam("school"))
)
_CARD = select(t.cards.c.lookup).where(t.cards.c.lookup == bindparam("code"))
_REVOKE = (
    t.cards.update()
    .where(
        t.cards.c.student.in_(bindparam("whose", expanding=True)), t.cards.c.revoked_at.is_(None)
    )
    .values(revoked_at=bindparam("now"))
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


def replace(conn: Connection, rows: Sequence[Replace]) -> list[bool]:
    """New cards for pseudonyms that stay; False where the old card is not known here.

    Whatever the old one opened ends, whoever has found it; a bar stays with the pseudonym.
    """
    return [_replace(conn, row) for row in rows]


def _replace(conn: Connection, row: Replace) -> bool:
    if conn.scalar(_CARD, {"code": row.lookup}) is not None:
        return True  # imported twice
    old = conn.execute(_OLD, {"code": row.replaces, "school": row.school}).first()
    if old is None:
        return False
    conn.execute(_REVOKE, {"whose": [old.student], "now": row.at})
    end_all_of(conn, [old.student], row.at)
    card = {"lookup": row.lookup, "student": old.student, "issued_at": row.at}
    conn.execute(t.cards.insert(), card)
    audit.append(conn, [audit.Entry(row.at, audit.CONSOLE, "card_replaced", "a card")])
    return True


def end_term(conn: Connection, rows: Sequence[EndTerm]) -> list[int]:
    """Revoke cards of the term before and end their sessions; answers how many each."""
    return [_end_term(conn, row) for row in rows]


def _end_term(conn: Connection, row: EndTerm) -> int:
    working = conn.execute(_WORKING, {"school": row.school}).all()
    over = sorted({student for lookup, student in working if lookup not in row.keep})
    for at in range(0, len(over), AT_ONCE):
        some = over[at : at + AT_ONCE]
        conn.execute(_REVOKE, {"whose": some, "now": row.at})
        end_all_of(conn, some, row.at)
    audit.append(conn, [audit.Entry(row.at, audit.CONSOLE, "term_ended", str(len(over)))])
    return len(over)
