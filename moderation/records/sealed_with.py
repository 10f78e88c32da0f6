"""Which master key sealed these records: asked before a server or a tool opens them.

Used by `house/ground.py`. Card codes are kept as keyed hashes and addresses sealed from the first
day on, so records with anybody in them were begun with a key, and only that one is of use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, func, select

from moderation.records import account_tables as a
from moderation.records import desk_tables as d
from moderation.records import identity_tables as i
from moderation.records import locks
from moderation.records import rule_tables as r
from moderation.records import tables as t
from moderation.records.vault import Tampered, Vault

ROTATED = "keys_rotated"
"""The act in the audit log by which a key got its successor."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column that `Vault.seal_field` sealed: by which key its row is found, and about what."""

    sealed: Column[Any]
    key: Column[str]
    about: str = "{}"

    @property
    def there(self) -> Select[str, bytes]:
        """Key and value of every row that has one."""
        has = func.length(self.sealed) > 0
        return select(self.key, self.sealed).where(self.sealed.is_not(None), has)


FIELDS = (
    Field(t.contacts.c.sealed_address, t.contacts.c.id),
    Field(a.code_makers.c.sealed_secret, a.code_makers.c.staff),
    Field(t.incident_notes.c.sealed, t.incident_notes.c.id),
    Field(t.outcomes.c.sealed, t.outcomes.c.incident),
    Field(t.exports.c.sealed_why, t.exports.c.code, "{} why"),
    Field(d.item_acts.c.sealed, d.item_acts.c.id),
    Field(d.bars.c.sealed, d.bars.c.id),
    Field(d.bars.c.sealed_lift, d.bars.c.lift),
    Field(d.desk_shifts.c.sealed_note, d.desk_shifts.c.id),
    Field(i.reveals.c.sealed_why, i.reveals.c.code, "{} why"),
    Field(i.reveals.c.sealed_answer, i.reveals.c.code, "{} refuse"),
    Field(i.reveals.c.sealed_review, i.reveals.c.code, "{} review"),
    Field(r.rule_changes.c.sealed, r.rule_changes.c.id),
    Field(r.rule_changes.c.sealed_why, r.rule_changes.c.id),
)
"""Every column of the kind, but `items.sealed_reason`: that repeats one of `item_acts`."""
_ROTATED = select(func.max(t.audit.c.at)).where(t.audit.c.act == ROTATED)
_BEGAN = select(t.audit.c.at).order_by(t.audit.c.n).limit(1)
_TRIED = 5
"""Rows of each kind the key is tried on, so that one that was damaged condemns no good key."""


def are_begun(conn: Connection, school: str) -> bool:
    """Whether anybody or anything of that school is in the records."""
    return any(
        conn.scalar(select(table.c.school).where(table.c.school == school).limit(1)) is not None
        for table in (t.students, t.staff, t.rooms)
    )


def settled(conn: Connection) -> None:
    """Wait until no other node is changing keys: what is read afterwards was sealed by one."""
    locks.take(conn, locks.ROTATING)


def is_key(conn: Connection, school: str, vault: Vault) -> bool:
    """Whether that vault opens any of what lies here; also where nothing is left to try it on."""
    tried = [*_room_keys(conn, school, vault), *_fields(conn, vault)]
    return any(tried) or not tried


def since(conn: Connection) -> int | None:
    """When this key began to seal, in Unix milliseconds, going by the audit log; or before that."""
    return conn.scalar(_ROTATED) or conn.scalar(_BEGAN)


def _room_keys(conn: Connection, school: str, vault: Vault) -> Iterator[bool]:
    kept = (t.rooms.c.school == school) & t.rooms.c.wrapped_key.is_not(None)
    for wrapped in conn.scalars(select(t.rooms.c.wrapped_key).where(kept).limit(_TRIED)):
        yield _opens(vault.room, wrapped)


def _fields(conn: Connection, vault: Vault) -> Iterator[bool]:
    for one in FIELDS:
        for key, sealed in conn.execute(one.there.limit(_TRIED)):
            yield _opens(vault.open_field, sealed, one.about.format(key))


def _opens(open_it: Callable[..., object], *sealed: object) -> bool:
    try:
        open_it(*sealed)
    except Tampered:
        return False
    return True
