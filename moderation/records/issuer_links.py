"""Whose account a sign-in at the school's issuer opens.

Operations for `Store.write`, queries for `Store.read`; used by `moderation/people/people.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from moderation.records import account_tables as a
from moderation.records import audit
from moderation.records import tables as t
from moderation.records.people import Credential
from moderation.records.refused import Refused

_l, _s = a.links, t.staff


@dataclass(frozen=True, slots=True)
class Link:
    """A subject of an issuer, and the account it opens from now on."""

    issuer: str
    subject: str
    staff: str
    at: int


def link(conn: Connection, rows: Sequence[Link]) -> list[Refused | None]:
    """Link accounts; a subject that opens another account already is refused."""
    return [_link(conn, row) for row in rows]


def _link(conn: Connection, row: Link) -> Refused | None:
    same = (_l.c.issuer == row.issuer, _l.c.subject == row.subject)
    owner = conn.scalar(select(_l.c.staff).where(*same))
    if owner is not None:
        return None if owner == row.staff else Refused("sso_failed")
    conn.execute(_l.delete().where(_l.c.staff == row.staff, _l.c.issuer == row.issuer))
    conn.execute(_l.insert(), {"issuer": row.issuer, "subject": row.subject, "staff": row.staff})
    audit.append(conn, [audit.Entry(row.at, row.staff, "linked_sso", row.staff)])
    return None


def linked(conn: Connection, issuer: str, subject: str) -> Credential | None:
    """The account that opens, or None."""
    query = select(_s.c.id, _s.c.school, _s.c.password, _s.c.disabled_at, _s.c.expires_at)
    found = conn.execute(
        query.join(_l, _l.c.staff == _s.c.id).where(_l.c.issuer == issuer, _l.c.subject == subject)
    ).first()
    return None if found is None else Credential(*found)
