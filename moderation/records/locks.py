"""Turns between nodes: what a transaction locks first, in one order; for this package only.

Over SQLite there is one writer and nothing to lock. Over PostgreSQL students come first, then
rooms, each in the order of their ids, then whatever belongs to them, incidents before their pages,
and the audit log last; two transactions that keep to that never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    String,
    any_,
    bindparam,
    cast,
    func,
    select,
)

from moderation.records import tables as t

MIGRATING = 7_205_701
"""Whoever holds this brings the tables up to date, those of all schools."""
_AUDITING = 7_205_702
ROTATING = 7_205_704
"""Whoever holds this seals everything anew under another master key."""
DRILLING = 7_205_703
"""Whoever holds this begins and ends drills."""
PLANNING = 7_205_705
"""Whoever holds this changes who is on call, or notes that somebody is."""


def is_any(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the list bound as `name`, in PostgreSQL.

    However long the list is, the statement is the same one, so that the server knows it already.
    """
    return column == any_(bindparam(name, type_=ARRAY(String)))


def _in_order(column: ColumnElement[str], wanted: ColumnElement[bool]) -> Select[str]:
    """A statement that locks the rows that are wanted, in the order of that column."""
    return select(column).where(wanted).order_by(column).with_for_update(key_share=True)


def _named(column: ColumnElement[str]) -> Select[str]:
    """The same for those whose column is one of the list bound as `ids`."""
    return _in_order(column, is_any(column, "ids"))


_ROOMS = _named(t.rooms.c.id)
_STUDENTS = _named(t.students.c.id)
_STAFF = _named(t.staff.c.id)
_INCIDENTS = _named(t.incidents.c.code)
_INCIDENTS_OF = _in_order(
    t.incidents.c.code,
    t.incidents.c.code.in_(select(t.pages.c.incident).where(is_any(t.pages.c.id, "pages"))),
)

_SCHOOL = func.hashtext(cast(func.current_user(), String))
_AUDIT = select(func.pg_advisory_xact_lock(_AUDITING, _SCHOOL))


def several_writers(conn: Connection) -> bool:
    """Whether other nodes may be writing at the same time."""
    return conn.dialect.name == "postgresql"


def rooms(conn: Connection, ids: Iterable[str | None]) -> None:
    """Let no other transaction change these rooms, or number anything in them, until the end."""
    _lock(conn, _ROOMS, (room for room in ids if room is not None))


def incidents(conn: Connection, codes: Iterable[str]) -> None:
    """Let no other transaction change these incidents until the end, if they are several."""
    wanted = set(codes)
    if len(wanted) > 1:
        _lock(conn, _INCIDENTS, wanted)


def incidents_of(conn: Connection, pages: Iterable[str]) -> None:
    """Let no other transaction change the incidents of these pages until the end."""
    if several_writers(conn):
        conn.execute(_INCIDENTS_OF, {"pages": list(pages)}).all()


def students(conn: Connection, ids: Iterable[str]) -> None:
    """Let no other transaction seat these students until the end."""
    _lock(conn, _STUDENTS, ids)


def staff(conn: Connection, ids: Iterable[str]) -> None:
    """Let no other transaction change what these have, factors and keys, until the end."""
    _lock(conn, _STAFF, ids)


def audit(conn: Connection) -> None:
    """Let no other transaction add to the school's audit log until the end."""
    if several_writers(conn):
        conn.execute(_AUDIT)


def take(conn: Connection, what: int) -> None:
    """Wait for, and have until the end of the transaction, what that number stands for.

    But for `MIGRATING` that is a matter of each school, and no other one waits.
    """
    if several_writers(conn):
        of = (what,) if what == MIGRATING else (what, _SCHOOL)
        conn.execute(select(func.pg_advisory_xact_lock(*of)))


def _lock(conn: Connection, statement: Select[str], ids: Iterable[str]) -> None:
    wanted = sorted(set(ids))
    if wanted and several_writers(conn):
        conn.execute(statement, {"ids": wanted}).all()
