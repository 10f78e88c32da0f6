"""Forgetting on time: words, cases, verdicts, drills, who students are, sessions, the log's front.

`purge` is an operation for `Store.write`; call `Store.scrub` after it, so that the write-ahead log
keeps no copy either. What is overwritten is overwritten with zeros (`secure_delete`). Of each class
so much goes at once that messages need not wait for it. Each class that lost anything about
students stands in the audit log: which class and how many, never whose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, bindparam, func, or_, select

from moderation.records import account_tables as a
from moderation.records import audit, purge_cases, purge_rooms, sessions
from moderation.records import desk_tables as d
from moderation.records import identity_tables as i
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.numbers import NO_DANGER
from moderation.records.taken_away import take_away

_HOUR = 3_600_000
_DAY = 24 * _HOUR
SESSION_HOURS = 24
"""Hours after which an ended or unused session is deleted."""
MONTH_DAYS = 30
"""Days until a sealed identity goes after the student's last card was revoked, and an invitation
after it can no longer be used."""

MOST = 1_000
"""Identities, or pseudonyms, that are deleted at once."""


@dataclass(frozen=True, slots=True)
class Times:
    """For how long each class is kept.

    `rooms_hours` the words of a room after its end, `case_words_days` those of a case after it was
    closed, `cases_days` the case itself; `verdicts_days` what is left of a room without a case;
    `drills_days` drills, test pages and shifts; `audit_days` the log.
    """

    rooms_hours: float = 72
    case_words_days: int = 90
    cases_days: int = 2557
    verdicts_days: int = 180
    drills_days: int = 400
    audit_days: int = 3653


@dataclass(frozen=True, slots=True)
class Purge:
    """Forget what of a school is due at `now`, in Unix milliseconds."""

    school: str
    now: int
    times: Times = Times()


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was forgotten; of rooms first the words, later the verdicts."""

    words: int = 0
    cases: int = 0
    drills: int = 0
    verdicts: int = 0
    identities: int = 0
    pseudonyms: int = 0
    sessions: int = 0
    log: int = 0

    @property
    def more(self) -> bool:
        """Whether more may be due."""
        return (
            max(self.cases, self.drills) >= purge_cases.MOST
            or self.verdicts >= purge_rooms.MOST
            or max(self.identities, self.pseudonyms) >= MOST
            or self.log >= audit.MOST
        )


_OF_ROOM = t.incidents.c.room == t.rooms.c.id
_LATELY = (
    (t.incidents.c.resolved_at >= bindparam("closed_since"))
    & ~t.incidents.c.drill
    & (t.incidents.c.outcome != NO_DANGER)
)
_HELD = select(t.incidents.c.code).where(_OF_ROOM, purge_cases.HELD | _LATELY).exists()
_DESTROY = (
    t.rooms.update()
    .where(t.rooms.c.ended_at < bindparam("before"), t.rooms.c.wrapped_key.is_not(None), ~_HELD)
    .values(wrapped_key=None)
)
_NEEDED = (
    select(t.seats.c.student)
    .join(t.incidents, t.incidents.c.room == t.seats.c.room)
    .where(t.seats.c.student == i.identities.c.student, purge_cases.HELD)
    .exists()
)
_LATELY_IN_USE = or_(t.cards.c.revoked_at.is_(None), t.cards.c.revoked_at >= bindparam("since"))
_IN_USE = select(t.cards.c.student).where(_LATELY_IN_USE)
_OVER = (
    select(i.identities.c.student)
    .where(~i.identities.c.canary, i.identities.c.student.not_in(_IN_USE), ~_NEEDED)
    .order_by(i.identities.c.student)
    .limit(MOST)
)


