"""What is sent to adults, whatever it is about: leased, then written down, by compare-and-set.

Used by `pages.py` (which says what the states mean), `proofs.py` and `reveal_pages.py`, whose
tables share these columns. Something being sent is leased until `leased_until`, and `attempts` is
the fence: a lease raises it by one, and only over the number it was leased under is it prolonged
and a result written, so that whoever stalled past the lease finds that nothing is theirs any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, bindparam, or_

from moderation.on_call.escalation import Policy

WAITING = ("pending", "failed-for-now")
"""States of what is still to be sent."""


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page to be sent now, and the fence it is to be leased under."""

    page: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A due page, to be kept from everybody else until that time."""

    page: str
    attempts: int
    until: int


@dataclass(frozen=True, slots=True)
class Leased:
    """A page that is ours to send; `attempt` is the fence for its result."""

    page: str
    attempt: int
    incident: str
    category: str
    opened_at: int
    contact: str
    channel: str
    sealed_address: bytes
    until: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one attempt; `state` is the page state, `look_at` when to look again."""

    page: str
    attempt: int
    state: str
    now: int
    look_at: int


NOW: ColumnElement[int] = bindparam("now", type_=BigInteger())
"""The time, in a statement that is built once and asked again and again."""

Now = int | ColumnElement[int]


def come(column: ColumnElement[int], now: Now, ahead: int) -> ColumnElement[bool]:
    """`escalation.is_due`, for the database."""
    return or_(column <= now, column > now + ahead)


def free(table: Table, policy: Policy, now: Now) -> ColumnElement[bool]:
    """What nobody is sending now."""
    until = table.c.leased_until
    return or_(until.is_(None), come(until, now, policy.lease_ms + policy.skew_ms))


def take(conn: Connection, table: Table, row: Lease, *which: ColumnElement[bool]) -> bool:
    """Lease a row of that table; False if somebody else did, or it waits for nothing any more."""
    taken = conn.execute(
        table.update()
        .where(table.c.id == row.page, table.c.attempts == row.attempts)
        .where(table.c.state.in_(WAITING), *which)
        .values(attempts=row.attempts + 1, leased_until=row.until)
    )
    return taken.rowcount == 1


def prolong(conn: Connection, table: Table, row: Lease) -> bool:
    """Have what is being sent until later; False where the lease had passed to somebody else."""
    ours = conn.execute(
        table.update()
        .where(table.c.id == row.page, table.c.attempts == row.attempts)
        .where(table.c.leased_until.is_not(None))
        .values(leased_until=row.until)
    )
    return ours.rowcount == 1


def write_down(conn: Connection, table: Table, row: Result) -> bool:
    """Keep what became of an attempt; False where the lease had passed to somebody else.

    What was cancelled while its provider was being called was still sent if it was sent.
    """
    over = (*WAITING, "cancelled") if row.state == "sent" else WAITING
    values: dict[str, object] = {"state": row.state, "leased_until": None}
    values |= {"sent_at": row.now} if row.state == "sent" else {"due_at": row.look_at}
    changed = conn.execute(
        table.update()
        .where(table.c.id == row.page, table.c.attempts == row.attempt)
        .where(table.c.state.in_(over))
        .values(values)
    )
    return changed.rowcount == 1
