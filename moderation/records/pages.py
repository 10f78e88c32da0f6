"""Pages that are due, taken, and written down, each by compare-and-set; and what is due at all.

Operations for `Store.write` and queries for `Store.read`; used by `moderation/incidents/duty.py`.
How pages come to be stands in `rounds.py` and `incidents.py`. A page is one of:

* `pending`: to be sent at `due_at`.
* `failed-for-now`: an attempt failed; it is tried again at `due_at`.
* `sent`: a provider took it. `delivered`: its link was opened, or a phone says that it came.
  Neither ends anything.
* `seen`: its adult opened the case. That does not end anything either.
* `failed-for-good`: no retry can help (its channel is not set up, its address cannot be used).
* `cancelled`: not needed any more and so never sent: a person has the incident, or the pages of a
  newer round have taken its place.

How a page is leased and written down stands in `sending.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, func, or_, select

from moderation.incidents.incident import HELD_BY_SOMEBODY, State
from moderation.on_call import escalation
from moderation.on_call.drill import NAME
from moderation.on_call.escalation import Policy
from moderation.records import locks, rotas, sending
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.sending import NOW, WAITING, DuePage, Lease, Leased, Now, Result, come

UNKEPT = 0
"""The attempt of a page of which no row tells."""

FAILED = frozenset({"failed-for-now", "failed-for-good"})
"""States of a page whose last attempt failed."""

_AT_ONCE = 200
_CLAIM_MS = 300_000


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is due now, and the next times (Unix milliseconds) at which something will be."""

    items: tuple[str, ...]
    incidents: tuple[str, ...]
    pages: tuple[DuePage, ...]
    later: tuple[int, ...]


_IS_OPEN = t.pages.c.incident.in_(
    select(t.incidents.c.code).where(t.incidents.c.state == State.OPEN)
)
_WAITS = (t.pages.c.state.in_(WAITING), _IS_OPEN)
_UNATTENDED = (t.items.c.done_at.is_(None), t.items.c.incident.is_(None))
_OF_ROUND = select(t.pages.c.contact, t.pages.c.state).where(
    t.pages.c.incident == bindparam("code"), t.pages.c.round == bindparam("number")
)
_CLASS = case((t.incidents.c.drill, NAME), else_=t.incidents.c.category)
_SINCE = func.coalesce(t.incidents.c.anew_at, t.incidents.c.opened_at)
"""The time that a page says: an older one would pass for a page that comes late."""
_LEASED = (
    select(
        t.pages.c.id,
        t.pages.c.attempts,
        t.pages.c.incident,
        _CLASS,
        _SINCE,
        t.pages.c.contact,
        t.contacts.c.channel,
        t.contacts.c.sealed_address,
        t.pages.c.leased_until,
    )
    .join(t.incidents, t.incidents.c.code == t.pages.c.incident)
    .join(t.contacts, t.contacts.c.id == t.pages.c.contact)
    .where(t.pages.c.id == bindparam("page"))
)
_ASIDE = select(p.recusals.c.staff).where(p.recusals.c.incident == t.incidents.c.code)
_UNKEPT = (
    select(t.incidents.c.code, _CLASS, _SINCE)
    .add_columns(t.contacts.c.id, t.contacts.c.channel, t.contacts.c.sealed_address)
    .join(t.staff, t.staff.c.school == t.incidents.c.school)
    .join(t.contacts, t.contacts.c.staff == t.staff.c.id)
    .where(
        t.incidents.c.state == State.OPEN,
        *rotas.MAY_TAKE,
        t.contacts.c.removed_at.is_(None),
        t.staff.c.id.not_in(_ASIDE),
    )
)
_LEFT = t.incidents.c.state.in_(HELD_BY_SOMEBODY) & or_(
    t.incidents.c.acknowledged_by.not_in(select(t.staff.c.id).where(*rotas.MAY_TAKE)),
    t.incidents.c.acknowledged_by.in_(_ASIDE),  # in a copy that was put back, of before they did
)
"""Whoever has it may not have it any more: nobody is with that student."""
NEWEST_ROUND = (
    select(func.max(t.pages.c.round))
    .where(t.pages.c.incident == bindparam("code"))
    .scalar_subquery()
)
"""The last round of pages of the incident with that `code`."""
_CALLED = (
    select(t.pages.c.id)
    .join(t.contacts, t.contacts.c.id == t.pages.c.contact)
    .where(
        t.pages.c.incident == bindparam("code"),
        t.pages.c.round == NEWEST_ROUND,
        t.pages.c.state.not_in((*FAILED, "cancelled")),
        t.contacts.c.staff != bindparam("but"),
    )
    .limit(1)
)
_PAGE = (
    select(t.pages.c.incident, t.pages.c.round, t.incidents.c.school, t.incidents.c.chase_from)
    .add_columns(t.contacts.c.staff)
    .join(t.incidents, t.incidents.c.code == t.pages.c.incident)
    .join(t.contacts, t.contacts.c.id == t.pages.c.contact)
    .where(t.pages.c.id == bindparam("page"))
)
_NEXT_CONTACT = (
    select(t.pages.c.id)
    .join(t.contacts, t.contacts.c.id == t.pages.c.contact)
    .where(
        t.pages.c.incident == bindparam("code"),
        t.pages.c.round == bindparam("number"),
        t.contacts.c.staff == bindparam("whose"),
        t.pages.c.state == "pending",
    )
    .order_by(t.pages.c.due_at, t.contacts.c.place)
    .limit(1)
)
_FIRST_SENT = (
    t.incidents.update()
    .where(
        t.incidents.c.code
        == select(t.pages.c.incident).where(t.pages.c.id == bindparam("page")).scalar_subquery(),
        t.incidents.c.paged_at.is_(None),
    )
    .values(paged_at=bindparam("now"))
)


