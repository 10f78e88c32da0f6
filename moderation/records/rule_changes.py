"""Changes of the rules in the records, and who proposed, approved and ended them.

Operations for `Store.write`, queries for `Store.read`; used by `moderation/rules_page.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from moderation.on_call.drill import NAME
from moderation.records import audit
from moderation.records import rule_tables as r
from moderation.records import tables as t
from moderation.records.audit import Entry


@dataclass(frozen=True, slots=True)
class NewChange:
    """A proposed change; `sealed` is what it is, `trial` counts what it would alter (JSON)."""

    id: str
    school: str
    sealed: bytes
    trial: str
    staff: str
    at: int


@dataclass(frozen=True, slots=True)
class Stepped:
    """A change taken from one state to the next by somebody; times in Unix milliseconds."""

    id: str
    before: str
    after: str
    act: str
    staff: str
    at: int
    sealed_why: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change as the table knows it; names are those of the staff."""

    id: str
    sealed: bytes
    trial: str
    state: str
    proposed_by: str
    proposed_at: int
    seconded_at: int | None
    live_at: int | None
    ended_at: int | None
    sealed_why: bytes | None
    proposer: str
    seconder: str | None
    ender: str | None


@dataclass(frozen=True, slots=True)
class StoredWords:
    """A stored message for a backtest: sealed words, where they stand and what opens them."""

    room: str
    wrapped_key: bytes
    seat: int
    mid: str
    sealed: bytes


_c = r.rule_changes.c
_BY, _SECOND, _END = (t.staff.alias(name) for name in ("proposers", "seconders", "enders"))
_CHANGES = (
    select(
        _c.id,
        _c.sealed,
        _c.trial,
        _c.state,
        _c.proposed_by,
        _c.proposed_at,
        _c.seconded_at,
        _c.live_at,
        _c.ended_at,
        _c.sealed_why,
        _BY.c.name.label("proposer"),
        _SECOND.c.name.label("seconder"),
        _END.c.name.label("ender"),
    )
    .join(_BY, _BY.c.id == _c.proposed_by)
    .outerjoin(_SECOND, _SECOND.c.id == _c.seconded_by)
    .outerjoin(_END, _END.c.id == _c.ended_by)
)
_OF_SCHOOL = _CHANGES.where(_c.school == bindparam("school")).order_by(_c.proposed_at, _c.id)
_STEP = r.rule_changes.update().where(_c.id == bindparam("change"), _c.state == bindparam("before"))
_COLUMNS: dict[str, dict[str, Any]] = {
    "shadow": {"seconded_by": bindparam("by"), "seconded_at": bindparam("moment")},
    "live": {"live_by": bindparam("by"), "live_at": bindparam("moment")},
    "ended": {
        "ended_by": bindparam("by"),
        "ended_at": bindparam("moment"),
        "sealed_why": bindparam("why"),
    },
}
_m, _room = t.messages.c, t.rooms.c
_RECENT = (
    select(_m.room, _room.wrapped_key, _m.seat, _m.mid, _m.sealed)
    .join(t.rooms, _room.id == _m.room)
    .where(_room.school == bindparam("school"), _room.wrapped_key.is_not(None), _m.seat.in_((0, 1)))
    .where(_room.topic != NAME)
    .order_by(_m.n.desc())
    .limit(bindparam("most"))
)
_HITS = select(func.count()).where(
    _m.said_at >= bindparam("since"), _m.findings.like(bindparam("named"), escape="/")
)


def propose(conn: Connection, rows: Sequence[NewChange]) -> list[None]:
    """Write down proposed changes; each proposal is in the audit log."""
    for row in rows:
        values = {
            "id": row.id,
            "school": row.school,
            "sealed": row.sealed,
            "trial": row.trial,
            "state": "proposed",
            "proposed_by": row.staff,
            "proposed_at": row.at,
        }
        conn.execute(r.rule_changes.insert(), values)
        audit.append(conn, [Entry(row.at, row.staff, "rules_propose", row.id)])
    return [None] * len(rows)


def step(conn: Connection, rows: Sequence[Stepped]) -> list[bool]:
    """Take changes a step further; False where one was no longer in the state it came from."""
    return [_step(conn, row) for row in rows]


def _step(conn: Connection, row: Stepped) -> bool:
    given: dict[str, object] = {"change": row.id, "before": row.before}
    given |= {"by": row.staff, "moment": row.at}
    if row.after == "ended":
        given["why"] = row.sealed_why
    query = _STEP.values(state=row.after, **_COLUMNS[row.after])
    if not conn.execute(query, given).rowcount:
        return False
    audit.append(conn, [Entry(row.at, row.staff, row.act, row.id)])
    return True


def changes(conn: Connection, school: str) -> list[StoredChange]:
    """Every change of a school, oldest first."""
    found = conn.execute(_OF_SCHOOL, {"school": school}).all()
    return [StoredChange(**row._mapping) for row in found]  # noqa: SLF001 - public


def recent_words(conn: Connection, school: str, most: int) -> list[StoredWords]:
    """The last messages of students that can still be opened, oldest first."""
    found = conn.execute(_RECENT, {"school": school, "most": most}).all()
    return [StoredWords(*row) for row in reversed(found)]


def hits(conn: Connection, rule: str, since: int) -> int:
    """How many kept messages a rule was found in since a time in Unix milliseconds."""
    escaped = rule.replace("/", "//").replace("_", "/_").replace("%", "/%")
    named = f'%"rule":"{escaped}"%'
    return conn.scalar(_HITS, {"since": since * 1000, "named": named}) or 0
