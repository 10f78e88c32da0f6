"""Ways to reach staff being added, and pages that are known to have arrived.

Operations for `Store.write`; used by `moderation/on_call/contacts.py`. Test pages and removing
stand in `proofs.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Column, Connection, Table, bindparam, func, select

from moderation.records import audit, proofs
from moderation.records import identity_tables as i
from moderation.records import paging_tables as p
from moderation.records import tables as t

MOST = 8
"""Contacts of one member of staff."""

_KEPT = select(func.count(), func.max(t.contacts.c.place)).where(
    t.contacts.c.staff == bindparam("whose"), t.contacts.c.removed_at.is_(None)
)


class Full(Exception):  # noqa: N818 - an answer, told to a person
    """That member of staff has as many contacts as anybody may have."""


@dataclass(frozen=True, slots=True)
class Add:
    """One more way to reach a member of staff; the address is sealed for the contact's id."""

    id: str
    staff: str
    channel: str
    label: str
    sealed_address: bytes
    now: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A page whose link was opened, or whose phone says that it came."""

    page: str
    now: int


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a page leads: to the incident, the test page or the reveal with this code.

    Word of a new browser leads to one's own account, and has no code.
    """

    code: str
    to: Literal["incidents", "contacts", "identities", "account"]


_PAGES: tuple[tuple[Table, Column[str], Literal["incidents", "contacts", "identities"]], ...] = (
    (t.pages, t.pages.c.incident, "incidents"),
    (p.proofs, p.proofs.c.code, "contacts"),
    (i.calls, i.calls.c.reveal, "identities"),
)


_ACCOUNT = Leads("", "account")
_TELLS = select(p.proofs.c.id).where(
    p.proofs.c.id == bindparam("of"), p.proofs.c.kind == proofs.BROWSER
)


def add(conn: Connection, rows: Sequence[Add]) -> list[Full | None]:
    """Write down contacts, each after those its owner has."""
    return [_add(conn, row) for row in rows]


def _add(conn: Connection, row: Add) -> Full | None:
    count, last = conn.execute(_KEPT, {"whose": row.staff}).one()
    if count >= MOST:
        return Full()
    conn.execute(
        t.contacts.insert(),
        {
            "id": row.id,
            "staff": row.staff,
            "channel": row.channel,
            "label": row.label,
            "sealed_address": row.sealed_address,
            "place": 0 if last is None else last + 1,
            "added_at": row.now,
        },
    )
    audit.append(conn, [audit.Entry(row.now, row.staff, "contact_added", row.id)])
    return None


def arrived(conn: Connection, rows: Sequence[Arrived]) -> list[Leads | None]:
    """Note that pages arrived, once each; answers where they lead, None for none there is.

    It ends nothing: a page that arrived may lie under a pillow.
    """
    return [_arrived(conn, row) for row in rows]


def _arrived(conn: Connection, row: Arrived) -> Leads | None:
    for table, code, to in _PAGES:
        found = conn.scalar(select(code).where(table.c.id == row.page))
        if found is not None:
            _note(conn, table, row)
            return _ACCOUNT if conn.scalar(_TELLS, {"of": row.page}) else Leads(found, to)
    return None


def _note(conn: Connection, table: Table, row: Arrived) -> None:
    conn.execute(
        table.update()
        .where(table.c.id == row.page, table.c.delivered_at.is_(None))
        .values(delivered_at=row.now, sent_at=func.coalesce(table.c.sent_at, row.now))
    )
    conn.execute(
        table.update()
        .where(table.c.id == row.page, table.c.state.not_in(("seen", "delivered")))
        .values(state="delivered", leased_until=None)
    )
