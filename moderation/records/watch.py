"""What the auditor asks of the records, each a query for `Store.read`; it never writes.

Used by `moderation/on_call/auditor.py` and the verb `audit`. Each answers in counts, since words
are not the auditor's.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from moderation.identities.reveal import State as Reveal
from moderation.incidents.incident import HELD_BY_SOMEBODY, State
from moderation.records import audit, transcript
from moderation.records import identity_tables as i
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.heartbeats import DUTY
from moderation.records.sending import WAITING
from moderation.terms import Delivery

_LINKS = 20_000
"""Audit entries that are checked in one look."""
SILENT_MS = 300_000
"""An open incident sends pages long before this, again and again, as long as any can leave."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far earlier looks came: the end of the message log, and of the audit chain."""

    message: int = 0
    entry: int = 0
    chain: bytes = b""


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look found, as counts, and how far it came; `chain_whole` is False once broken."""

    late_pages: int
    late_incidents: int
    silent_incidents: int
    late_items: int
    held_unclaimed: int
    unjudged: int
    chain_whole: bool
    missed_drills: int
    unreviewed: int
    duty_at: int | None
    mark: Mark


def number_of(conn: Connection, end: bytes) -> int | None:
    """The number of the audit entry with that hash, an end the log once had; None without one.

    Every log once ended with nothing, which is told as zeros.
    """
    if not any(end):
        return 0
    return conn.scalar(select(t.audit.c.n).where(t.audit.c.hash == end))


def _late_calls(conn: Connection, before: int) -> int:
    """Pages about a reveal that should have been sent by then."""
    return _count(conn, i.calls, i.calls.c.state.in_(WAITING), i.calls.c.due_at < before)


def _unreviewed(conn: Connection, now: int) -> int:
    """Identities that one person opened alone, and whose review is overdue."""
    opened = i.reveals.c.alone & (i.reveals.c.state == Reveal.OPENED)
    overdue = i.reveals.c.reviewed_at.is_(None) & (i.reveals.c.review_due_at < now)
    return _count(conn, i.reveals, opened, overdue)


def look(conn: Connection, now: int, late_ms: int, held_ms: int, mark: Mark) -> Watched:
    """Everything the auditor asks, in one moment of the records.

    Args:
        conn: A reading connection.
        now: The time, in Unix milliseconds.
        late_ms: How long something may be due before that is trouble.
        held_ms: How long a held message may wait unclaimed and without an incident.
        mark: How far the look before came.
    """
    newest, unjudged = _unjudged(conn, mark.message)
    whole, entry, chain = audit.follows(conn, mark.entry, mark.chain, _LINKS)
    return Watched(
        late_pages=_count(conn, t.pages, *_sending(now - late_ms))
        + _late_calls(conn, now - late_ms),
        late_incidents=_count(
            conn,
            t.incidents,
            t.incidents.c.state.in_((State.OPEN, *HELD_BY_SOMEBODY)),
            t.incidents.c.due_at < now - late_ms,
        ),
        silent_incidents=_count(conn, t.incidents, *_silent(now, now - late_ms)),
        late_items=_count(conn, t.items, *_open_items(), t.items.c.escalate_at < now - late_ms),
        held_unclaimed=_count(
            conn, t.items, *_open_items(), t.items.c.held, t.items.c.since < now - held_ms
        ),
        unjudged=unjudged,
        chain_whole=whole,
        missed_drills=_count(conn, p.drills, p.drills.c.failed.is_not(None), ~_followed()),
        unreviewed=_unreviewed(conn, now),
        duty_at=conn.scalar(select(p.heartbeats.c.at).where(p.heartbeats.c.name == DUTY)),
        mark=Mark(newest, entry, chain),
    )


def _count(conn: Connection, table: object, *which: object) -> int:
    asked = select(func.count()).select_from(table).where(*which)  # type: ignore[arg-type]
    return conn.scalar(asked) or 0


def _sending(before: int) -> tuple[object, ...]:
    """Pages that should have been sent by then, and theirs is open.

    A lease excuses none: who tries again and again without being done has one all the time.
    """
    is_open = select(t.incidents.c.code).where(t.incidents.c.state == State.OPEN)
    waiting = t.pages.c.state.in_(WAITING) & t.pages.c.incident.in_(is_open)
    return (waiting, t.pages.c.due_at < before)


def _silent(now: int, lately: int) -> tuple[object, ...]:
    """Incidents of which no page left for `SILENT_MS`, while the loop goes round.

    All providers fail, or nobody is there to be paged. What became due lately is on its way.
    """
    since = now - SILENT_MS
    mine, page = t.pages.c.incident == t.incidents.c.code, select(t.pages.c.id)
    first_try = (t.pages.c.state == "pending") & t.pages.c.due_at.between(lately, now)
    on_its_way = page.where(mine, (t.pages.c.sent_at >= since) | first_try).exists()
    quiet = (t.incidents.c.opened_at < since, ~t.incidents.c.due_at.between(lately, now))
    return (t.incidents.c.state == State.OPEN, *quiet, ~on_its_way)


def _followed() -> ColumnElement[bool]:
    """Whether a later drill of the same school made up for one."""
    later = p.drills.alias()
    return (
        select(later.c.id)
        .where(later.c.school == p.drills.c.school, later.c.began_at > p.drills.c.began_at)
        .exists()
    )


def _open_items() -> tuple[object, ...]:
    return (
        t.items.c.done_at.is_(None),
        t.items.c.incident.is_(None),
        t.items.c.claimed_by.is_(None),
    )


def _unjudged(conn: Connection, after: int) -> tuple[int, int]:
    """The end of the log, and how many messages reached a peer that no verdict let through.

    A new message is let through by its own verdict; one that was held, by its finished item.
    """
    newest = conn.scalar(select(func.max(t.messages.c.n))) or 0
    straight = _count(
        conn,
        t.messages,
        t.messages.c.n > after,
        t.messages.c.seq.is_not(None),
        (t.messages.c.delivery == int(Delivery.HOLD)) | (t.messages.c.version == ""),
        ~select(t.items.c.id)
        .where(t.items.c.mid == t.messages.c.mid, t.items.c.done_at.is_not(None))
        .exists(),
    )
    held = select(t.items.c.mid, t.items.c.room).where(t.items.c.held, t.items.c.done_at.is_(None))
    early = 0
    for mid, room in conn.execute(held.where(t.items.c.mid.is_not(None))).all():
        found = transcript.by_mid(conn, mid, room)
        early += found is not None and found.seq is not None
    return newest, straight + early
