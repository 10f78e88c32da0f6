"""Sessions in the tables: signed-in pages, by the SHA-256 of their token.

Operations for `Store.write`, queries for `Store.read`; used by `moderation/people/sessions.py`,
which judges how old a session may be.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, or_, select

from moderation.records import account_tables as a
from moderation.records import audit, locks
from moderation.records import tables as t
from moderation.records.refused import Refused


@dataclass(frozen=True, slots=True)
class NewSession:
    """A page signing in; `kind` is 'student' or 'staff'.

    `card`, by its keyed hash, or `password`, by its argon2id hash, is what let them in.
    """

    token_hash: bytes
    kind: str
    who: str
    at: int
    card: bytes | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A session is in use."""

    token_hash: bytes
    at: int


@dataclass(frozen=True, slots=True)
class EndSession:
    """A page signing out."""

    token_hash: bytes
    at: int


@dataclass(frozen=True, slots=True)
class StudentSession:
    """A session that has not ended, and the student it belongs to."""

    who: str
    started_at: int
    seen_at: int
    understood: bool
    school: str
    band: str
    barred_until: int | None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A session that has not ended, and the member of staff it belongs to."""

    started_at: int
    seen_at: int
    id: str
    school: str
    login: str
    name: str
    role: str
    expires_at: int | None
    proved_at: int | None
    new_browser_at: int | None
    has_passkey: bool


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it; times in Unix milliseconds."""

    token_hash: bytes
    started_at: int
    seen_at: int


@dataclass(frozen=True, slots=True)
class EndAll:
    """Somebody signs out everywhere."""

    who: str
    at: int