def _named(column: Column[str], *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row of that table names the pseudonym.

    The offset has PostgreSQL ask an index for each pseudonym, whatever it knows of its tables yet;
    joined, two large tables of which it knows nothing took minutes.
    """
    return select(column).where(column == t.students.c.id, *which).offset(0).exists()


_PAST = (
    select(t.students.c.id)
    .where(
        _named(t.cards.c.student),  # who never had one is a canary, or sits in drills
        ~_named(t.cards.c.student, _LATELY_IN_USE),
        *(~_named(one.c.student) for one in (t.seats, i.identities, i.reveals)),
        or_(t.students.c.barred_until.is_(None), t.students.c.barred_until < bindparam("now")),
    )
    .order_by(t.students.c.id)
    .limit(MOST)
)
_INVITED = select(a.invitations.c.id).where(a.invitations.c.expires_at < bindparam("before"))


def purge(conn: Connection, rows: Sequence[Purge]) -> list[Purged]:
    """Forget what is due; what a case holds (`purge_cases.py`) stays with it."""
    return [_purge(conn, row) for row in rows]


def _purge(conn: Connection, row: Purge) -> Purged:
    times, today = row.times, purge_cases.today(row.now)
    cases = purge_cases.purge_cases(conn, row.school, _ago(row, times.cases_days), today)
    drills = purge_cases.purge_drills(conn, row.school, _ago(row, times.drills_days))
    words = _destroy_keys(conn, row, today)
    verdicts = purge_rooms.purge_rooms(conn, row.school, _ago(row, times.verdicts_days))
    identities = _forget_identities(conn, _ago(row, MONTH_DAYS), today)
    pseudonyms = _forget_pseudonyms(conn, _ago(row, MONTH_DAYS), row.now)
    ended = sessions.forget_sessions(conn, row.now - SESSION_HOURS * _HOUR)
    _forget_duty(conn, row)
    _forget_invitations(conn, _ago(row, MONTH_DAYS))
    counts = {"words": words, "cases": cases, "drills": drills}
    counts |= {"verdicts": verdicts, "identities": identities, "pseudonyms": pseudonyms}
    written = [
        Entry(row.now, audit.PURGER, f"purged_{what}", str(n)) for what, n in counts.items() if n
    ]
    if written:
        audit.append(conn, written)
    return Purged(**counts, sessions=ended, log=_cut_log(conn, row))


def _ago(row: Purge, days: int) -> int:
    return max(0, row.now - days * _DAY)


def _destroy_keys(conn: Connection, row: Purge, today: str) -> int:
    asked: dict[str, object] = {
        "today": today,
        "before": max(0, int(row.now - row.times.rooms_hours * _HOUR)),
        "closed_since": _ago(row, row.times.case_words_days),
    }
    return conn.execute(_DESTROY, asked).rowcount


def _forget_identities(conn: Connection, since: int, today: str) -> int:
    over = conn.scalars(_OVER, {"since": since, "today": today}).all()
    for table in (i.halves, i.identities):
        take_away(conn, table.c.student, over)
    return len(over)


def _forget_pseudonyms(conn: Connection, since: int, now: int) -> int:
    """Pseudonyms of past terms that nothing names any more, with their cards, blocks and bars."""
    past = conn.scalars(_PAST, {"since": since, "now": now}).all()
    names = (t.blocks.c.one, t.blocks.c.other, t.cards.c.student, d.bars.c.student)
    for column in (*names, t.students.c.id):
        take_away(conn, column, past)
    return len(past)


def _forget_duty(conn: Connection, row: Purge) -> None:
    """What showed that paging worked; who was at the desk, who was kept out, whose words left."""
    drills, verdicts = _ago(row, row.times.drills_days), _ago(row, row.times.verdicts_days)
    conn.execute(p.proofs.delete().where(p.proofs.c.due_at < drills))
    conn.execute(p.shifts.delete().where(p.shifts.c.start_at < drills))
    over = func.coalesce(d.desk_shifts.c.ended_at, d.desk_shifts.c.started_at)
    conn.execute(d.desk_shifts.delete().where(over < verdicts))
    conn.execute(d.bars.delete().where(d.bars.c.until < verdicts))
    of_students = t.exports.c.student.is_not(None)
    conn.execute(t.exports.delete().where(of_students, t.exports.c.requested_at < verdicts))


def _forget_invitations(conn: Connection, before: int) -> None:
    over = conn.scalars(_INVITED, {"before": before}).all()
    for column in (a.agreements.c.invitation, a.invitations.c.id):
        take_away(conn, column, over)


def _cut_log(conn: Connection, row: Purge) -> int:
    """Cut the log off where it is old enough, but keep what was done since any case began."""
    oldest, before = purge_cases.oldest(conn), _ago(row, row.times.audit_days)
    return audit.cut(conn, before if oldest is None else min(before, oldest), row.now)
