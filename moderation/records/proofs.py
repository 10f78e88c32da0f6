"""What goes to one member of staff alone: test pages, and word of a sign-in with a new browser.

Operations for `Store.write` and queries for `Store.read`; used by `moderation/incidents/duty.py`,
which sends test pages as it sends pages (`pages.py` says what their states mean), and by the
contacts page. A test page is answered by whoever it was for, with its code; only one that was
*heard* proves its contact. Word of a new browser proves nothing and needs no answer. Whether a
proof still counts is asked of `moderation/on_call/adults.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, select

from moderation.ids import new_code, new_id
from moderation.on_call.escalation import Policy
from moderation.records import audit, sending
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.sending import NOW, WAITING, DuePage, Lease, Leased, Result, come

AGAIN_MS = 60_000
"""A contact gets one test page a minute at most."""
ANSWERED_WITHIN_MS = 3_600_000
"""An answer later than this proves nothing."""
TEST = "test"
"""The class of a test page."""
BROWSER = "browser"
"""The class of what tells somebody of a sign-in with a browser that is new to them."""
_QUIET = ("mail", "push", "webhook")
"""Over what such a word goes, the first that somebody has; never by a call in the night."""


class TooSoon(Exception):  # noqa: N818 - an answer, told to a person
    """This contact got a test page just now."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A test page over a contact, for the member of staff it belongs to."""

    contact: str
    staff: str
    now: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A test page with this code arrived; `heard` says whether its adult noticed it by itself."""

    code: str
    staff: str
    heard: bool
    now: int


@dataclass(frozen=True, slots=True)
class Remove:
    """A contact that its owner does not want any more."""

    contact: str
    staff: str
    now: int


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact as its owner sees it, with its newest test page; never the address."""

    id: str
    channel: str
    label: str | None
    place: int
    proven_at: int | None
    code: str | None
    state: str | None
    due_at: int | None
    sent_at: int | None
    delivered_at: int | None
    answered_at: int | None
    heard: bool | None


_OWN = select(t.contacts.c.id).where(
    t.contacts.c.id == bindparam("contact"),
    t.contacts.c.staff == bindparam("whose"),
    t.contacts.c.removed_at.is_(None),
)
_WAYS = select(t.contacts.c.id, t.contacts.c.channel).where(
    t.contacts.c.staff == bindparam("whose"), t.contacts.c.removed_at.is_(None)
)
_RECENT = select(p.proofs.c.id).where(
    p.proofs.c.contact == bindparam("contact"),
    p.proofs.c.due_at > bindparam("since"),
    p.proofs.c.kind == TEST,
)
_ASKED = (
    select(p.proofs.c.id, p.proofs.c.contact, p.proofs.c.due_at)
    .join(t.contacts, t.contacts.c.id == p.proofs.c.contact)
    .where(
        p.proofs.c.code == bindparam("code"),
        t.contacts.c.staff == bindparam("whose"),
        p.proofs.c.answered_at.is_(None),
        p.proofs.c.kind == TEST,
    )
)
_LINES = (
    select(
        t.contacts.c.id,
        t.contacts.c.channel,
        t.contacts.c.label,
        t.contacts.c.place,
        t.contacts.c.proven_at,
        p.proofs.c.code,
        p.proofs.c.state,
        p.proofs.c.due_at,
        p.proofs.c.sent_at,
        p.proofs.c.delivered_at,
        p.proofs.c.answered_at,
        p.proofs.c.heard,
    )
    .join(
        p.proofs,
        and_(p.proofs.c.contact == t.contacts.c.id, p.proofs.c.kind == TEST),
        isouter=True,
    )
    .where(t.contacts.c.staff == bindparam("whose"), t.contacts.c.removed_at.is_(None))
    .order_by(t.contacts.c.place, t.contacts.c.id, p.proofs.c.due_at)
)
_LEASED = (
    select(
        p.proofs.c.id,
        p.proofs.c.attempts,
        p.proofs.c.code,
        p.proofs.c.kind,
        p.proofs.c.due_at,
        p.proofs.c.contact,
        t.contacts.c.channel,
        t.contacts.c.sealed_address,
        p.proofs.c.leased_until,
    )
    .join(t.contacts, t.contacts.c.id == p.proofs.c.contact)
    .where(p.proofs.c.id == bindparam("page"))
)


def ask(conn: Connection, rows: Sequence[Ask]) -> list[str | TooSoon | None]:
    """Have test pages sent; answers the code of each, None for a contact that is not theirs."""
    return [_ask(conn, row) for row in rows]


