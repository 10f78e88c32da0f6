"""Which master key sealed these records: asked before a server or a tool opens them.

Used by `house/opened.py`. Card codes are kept as keyed hashes and addresses sealed from the first
day on, so records with anybody in them were begun with a key, and only that one is of use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, select

from moderation.records import tables as t
from moderation.records.vault import Tampered, Vault

_TRIED = 5
"""Rows of each kind the key is tried on, so that one that was damaged condemns no good key."""


def are_begun(conn: Connection, school: str) -> bool:
    """Whether anybody or anything of that school is in the records."""
    return any(
        conn.scalar(select(table.c.school).where(table.c.school == school).limit(1)) is not None
        for table in (t.students, t.staff, t.rooms)
    )


def is_key(conn: Connection, school: str, vault: Vault) -> bool:
    """Whether that vault opens any of what lies here; also where nothing is left to try it on."""
    tried = [*_room_keys(conn, school, vault), *_addresses(conn, school, vault)]
    return any(tried) or not tried


def _room_keys(conn: Connection, school: str, vault: Vault) -> Iterator[bool]:
    kept = (t.rooms.c.school == school) & t.rooms.c.wrapped_key.is_not(None)
    for wrapped in conn.scalars(select(t.rooms.c.wrapped_key).where(kept).limit(_TRIED)):
        yield _opens(vault.room, wrapped)


def _addresses(conn: Connection, school: str, vault: Vault) -> Iterator[bool]:
    kept = (t.staff.c.school == school) & t.contacts.c.removed_at.is_(None)
    asked = select(t.contacts.c.id, t.contacts.c.sealed_address)
    asked = asked.join(t.staff, t.staff.c.id == t.contacts.c.staff).where(kept).limit(_TRIED)
    for contact, sealed in conn.execute(asked):
        yield _opens(vault.open_field, sealed, contact)


def _opens(open_it: Callable[..., object], *sealed: object) -> bool:
    try:
        open_it(*sealed)
    except Tampered:
        return False
    return True