_LIVE = (
    t.sessions.c.token_hash == bindparam("token"),
    t.sessions.c.kind == bindparam("of_kind"),
    t.sessions.c.ended_at.is_(None),
)
_STUDENT = (
    select(
        t.sessions.c.who,
        t.sessions.c.started_at,
        t.sessions.c.seen_at,
        t.sessions.c.understood,
        t.students.c.school,
        t.students.c.band,
        t.students.c.barred_until,
    )
    .join(t.students, t.students.c.id == t.sessions.c.who)
    .where(*_LIVE)
)
_STAFF = (
    select(
        t.sessions.c.started_at,
        t.sessions.c.seen_at,
        t.staff.c.id,
        t.staff.c.school,
        t.staff.c.login,
        t.staff.c.name,
        t.staff.c.role,
        t.staff.c.expires_at,
        t.sessions.c.proved_at,
        t.staff.c.new_browser_at,
        exists().where(a.passkeys.c.staff == t.staff.c.id),
    )
    .join(t.staff, t.staff.c.id == t.sessions.c.who)
    .where(*_LIVE, t.staff.c.disabled_at.is_(None))
)
_SEEN = (
    t.sessions.update()
    .where(t.sessions.c.token_hash == bindparam("token"), t.sessions.c.seen_at < bindparam("now"))
    .values(seen_at=bindparam("now"))
)
_UNDERSTOOD = (
    t.sessions.update().where(t.sessions.c.token_hash == bindparam("token")).values(understood=True)
)
_END = (
    t.sessions.update()
    .where(t.sessions.c.token_hash == bindparam("token"), t.sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_END_ALL_OF = (
    t.sessions.update()
    .where(
        t.sessions.c.who.in_(bindparam("whose", expanding=True)), t.sessions.c.ended_at.is_(None)
    )
    .values(ended_at=bindparam("now"))
)
_LASTING = (
    select(t.sessions.c.who, t.sessions.c.started_at)
    .join(t.staff, t.staff.c.id == t.sessions.c.who)
    .where(
        t.sessions.c.who.in_(bindparam("whose", expanding=True)),
        t.sessions.c.kind == "staff",
        t.sessions.c.ended_at.is_(None),
        t.sessions.c.started_at > bindparam("since"),
        t.staff.c.disabled_at.is_(None),
    )
)
_ENDED = select(t.sessions.c.token_hash, t.sessions.c.who).where(
    t.sessions.c.ended_at > bindparam("since"), t.sessions.c.kind == "student"
)
_OWN = (
    select(t.sessions.c.token_hash, t.sessions.c.started_at, t.sessions.c.seen_at)
    .where(
        t.sessions.c.who == bindparam("whose"),
        t.sessions.c.kind == "staff",
        t.sessions.c.ended_at.is_(None),
        t.sessions.c.started_at > bindparam("begun"),
        t.sessions.c.seen_at > bindparam("used"),
    )
    .order_by(t.sessions.c.started_at.desc())
)
_OLD = t.sessions.delete().where(
    or_(t.sessions.c.ended_at < bindparam("before"), t.sessions.c.seen_at < bindparam("before"))
)
_REVOKED = select(t.cards.c.revoked_at).where(t.cards.c.lookup == bindparam("code"))
_PASSWORD = select(t.staff.c.password).where(t.staff.c.id == bindparam("of"))
PAGES = 4
"""Sessions a student has at most: one card, signed in again and again, fills no disk."""
_lately = t.sessions.alias()
_TOO_MANY = t.sessions.delete().where(
    t.sessions.c.who == bindparam("student"),
    t.sessions.c.kind == "student",
    t.sessions.c.token_hash.not_in(
        select(_lately.c.token_hash)
        .where(_lately.c.who == bindparam("student"), _lately.c.kind == "student")
        .order_by(_lately.c.started_at.desc())
        .limit(PAGES)
    ),
)


def open_sessions(conn: Connection, rows: Sequence[NewSession]) -> list[Refused | None]:
    """Write down pages that signed in; the oldest of a student with too many are forgotten.

    Refused for a card that was ended, or a password that was changed, while somebody came in with
    it: whoever did that has ended every session there was.
    """
    students = {row.who for row in rows if row.kind == "student"}
    locks.students(conn, students)
    locks.staff(conn, (row.who for row in rows if row.password is not None))
    stale = {row.token_hash for row in rows if _is_stale(conn, row)}
    values = [
        {
            "token_hash": row.token_hash,
            "kind": row.kind,
            "who": row.who,
            "started_at": row.at,
            "seen_at": row.at,
            "understood": False,
        }
        for row in rows
        if row.token_hash not in stale
    ]
    if values:
        conn.execute(t.sessions.insert(), values)
    if students:
        conn.execute(_TOO_MANY, [{"student": who} for who in sorted(students)])
    return [Refused("not_found") if row.token_hash in stale else None for row in rows]


def _is_stale(conn: Connection, row: NewSession) -> bool:
    """Whether what let them in lets nobody in any more."""
    if row.card is not None:
        return conn.scalar(_REVOKED, {"code": row.card}) is not None
    if row.password is not None:
        return conn.scalar(_PASSWORD, {"of": row.who}) != row.password
    return False


def student_session(conn: Connection, token_hash: bytes) -> StudentSession | None:
    """The student's session of that token unless it was ended; how old it is, the caller judges."""
    found = conn.execute(_STUDENT, {"token": token_hash, "of_kind": "student"}).first()
    return None if found is None else StudentSession(*found)


def staff_session(conn: Connection, token_hash: bytes) -> StaffSession | None:
    """The staff session of that token unless it was ended or its owner disabled."""
    found = conn.execute(_STAFF, {"token": token_hash, "of_kind": "staff"}).first()
    return None if found is None else StaffSession(*found)


def seen(conn: Connection, rows: Sequence[Seen]) -> list[None]:
    """Note that sessions are in use; in one order, so that no two nodes wait for each other."""
    in_order = sorted(rows, key=lambda row: row.token_hash)
    conn.execute(_SEEN, [{"token": row.token_hash, "now": row.at} for row in in_order])
    return [None] * len(rows)


def understood(conn: Connection, rows: Sequence[bytes]) -> list[None]:
    """Note that the student of each session, by hash of its token, knows who can see a chat."""
    conn.execute(_UNDERSTOOD, [{"token": token_hash} for token_hash in rows])
    return [None] * len(rows)


def end_sessions(conn: Connection, rows: Sequence[EndSession]) -> list[None]:
    """End sessions; ending one again changes nothing."""
    conn.execute(_END, [{"token": row.token_hash, "now": row.at} for row in rows])
    return [None] * len(rows)


def forget_sessions(conn: Connection, before: int) -> int:
    """Delete sessions that ended, or were last used, before that time; answers how many."""
    return conn.execute(_OLD, {"before": before}).rowcount


def end_all(conn: Connection, rows: Sequence[EndAll]) -> list[None]:
    """End every session of these people, at their own wish."""
    for row in rows:
        end_all_of(conn, [row.who], row.at)
        audit.append(conn, [audit.Entry(row.at, row.who, "signed_out_everywhere", row.who)])
    return [None] * len(rows)


def lasting(conn: Connection, staff: Collection[str], since: int) -> set[tuple[str, int]]:
    """Whose sessions go on and when each began: not ended, begun after that time, not closed."""
    found = conn.execute(_LASTING, {"whose": list(staff), "since": since})
    return {(who, started_at) for who, started_at in found}


def ended(conn: Connection, since: int) -> list[tuple[bytes, str]]:
    """Sessions of students that were ended after that time, and whose they were."""
    return [(session, who) for session, who in conn.execute(_ENDED, {"since": since})]


def own(conn: Connection, who: str, since: tuple[int, int]) -> list[OwnSession]:
    """The sessions of one member of staff begun and last used after these times, newest first."""
    bounds = {"whose": who, "begun": since[0], "used": since[1]}
    return [OwnSession(*row) for row in conn.execute(_OWN, bounds)]


def end_all_of(conn: Connection, who: Sequence[str], at: int) -> None:
    """End every session of these people; called inside another operation."""
    conn.execute(_END_ALL_OF, {"whose": who, "now": at})
