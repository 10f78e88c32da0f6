"""Reveals in the tables: agreed to, opened, reviewed, each act one transaction with its audit.

Operations for `Store.write` and queries for `Store.read`; used by
`moderation/identities/reveals.py`. How they are asked for is in `reveal_requests.py`. Who may do
what is asked of `moderation/identities/reveal.py` over the row as it is in that transaction. A
person is handed the half sealed to their own key, and nothing of anybody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, bindparam, func, select

from moderation.identities import reveal
from moderation.identities.reveal import LIMIT_MS, Act, Standing, State
from moderation.identities.sealed import Half
from moderation.incidents.incident import Actor
from moderation.records import audit, reveal_pages
from moderation.records import identity_tables as i
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.refused import Refused


@dataclass(frozen=True, slots=True)
class RevealAct:
    """A person's act on a reveal; `passed` is half B sealed again, `sealed` what they wrote."""

    act: Act
    code: str
    actor: Actor
    now: int
    passed: bytes | None = None
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """What somebody is handed: sealed halves of theirs, and whose identity it is by pseudonym.

    To agree: half B, and the point of the key it is to be passed on to. To open: half A, the half
    that was passed on (or the safe's), and the sealed identity.
    """

    pseudonym: str
    halves: Mapping[str, bytes]
    point: bytes = b""
    identity: bytes = b""


@dataclass(frozen=True, slots=True)
class StoredReveal:
    """A reveal as the table knows it."""

    code: str
    school: str
    incident: str | None
    student: str
    alone: bool
    state: str
    reason: str
    sealed_why: bytes
    key: str
    requested_by: str
    requested_at: int
    expires_at: int
    answered_by: str | None
    answered_at: int | None
    sealed_answer: bytes | None
    opened_at: int | None
    review_due_at: int | None
    reviewed_by: str | None
    reviewed_at: int | None
    sealed_review: bytes | None


_COLUMNS = [i.reveals.c[field.name] for field in fields(StoredReveal)]
_REVEAL = select(*_COLUMNS).where(i.reveals.c.code == bindparam("code")).with_for_update()
_OF_SCHOOL = (
    select(*_COLUMNS)
    .where(i.reveals.c.school == bindparam("school"))
    .order_by(i.reveals.c.requested_at.desc(), i.reveals.c.code)
)
RECUSED = select(p.recusals.c.staff).where(p.recusals.c.incident == bindparam("code"))
_ASIDE = select(p.recusals.c.incident, p.recusals.c.staff).where(
    p.recusals.c.incident.in_(bindparam("codes", expanding=True))
)
KEY = select(i.custodian_keys.c.print).where(
    i.custodian_keys.c.staff == bindparam("whose"),
    i.custodian_keys.c.half == bindparam("half"),
    i.custodian_keys.c.ended_at.is_(None),
)
_POINT = select(i.custodian_keys.c.public).where(i.custodian_keys.c.print == bindparam("key"))
HALF = select(i.halves.c.sealed).where(
    i.halves.c.student == bindparam("whose"),
    i.halves.c.half == bindparam("half"),
    i.halves.c.key == bindparam("key"),
)
SAFE = select(i.halves.c.sealed).where(
    i.halves.c.student == bindparam("whose"), i.halves.c.half == Half.SAFE.value
)
_PASSED = select(i.reveals.c.passed).where(i.reveals.c.code == bindparam("code"))
_IDENTITY = select(i.identities.c.sealed).where(i.identities.c.student == bindparam("whose"))
_LATE = select(i.reveals.c.code, i.reveals.c.requested_by).where(
    i.reveals.c.state.in_((State.ASKED, State.APPROVED)), i.reveals.c.expires_at <= bindparam("now")
)
_SPENT = (
    i.reveals.c.state == State.OPENED,
    i.reveals.c.passed.is_not(None),
    i.reveals.c.expires_at <= bindparam("now"),
)
"""Opened, and its time is over: what was passed on for it is needed no more."""


def act(conn: Connection, rows: Sequence[RevealAct]) -> list[Handed | State | Refused]:
    """Do what people do to a reveal; answers what is handed to them, or the state afterwards."""
    return [_act(conn, row) for row in rows]


def _act(conn: Connection, row: RevealAct) -> Handed | State | Refused:
    kept = conn.execute(_REVEAL, {"code": row.code}).first()
    if kept is None:
        return Refused("not_found")
    found = StoredReveal(*kept)
    recused = conn.scalars(RECUSED, {"code": found.incident}) if found.incident else ()
    state = reveal.judge(_standing(found, recused), row.act, row.actor, row.now)
    if not isinstance(state, State):
        return Refused(state)
    handed = _HANDS[row.act](conn, row, found) if row.act in _HANDS else state
    if isinstance(handed, Refused):
        return handed
    values = _VALUES[row.act](row)
    if values:
        changed = i.reveals.update().where(i.reveals.c.code == row.code)
        conn.execute(changed.values(values | {"state": state}))
    if row.act in _ANSWERS or (row.act is Act.OPEN and not found.alone):
        reveal_pages.stop(conn, row.code)
    if row.act in _TELLS:
        reveal_pages.call(conn, row.code, _TELLS[row.act], [found.requested_by], [row.now])
    note(conn, row.now, row.actor.id, row.act.value, f"{row.code} {found.reason}")
    return handed


