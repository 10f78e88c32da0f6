"""How an incident stands, as a moderator may see it: who has it and how its pages fare, no words.

A query for `Store.read`; used by the moderators' desk.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from moderation.records import tables as t


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident's state, who has it, and of its last round each page: name, channel, state."""

    code: str
    school: str
    state: str
    holder: str | None
    pages: tuple[tuple[str, str, str], ...]


_INCIDENT = (
    select(t.incidents.c.code, t.incidents.c.school, t.incidents.c.state, t.staff.c.name)
    .join(t.staff, t.staff.c.id == t.incidents.c.acknowledged_by, isouter=True)
    .where(t.incidents.c.code == bindparam("of"))
)
_PAGES = (
    select(t.staff.c.name, t.contacts.c.channel, t.pages.c.state)
    .join(t.contacts, t.contacts.c.id == t.pages.c.contact)
    .join(t.staff, t.staff.c.id == t.contacts.c.staff)
    .where(
        t.pages.c.incident == bindparam("of"),
        t.pages.c.round
        == select(func.max(t.pages.c.round))
        .where(t.pages.c.incident == bindparam("of"))
        .scalar_subquery(),
    )
    .order_by(t.staff.c.name, t.contacts.c.place)
)


def standing(conn: Connection, code: str) -> Standing | None:
    """How the incident of that code stands, or None when there is none."""
    found = conn.execute(_INCIDENT, {"of": code}).first()
    if found is None:
        return None
    pages = tuple((row[0], row[1], row[2]) for row in conn.execute(_PAGES, {"of": code}))
    return Standing(*found, pages)