def agenda(conn: Connection, policy: Policy, now: int) -> Agenda:
    """Everything that is due at that time, and when something will be next."""
    at = {"now": now}
    items, incidents, pages = _due(policy)
    return Agenda(
        items=tuple(conn.scalars(items, at)),
        incidents=tuple(conn.scalars(incidents, at)),
        pages=tuple(DuePage(page, tried) for page, tried in conn.execute(pages, at)),
        later=tuple(x for one in _NEAREST if (x := conn.scalar(one, at)) is not None),
    )


@functools.cache
def _due(policy: Policy) -> tuple[Select[tuple[str]], Select[tuple[str]], Select[Any]]:
    """Items, incidents and pages that are due: to build that takes longer than to ask it."""
    page_due = come(t.pages.c.due_at, NOW, policy.repeat_ms + policy.skew_ms)
    pages = select(t.pages.c.id, t.pages.c.attempts).where(*_WAITS, page_due)
    return (
        select(t.items.c.id).where(*overdue(NOW, policy.skew_ms)),
        select(t.incidents.c.code).where(_chased(policy)),
        pages.where(sending.free(t.pages, policy, NOW))
        .order_by(t.pages.c.due_at, t.pages.c.id)
        .limit(_AT_ONCE),
    )


def _chased(policy: Policy) -> ColumnElement[bool]:
    column = t.incidents.c
    unresolved = column.due_at >= 0  # by which they are found: SQLite asks no index for NOT NULL
    return unresolved & or_(
        _LEFT,
        *(
            (column.state == state)
            & come(column.due_at, NOW, escalation.furthest(policy, state) + policy.skew_ms)
            for state in (State.OPEN, State.ACKNOWLEDGED, State.WITH_STUDENT)
        ),
    )


def overdue(now: Now, skew_ms: int) -> tuple[ColumnElement[bool], ...]:
    """Items nobody looked at in time; one from the future was there before the clock went back.

    A claim counts as looking for five minutes: a desk that died with the claim is no attention,
    nor is one from the future.
    """
    claimed = t.items.c.claimed_at
    return (
        *_UNATTENDED,
        t.items.c.escalate_at.is_not(None),
        or_(t.items.c.escalate_at <= now, t.items.c.since > now + skew_ms),
        or_(t.items.c.claimed_by.is_(None), claimed <= now - _CLAIM_MS, claimed > now + skew_ms),
    )