def _standing(found: StoredReveal, recused: Iterable[str]) -> Standing:
    return Standing(
        school=found.school,
        state=State(found.state),
        requested_by=found.requested_by,
        expires_at=found.expires_at,
        alone=found.alone,
        reviewed=found.reviewed_at is not None,
        recused=frozenset(recused),
    )


def _hand_half(conn: Connection, row: RevealAct, found: StoredReveal) -> Handed | Refused:
    """Half B for whoever may agree, and the key it would be passed on to."""
    key = conn.scalar(KEY, {"whose": row.actor.id, "half": Half.B.value})
    if key is None:
        return Refused("no_key")
    half = conn.scalar(HALF, {"whose": found.student, "half": Half.B.value, "key": key})
    if half is None:
        return Refused("not_sealed")
    point = conn.scalar(_POINT, {"key": found.key})
    return Handed(found.student, {Half.B.value: half}, point=point or b"")


def _hand_all(conn: Connection, _row: RevealAct, found: StoredReveal) -> Handed | Refused:
    """Half A and what was passed on (or the safe's half), for whoever asked."""
    half = conn.scalar(HALF, {"whose": found.student, "half": Half.A.value, "key": found.key})
    identity = conn.scalar(_IDENTITY, {"whose": found.student})
    if found.alone:
        other, kind = conn.scalar(SAFE, {"whose": found.student}), Half.SAFE.value
    else:
        other, kind = conn.scalar(_PASSED, {"code": found.code}), found.code
    if half is None or identity is None or other is None:
        return Refused("not_sealed")
    return Handed(found.student, {Half.A.value: half, kind: other}, identity=identity)


_ANSWERS = frozenset({Act.APPROVE, Act.REFUSE, Act.REVIEW})
"""Acts after which nobody need be paged about what was asked; `OPEN` too, where two agreed."""
_TELLS = {Act.APPROVE: "reveal_agreed", Act.REFUSE: "reveal_refused"}
"""The pages to whoever asked, who may be with somebody by now and not at the page."""
_OVER = "reveal_over"
"""The kind of the page that tells them that time ran out."""
_HANDS: Mapping[Act, Callable[[Connection, RevealAct, StoredReveal], Handed | Refused]] = {
    Act.HALF: _hand_half,
    Act.OPEN: _hand_all,
}
_VALUES: Mapping[Act, Callable[[RevealAct], dict[str, object]]] = {
    Act.HALF: lambda _: {},
    Act.APPROVE: lambda row: {
        "answered_by": row.actor.id,
        "answered_at": row.now,
        "passed": row.passed,
        "expires_at": row.now + LIMIT_MS,
    },
    Act.REFUSE: lambda row: {
        "answered_by": row.actor.id,
        "answered_at": row.now,
        "sealed_answer": row.sealed,
    },
    Act.OPEN: lambda row: {"opened_at": func.coalesce(i.reveals.c.opened_at, row.now)},
    Act.REVIEW: lambda row: {
        "reviewed_by": row.actor.id,
        "reviewed_at": row.now,
        "sealed_review": row.sealed,
    },
}


def time_out(conn: Connection, rows: Sequence[int]) -> list[list[str]]:
    """End every reveal nobody answered or opened in time, and page who asked; answers the codes.

    Of those that were opened, what was passed on is erased.
    """
    return [_time_out(conn, now) for now in rows]


def _time_out(conn: Connection, now: int) -> list[str]:
    conn.execute(i.reveals.update().where(*_SPENT).values(passed=None), {"now": now})
    late = conn.execute(_LATE.with_for_update(), {"now": now}).all()
    for code, asked in late:
        over = i.reveals.update().where(i.reveals.c.code == code)
        conn.execute(over.values(state=State.TIMED_OUT, passed=None))
        reveal_pages.stop(conn, code)
        reveal_pages.call(conn, code, _OVER, [asked], [now])
        note(conn, now, audit.HOUSE, "timed_out", code)
    return [code for code, _ in late]


def late(conn: Connection, now: int) -> bool:
    """Whether any reveal has run out of time, opened or not."""
    spent = select(i.reveals.c.code).where(*_SPENT)
    return any(conn.execute(each, {"now": now}).first() for each in (_LATE, spent))


def of_school(conn: Connection, school: str, most: int) -> list[tuple[StoredReveal, Standing]]:
    """The newest reveals of a school, each with what the rules need to know."""
    rows = conn.execute(_OF_SCHOOL.limit(most), {"school": school})
    found = [StoredReveal(*row) for row in rows]
    aside: dict[str | None, list[str]] = {}
    for incident, staff in conn.execute(_ASIDE, {"codes": [one.incident for one in found]}):
        aside.setdefault(incident, []).append(staff)
    return [(one, _standing(one, aside.get(one.incident, ()))) for one in found]


def names(conn: Connection, school: str) -> dict[str, str]:
    """Everybody who ever was on the staff of a school, by id."""
    found = conn.execute(select(t.staff.c.id, t.staff.c.name).where(t.staff.c.school == school))
    return {row.id: row.name for row in found}


def note(conn: Connection, now: int, who: str, act: str, about: str) -> None:
    """The act's entry in the audit; inside an operation."""
    audit.append(conn, [audit.Entry(now, who, f"reveal_{act}", about)])
