"""How an incident stands, as a moderator may see it: who has it and how its pages fare, no words.

Queries for `Store.read`; used by the moderators' desk and the bar on every page of staff.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.incidents.incident import State
from moderation.records import pages, rotas
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
    .where(t.incidents.c.code == bindparam("code"))
)
_PAGES = (
    select(t.staff.c.name, t.contacts.c.channel, t.pages.c.state)
    .join(t.contacts, t.contacts.c.id == t.pages.c.contact)
    .join(t.staff, t.staff.c.id == t.contacts.c.staff)
    .where(
        t.pages.c.incident == bindparam("code"),
        t.pages.c.round == pages.NEWEST_ROUND,
    )
    .order_by(t.staff.c.name, t.contacts.c.place)
)


def standing(conn: Connection, code: str) -> Standing | None:
    """How the incident of that code stands, or None when there is none."""
    found = conn.execute(_INCIDENT, {"code": code}).first()
    if found is None:
        return None
    rung = tuple((row[0], row[1], row[2]) for row in conn.execute(_PAGES, {"code": code}))
    return Standing(*found, rung)


def past_every_step(conn: Connection, school: str) -> list[str]:
    """Open incidents for which every step was told at least once, oldest first; no drills.

    Whoever reads of one is to phone somebody: nobody is in danger in a drill.
    """
    steps = len(rotas.roster(conn, school, 0).steps)
    late = (
        select(t.incidents.c.code)
        .where(
            t.incidents.c.school == school,
            t.incidents.c.state == State.OPEN,
            t.incidents.c.drill.is_(False),
            t.incidents.c.round - t.incidents.c.chase_from >= steps + (steps == 1),
        )
        .order_by(t.incidents.c.opened_at)
    )
    return list(conn.scalars(late))