def _ask(conn: Connection, row: Ask) -> str | TooSoon | None:
    if conn.scalar(_OWN, {"contact": row.contact, "whose": row.staff}) is None:
        return None
    if conn.scalar(_RECENT, {"contact": row.contact, "since": row.now - AGAIN_MS}):
        return TooSoon()
    return _send(conn, row.contact, TEST, row.now)


def tell(conn: Connection, staff: str, now: int) -> None:
    """Tell somebody over a quiet way they have of a new browser; inside an operation."""
    ways = conn.execute(_WAYS, {"whose": staff}).all()
    over = next((quiet for quiet in _QUIET if any(way.channel == quiet for way in ways)), None)
    for way in ways:
        if way.channel == over:
            _send(conn, way.id, BROWSER, now)


def _send(conn: Connection, contact: str, kind: str, now: int) -> str:
    code = new_code()
    conn.execute(
        p.proofs.insert(),
        {
            "id": new_id(),
            "code": code,
            "contact": contact,
            "state": "pending",
            "due_at": now,
            "attempts": 0,
            "kind": kind,
        },
    )
    return code


def answer(conn: Connection, rows: Sequence[Answer]) -> list[bool]:
    """Write down answers; False for a code that is unknown, somebody else's, or too old."""
    return [_answer(conn, row) for row in rows]


def _answer(conn: Connection, row: Answer) -> bool:
    found = conn.execute(_ASKED, {"code": row.code, "whose": row.staff}).first()
    if found is None or row.now - found.due_at > ANSWERED_WITHIN_MS:
        return False
    conn.execute(
        p.proofs.update()
        .where(p.proofs.c.id == found.id)
        .values(state="seen", answered_at=row.now, heard=row.heard, leased_until=None)
    )
    if row.heard:
        conn.execute(
            t.contacts.update().where(t.contacts.c.id == found.contact).values(proven_at=row.now)
        )
    act = "contact_heard" if row.heard else "contact_not_heard"
    audit.append(conn, [audit.Entry(row.now, row.staff, act, found.contact)])
    return True


def remove(conn: Connection, rows: Sequence[Remove]) -> list[bool]:
    """Take contacts out of use; what went over them stays in the timelines of incidents."""
    return [_remove(conn, row) for row in rows]


def _remove(conn: Connection, row: Remove) -> bool:
    if conn.scalar(_OWN, {"contact": row.contact, "whose": row.staff}) is None:
        return False
    gone = t.contacts.update().where(t.contacts.c.id == row.contact)
    conn.execute(gone.values(removed_at=row.now, sealed_address=b"", label=None))
    audit.append(conn, [audit.Entry(row.now, row.staff, "contact_removed", row.contact)])
    return True


def of_staff(conn: Connection, staff: str) -> list[ContactLine]:
    """The contacts of a member of staff in their order, each with its newest test page."""
    newest = {row.id: ContactLine(*tuple(row)) for row in conn.execute(_LINES, {"whose": staff})}
    return list(newest.values())


def due(conn: Connection, policy: Policy, now: int) -> list[DuePage]:
    """Test pages to be sent now."""
    return [DuePage(*row) for row in conn.execute(_due(policy), {"now": now})]


@functools.cache
def _due(policy: Policy) -> Select[Any]:
    return select(p.proofs.c.id, p.proofs.c.attempts).where(
        p.proofs.c.state.in_(WAITING),
        p.proofs.c.due_at > NOW - ANSWERED_WITHIN_MS,
        come(p.proofs.c.due_at, NOW, policy.repeat_ms + policy.skew_ms),
        sending.free(p.proofs, policy, NOW),
    )


def lease(conn: Connection, rows: Sequence[Lease]) -> list[Leased | None]:
    """Take due test pages; None for one that somebody else took."""
    return [_lease(conn, row) for row in rows]


def _lease(conn: Connection, row: Lease) -> Leased | None:
    if not sending.take(conn, p.proofs, row):
        return None
    return Leased(*conn.execute(_LEASED, {"page": row.page}).one())


def prolong(conn: Connection, rows: Sequence[Lease]) -> list[bool]:
    """Keep what is being sent; False where the lease had passed to somebody else."""
    return [sending.prolong(conn, p.proofs, row) for row in rows]


def record(conn: Connection, rows: Sequence[Result]) -> list[bool]:
    """Write down what became of attempts; False where the lease had passed to somebody else."""
    return [sending.write_down(conn, p.proofs, row) for row in rows]
