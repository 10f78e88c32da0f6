"""The rota in the tables: read and written whole, each change a new version; and who is on it.

Operations for `Store.write` and queries for `Store.read`; used by `moderation/on_call/paging.py`,
and `roster` inside the transactions that raise an incident or begin a round. A change names the
version it was made from, so that of two leads who save at once one is told that it changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, select

from moderation.on_call.adults import Adult, Contact
from moderation.on_call.escalation import Roster
from moderation.on_call.rota import Rota, earliest_start, followed
from moderation.records import audit, locks
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.roles import Action, holders

ON_CALL_ROLES = tuple(role.value for role in holders(Action.TAKE_CASE))
"""Roles whose holders are paged: whoever may take a case."""
MAY_TAKE = (t.staff.c.role.in_(ON_CALL_ROLES), t.staff.c.disabled_at.is_(None))
"""Whose account is open and of such a role."""


class Outdated(Exception):  # noqa: N818 - an answer, told to a person
    """Somebody else changed the rota meanwhile."""


@dataclass(frozen=True, slots=True)
class SaveRota:
    """A rota to be kept, made from that version (0 for the first)."""

    school: str
    version: int
    rota: Rota
    staff: str
    at: int


@dataclass(frozen=True, slots=True)
class AcceptShift:
    """An adult accepts their shift that began at `start_at`."""

    staff: str
    start_at: int
    at: int


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Rota)

_LATEST = (
    select(p.rotas.c.version, p.rotas.c.body)
    .where(p.rotas.c.school == bindparam("school"))
    .order_by(p.rotas.c.version.desc())
    .limit(1)
)
_ADULTS = (
    select(t.staff.c.id, t.staff.c.name, t.staff.c.role)
    .add_columns(t.contacts.c.id, t.contacts.c.channel, t.contacts.c.proven_at)
    .join(
        t.contacts,
        (t.contacts.c.staff == t.staff.c.id) & t.contacts.c.removed_at.is_(None),
        isouter=True,
    )
    .where(t.staff.c.school == bindparam("school"), *MAY_TAKE)
    .order_by(t.staff.c.name, t.staff.c.id, t.contacts.c.place, t.contacts.c.id)
)
_ACCEPTED = select(p.shifts.c.staff, p.shifts.c.start_at).where(
    p.shifts.c.start_at >= bindparam("since")
)


def latest(conn: Connection, school: str) -> tuple[int, Rota]:
    """The newest version and its rota as it is followed; (0, an empty one) before the first.

    One that a newer version of this program wrote may not be read here: then everybody is on call.
    """
    found = conn.execute(_LATEST, {"school": school}).first()
    if found is None:
        return 0, Rota()
    rota = _read(found.body)
    return found.version, Rota() if rota is None else followed(rota)


def _read(body: str) -> Rota | None:
    try:
        return _decoder.decode(body)
    except msgspec.MsgspecError:
        return None


def adults(conn: Connection, school: str) -> tuple[Adult, ...]:
    """Everybody who may take a case, by name, with the contacts they have."""
    found: dict[str, Adult] = {}
    for who, name, role, contact, channel, proven_at in conn.execute(_ADULTS, {"school": school}):
        so_far = found.setdefault(who, Adult(who, name, role, ()))
        if contact is not None:
            mine = (*so_far.contacts, Contact(contact, channel, proven_at))
            found[who] = Adult(who, name, role, mine)
    return tuple(found.values())


def roster(
    conn: Connection, school: str, now: int, channels: Collection[str] | None = None
) -> Roster:
    """Everything that decides who is paged at a school, at that time."""
    _, rota = latest(conn, school)
    since = earliest_start(rota, now)
    accepted = frozenset((who, at) for who, at in conn.execute(_ACCEPTED, {"since": since}))
    return Roster(rota, adults(conn, school), channels, accepted)


def save(conn: Connection, rows: Sequence[SaveRota]) -> list[int | Outdated]:
    """Keep new versions; answers the number of each."""
    locks.take(conn, locks.PLANNING)
    return [_save(conn, row) for row in rows]


def _save(conn: Connection, row: SaveRota) -> int | Outdated:
    found = conn.execute(_LATEST, {"school": row.school}).first()
    version = 0 if found is None else found.version
    unread = found is not None and _read(found.body) is None  # nobody saw what would be replaced
    if version != row.version or unread:
        return Outdated()
    conn.execute(
        p.rotas.insert(),
        {
            "school": row.school,
            "version": version + 1,
            "body": _encoder.encode(row.rota).decode(),
            "by": row.staff,
            "at": row.at,
        },
    )
    audit.append(conn, [audit.Entry(row.at, row.staff, "rota_changed", str(version + 1))])
    return version + 1


def accept(conn: Connection, rows: Sequence[AcceptShift]) -> list[None]:
    """Write down that shifts were accepted; accepting twice changes nothing."""
    locks.take(conn, locks.PLANNING)
    for row in rows:
        mine = (p.shifts.c.staff == row.staff, p.shifts.c.start_at == row.start_at)
        if conn.execute(select(p.shifts.c.staff).where(*mine)).first() is None:
            values = {"staff": row.staff, "start_at": row.start_at, "accepted_at": row.at}
            conn.execute(p.shifts.insert(), values)
            about = str(row.start_at)
            audit.append(conn, [audit.Entry(row.at, row.staff, "shift_accepted", about)])
    return [None] * len(rows)