_NEAREST = (
    select(func.min(t.items.c.escalate_at)).where(*_UNATTENDED, t.items.c.escalate_at > NOW),
    select(func.min(t.incidents.c.due_at)).where(t.incidents.c.due_at > NOW),
    select(func.min(t.pages.c.due_at)).where(*_WAITS, t.pages.c.due_at > NOW),
    select(func.min(t.pages.c.leased_until)).where(*_WAITS, t.pages.c.leased_until > NOW),
)


def of_round(conn: Connection, code: str, number: int) -> list[tuple[str, str]]:
    """Contact and state of every page of that round of an incident."""
    found = conn.execute(_OF_ROUND, {"code": code, "number": number})
    return [(contact, state) for contact, state in found]


def called(conn: Connection, code: str, but: str) -> bool:
    """Whether anybody but that adult is called by the newest round of an incident."""
    return conn.scalar(_CALLED, {"code": code, "but": but}) is not None


def left(conn: Connection, code: str) -> bool:
    """Whether whoever has an incident may not have it any more."""
    mine = t.incidents.c.code == code
    return conn.scalar(select(t.incidents.c.code).where(mine, _LEFT)) is not None


def lease(conn: Connection, rows: Sequence[Lease]) -> list[Leased | None]:
    """Take due pages; None for one that somebody else took, or that is not needed any more."""
    return [_lease(conn, row) for row in rows]


def _lease(conn: Connection, row: Lease) -> Leased | None:
    if not sending.take(conn, t.pages, row, _IS_OPEN):
        return None
    return Leased(*conn.execute(_LEASED, {"page": row.page}).one())


def cancel(conn: Connection, code: str, *which: ColumnElement[bool]) -> None:
    """Send those pages of an incident no more that are still to be sent."""
    conn.execute(
        t.pages.update()
        .where(t.pages.c.incident == code, t.pages.c.state.in_(WAITING), *which)
        .values(state="cancelled")
    )


def unkept(conn: Connection, until: int) -> list[Leased]:
    """A page for every open incident and every contact on call, of which no row tells anything.

    For `moderation/incidents/duty.py` alone, while the store can be read and not written.
    """
    return [
        Leased(
            f"{code} {contact}", UNKEPT, code, category, opened_at, contact, channel, address, until
        )
        for code, category, opened_at, contact, channel, address in conn.execute(_UNKEPT)
    ]


def prolong(conn: Connection, rows: Sequence[Lease]) -> list[bool]:
    """Keep what is being sent; False where the lease had passed to somebody else."""
    return [sending.prolong(conn, t.pages, row) for row in rows]


def record(conn: Connection, rows: Sequence[Result]) -> list[bool]:
    """Write down what became of attempts; False where the lease had passed to somebody else."""
    locks.incidents_of(conn, (row.page for row in rows))
    return [_record(conn, row) for row in rows]


def _record(conn: Connection, row: Result) -> bool:
    kept = sending.write_down(conn, t.pages, row)
    if kept and row.state == "sent":
        conn.execute(_FIRST_SENT, {"page": row.page, "now": row.now})
    if kept and row.state in FAILED:
        _hasten(conn, row)
    return kept


def _hasten(conn: Connection, row: Result) -> None:
    """A provider's error brings forward the next contact of the same person, or the next step.

    On the first walk through the steps the next one begins at once when every page of this one has
    failed; later only failures for good hurry it, or a broken provider would make a storm.
    """
    code, number, school, began, staff = conn.execute(_PAGE, {"page": row.page}).one()
    following = conn.scalar(_NEXT_CONTACT, {"code": code, "number": number, "whose": staff})
    if following is not None:
        at_once = t.pages.update().where(t.pages.c.id == following, t.pages.c.due_at > row.now)
        conn.execute(at_once.values(due_at=row.now))
    states = {state for _, state in of_round(conn, code, number)}
    first_walk = number - began + 1 < len(rotas.roster(conn, school, row.now).steps)
    if not states <= (FAILED if first_walk else {"failed-for-good"}):
        return
    look_at = row.now if first_walk else row.look_at
    conn.execute(
        t.incidents.update()
        .where(
            t.incidents.c.code == code,
            t.incidents.c.state == State.OPEN,
            t.incidents.c.round == number + 1,
            t.incidents.c.due_at > look_at,
        )
        .values(due_at=look_at)
    )
