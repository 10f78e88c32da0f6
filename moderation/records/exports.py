"""Exports of cases in the tables, each step one transaction with its entry in the audit.

Operations for `Store.write` and queries for `Store.read`; used by
`moderation/incidents/exports.py`. Who may do what is asked of `moderation/incidents/export.py` over
the row as it is in that transaction, and of `incident.py` whether they may see the case at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from moderation.incidents import incident
from moderation.incidents.export import AGREED_MS, ASKED_MS, UNDER_WAY, Act, Standing, State, judge
from moderation.incidents.incident import Actor
from moderation.records import audit, cases, incident_acts, locks
from moderation.records import tables as t
from moderation.records.cases import StoredCase
from moderation.records.incident_acts import IncidentAct, StoredIncident
from moderation.records.refused import Refused


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asks for a case; `with_peer` with the other student's words too."""

    code: str
    incident: str
    sealed_why: bytes
    with_peer: bool
    actor: Actor
    now: int


@dataclass(frozen=True, slots=True)
class ExportAct:
    """A person's act on an export."""

    act: Act
    code: str
    actor: Actor
    now: int


@dataclass(frozen=True, slots=True)
class StoredExport:
    """An export as the table knows it, but whose school it is."""

    code: str
    incident: str
    state: str
    sealed_why: bytes
    with_peer: bool
    requested_by: str
    requested_at: int
    expires_at: int
    answered_by: str | None
    answered_at: int | None
    handed_at: int | None


@dataclass(frozen=True, slots=True)
class Handed:
    """A case for whoever asked for it, and how they asked."""

    export: StoredExport
    case: StoredCase


_e = t.exports.c
_COLUMNS = [_e[field.name] for field in fields(StoredExport)]
_WHICH = select(_e.incident).where(_e.code == bindparam("code"))
_EXPORT: Select[Any] = (
    select(*_COLUMNS, _e.school).where(_e.code == bindparam("code")).with_for_update()
)
_OPEN = select(_e.code).where(
    _e.incident == bindparam("incident"),
    _e.state.in_(UNDER_WAY),
    _e.expires_at > bindparam("now"),
)
_NEWEST_FIRST: Select[Any] = (
    select(*_COLUMNS, _e.school)
    .where(_e.school == bindparam("school"))
    .order_by(_e.requested_at.desc(), _e.code)
)


def ask(conn: Connection, rows: Sequence[Ask]) -> list[str | Refused]:
    """Write down requests; answers the code of each."""
    locks.incidents(conn, (row.incident for row in rows))
    return [_ask(conn, row) for row in rows]


def _ask(conn: Connection, row: Ask) -> str | Refused:
    seen = _seen(conn, row.incident, row.actor, row.now)
    if isinstance(seen, Refused):
        return seen
    asked = {"incident": row.incident, "now": row.now}
    if seen.drill or conn.scalar(_OPEN, asked) is not None:
        return Refused("changed")
    conn.execute(
        t.exports.insert(),
        {
            "code": row.code,
            "school": row.actor.school,
            "incident": row.incident,
            "state": State.ASKED,
            "sealed_why": row.sealed_why,
            "with_peer": row.with_peer,
            "requested_by": row.actor.id,
            "requested_at": row.now,
            "expires_at": row.now + ASKED_MS,
        },
    )
    _note(conn, row.now, row.actor.id, "ask", f"{row.code} {row.incident}")
    return row.code


def act(conn: Connection, rows: Sequence[ExportAct]) -> list[State | Refused]:
    """Agree to exports, or end them; answers the state of each afterwards."""
    return [_act(conn, row) for row in rows]


def _act(conn: Connection, row: ExportAct) -> State | Refused:
    done = _judged(conn, row)
    return done if isinstance(done, Refused) else done[1]


def hand(conn: Connection, rows: Sequence[ExportAct]) -> list[Handed | Refused]:
    """Hand cases to whoever asked for them, each once."""
    codes = [conn.scalar(_WHICH, {"code": row.code}) for row in rows]
    locks.incidents(conn, [code for code in codes if code is not None])
    return [_hand(conn, row, code) for row, code in zip(rows, codes, strict=True)]


def _hand(conn: Connection, row: ExportAct, code: str | None) -> Handed | Refused:
    if code is None:
        return Refused("not_found")
    seen = _seen(conn, code, row.actor, row.now)  # locks the incident, which comes first
    if isinstance(seen, Refused):
        return seen
    done = _judged(conn, row)
    return done if isinstance(done, Refused) else Handed(done[0], cases.whole(conn, seen))


def _seen(conn: Connection, code: str, actor: Actor, now: int) -> StoredIncident | Refused:
    """The incident, if that person may see the case."""
    look = IncidentAct(incident.Act.LOOK, code, actor, now)
    judged = incident_acts.judged(conn, look)
    return judged if isinstance(judged, Refused) else judged[0]


def _judged(conn: Connection, row: ExportAct) -> tuple[StoredExport, State] | Refused:
    """The export as it was, and its state after that act, which is written down."""
    kept = conn.execute(_EXPORT, {"code": row.code}).first()
    if kept is None:
        return Refused("not_found")
    found, standing = _read(kept, incident_acts.recused(conn, kept.incident))
    state = judge(standing, row.act, row.actor, row.now)
    if not isinstance(state, State):
        return Refused(state)
    changed = t.exports.update().where(_e.code == row.code)
    conn.execute(changed.values(_values(row) | {"state": state}))
    _note(conn, row.now, row.actor.id, row.act.value, f"{row.code} {found.incident}")
    return found, state


def _values(row: ExportAct) -> dict[str, object]:
    if row.act is Act.HAND:
        return {"handed_at": row.now}
    values: dict[str, object] = {"answered_by": row.actor.id, "answered_at": row.now}
    if row.act is Act.AGREE:
        values["expires_at"] = row.now + AGREED_MS
    return values


def waiting(conn: Connection, school: str, now: int) -> list[tuple[StoredExport, Standing]]:
    """What of a school waits for somebody's word, newest first."""
    asked = _NEWEST_FIRST.where(_e.state == State.ASKED, _e.expires_at > now)
    return _with_standing(conn, conn.execute(asked, {"school": school}).all())


def of_incident(conn: Connection, school: str, code: str) -> list[tuple[StoredExport, Standing]]:
    """Every time a case was asked for, newest first."""
    asked = _NEWEST_FIRST.where(_e.incident == code)
    return _with_standing(conn, conn.execute(asked, {"school": school}).all())


def _with_standing(
    conn: Connection, rows: Sequence[Row[Any]]
) -> list[tuple[StoredExport, Standing]]:
    return [_read(row, incident_acts.recused(conn, row.incident)) for row in rows]


def _read(row: Row[Any], recused: frozenset[str]) -> tuple[StoredExport, Standing]:
    values: list[Any] = [*row]
    found = StoredExport(*values[:-1])
    state = State(found.state)
    return found, Standing(row.school, state, found.requested_by, found.expires_at, recused)


def _note(conn: Connection, now: int, who: str, step: str, about: str) -> None:
    audit.append(conn, [audit.Entry(now, who, f"export_{step}", about)])
