"""Exports as they stand in the tables, one or a list, with what the rules must know of each.

Queries for `Store.read`, used by `moderation/incidents/exports.py`; `locked` is for `exports.py`
beside this, which has the steps.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from moderation.incidents.export import Standing, State
from moderation.records import incident_acts, own_words
from moderation.records import tables as t


@dataclass(frozen=True, slots=True)
class StoredExport:
    """An export as the table knows it, but whose school it is."""

    code: str
    incident: str | None
    student: str | None
    erase: bool | None
    state: str
    sealed_why: bytes
    with_peer: bool
    requested_by: str
    requested_at: int
    expires_at: int
    answered_by: str | None
    answered_at: int | None
    handed_at: int | None


_e = t.exports.c
_COLUMNS = [_e[field.name] for field in fields(StoredExport)]
_EXPORT: Select[Any] = (
    select(*_COLUMNS, _e.school).where(_e.code == bindparam("code")).with_for_update()
)
_NEWEST_FIRST: Select[Any] = (
    select(*_COLUMNS, _e.school)
    .where(_e.school == bindparam("school"))
    .order_by(_e.requested_at.desc(), _e.code)
)


def locked(conn: Connection, code: str) -> tuple[StoredExport, Standing] | None:
    """The export of that code, which no other transaction changes until the end; for an act."""
    row = conn.execute(_EXPORT, {"code": code}).first()
    return None if row is None else _read(conn, row)


def waiting(conn: Connection, school: str, now: int) -> list[tuple[StoredExport, Standing]]:
    """What of a school waits for somebody's word, newest first."""
    asked = _NEWEST_FIRST.where(_e.state == State.ASKED, _e.expires_at > now)
    return [_read(conn, row) for row in conn.execute(asked, {"school": school}).all()]


def ready(conn: Connection, staff: str, now: int) -> list[str | None]:
    """What somebody asked for and may have now, newest first: each time the case, or None."""
    agreed = (
        select(_e.incident)
        .where(_e.requested_by == staff, _e.state == State.AGREED, _e.expires_at > now)
        .order_by(_e.requested_at.desc(), _e.code)
    )
    return list(conn.scalars(agreed))


def of_incident(conn: Connection, school: str, code: str) -> list[tuple[StoredExport, Standing]]:
    """Every time a case was asked for, newest first."""
    asked = _NEWEST_FIRST.where(_e.incident == code)
    return [_read(conn, row) for row in conn.execute(asked, {"school": school}).all()]


def of_students(conn: Connection, school: str) -> list[tuple[StoredExport, Standing]]:
    """Every time what one student wrote was asked for, newest first."""
    asked = _NEWEST_FIRST.where(_e.student.is_not(None))
    return [_read(conn, row) for row in conn.execute(asked, {"school": school}).all()]


def _read(conn: Connection, row: Row[Any]) -> tuple[StoredExport, Standing]:
    """An export, and what the rules need to know of it."""
    values: list[Any] = [*row]
    found = StoredExport(*values[:-1])
    standing = Standing(
        school=row.school,
        state=State(found.state),
        requested_by=found.requested_by,
        expires_at=found.expires_at,
        recused=_recused(conn, found),
        of_student=found.student is not None,
    )
    return found, standing


def _recused(conn: Connection, found: StoredExport) -> frozenset[str]:
    """Staff who may know the student; of what nobody agreed to, that would tell too much."""
    if found.student is not None:
        agreed = found.state in {State.AGREED, State.HANDED}
        return own_words.recused(conn, found.student) if agreed else frozenset()
    assert found.incident is not None
    return incident_acts.recused(conn, found.incident)
