"""Which adults the students of a room were told to expect and have not met, for a room reloaded.

Queries for `Store.read`, used by `chat/rooms/`; `concerned` and `kept_for` are for `leaving.py`
beside this, `LURES` for `own_words.py`. Students are told of an adult when their own words called
one, and not when staff or a second opinion did; so after a restart too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, or_, select, union, union_all
from sqlalchemy.sql.expression import literal_column

from moderation.records import log
from moderation.records import tables as t
from moderation.terms import Attention, Category

_ACKNOWLEDGED = t.incidents.c.state == "acknowledged"
_COMING = select(
    t.incidents.c.seat,
    literal_column("1").label("adult"),
    case((_ACKNOWLEDGED, 1), else_=0).label("answered"),
).where(
    t.incidents.c.room == bindparam("of"),
    t.incidents.c.seat.is_not(None),
    t.incidents.c.state.in_(("open", "acknowledged")),
    t.incidents.c.told,
)
_TAKEN = (
    select(t.incidents.c.code)
    .where(
        t.incidents.c.room == t.items.c.room, t.incidents.c.seat == t.items.c.seat, _ACKNOWLEDGED
    )
    .exists()
)
_ASKED = select(
    t.items.c.seat,
    literal_column("0").label("adult"),
    case((_TAKEN, 1), else_=0).label("answered"),
).where(
    t.items.c.school == bindparam("school"),  # by which what is not done yet is found
    t.items.c.room == bindparam("of"),
    t.items.c.seat.is_not(None),
    t.items.c.kind == "help",
    t.items.c.claimed_by.is_(None),
    t.items.c.done_at.is_(None),
)
_CALLED = union_all(_ASKED, _COMING)
_UNRESOLVED = t.incidents.c.state != "resolved"
_HELPING = (
    select(t.items.c.seat)
    .outerjoin(t.incidents, t.incidents.c.code == t.items.c.incident)
    .where(
        t.items.c.school == bindparam("school"),
        t.items.c.room == bindparam("of"),
        t.items.c.kind == "help",
        t.items.c.done_at.is_(None),
        or_(t.items.c.incident.is_(None), _UNRESOLVED),
    )
)
_CARED_FOR = select(t.incidents.c.seat).where(t.incidents.c.room == bindparam("of"), _UNRESOLVED)
_GOES_ON = union(_HELPING, _CARED_FOR)
_AMONG = (
    select(t.messages.c.n)
    .where(
        log.in_room(t.items.c.room),
        t.messages.c.mid == t.items.c.mid,
        or_(
            *(
                t.messages.c.findings.contains(
                    f'"category":"{Category.EXPLOITATION}","attention":{each:d}'
                )
                for each in (Attention.QUEUE, Attention.PAGE)
            )
        ),
    )
    .exists()
)
LURES = or_(
    t.incidents.c.category == Category.EXPLOITATION,
    select(t.items.c.id)
    .where(
        t.items.c.room == t.incidents.c.room,  # by which it is found
        t.items.c.incident == t.incidents.c.code,
        or_(t.items.c.category == Category.EXPLOITATION, _AMONG),
    )
    .exists(),
)
"""Whether in an incident somebody may have lured the other one, even if something graver was heard
as well, after which the incident is called, or the item, where one message says both."""
_LURED = select(1 - t.incidents.c.seat).where(
    t.incidents.c.room == bindparam("of"), _UNRESOLVED, t.incidents.c.seat.is_not(None), LURES
)

_ROOM = select(t.incidents.c.room).where(t.incidents.c.code == bindparam("code"))
_ANSWERS = select(t.incidents.c.seat, _ACKNOWLEDGED).where(
    t.incidents.c.room == bindparam("of"),
    t.incidents.c.seat.is_not(None),
    t.incidents.c.state.in_(("open", "acknowledged")),
)


@dataclass(frozen=True, slots=True)
class Called:
    """A seat that asked for a person nobody sent yet, or that an adult was paged about.

    `answered`: an adult has an incident of that seat.
    """

    seat: int
    adult: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """How the calls of a room stand.

    `incidents` are the seats with one no adult is with the student about, and if somebody has it;
    `go_on` those with a call, of whatever kind, that nobody has finished yet.
    """

    incidents: tuple[tuple[int, bool], ...]
    go_on: frozenset[int]


def called(conn: Connection, room: str, school: str) -> list[Called]:
    """Whom the seats of a room wait for: anybody first, then an adult."""
    given = {"of": room, "school": school}
    found = [
        Called(int(row.seat), bool(row.adult), bool(row.answered))
        for row in conn.execute(_CALLED, given)
    ]
    return sorted(found, key=lambda each: (each.adult, each.answered))


def room_of(conn: Connection, code: str) -> str | None:
    """The room of an incident, if it has one."""
    found: str | None = conn.scalar(_ROOM, {"code": code})
    return found


def answers(conn: Connection, room: str, school: str) -> Answers:
    """How the calls of a room stand."""
    found = conn.execute(_ANSWERS, {"of": room})
    return Answers(
        tuple((int(seat), bool(has_it)) for seat, has_it in found),
        frozenset(seat for seat in concerned(conn, room, school) if seat is not None),
    )


def concerned(conn: Connection, room: str, school: str) -> frozenset[int | None]:
    """Whom the calls of a room that nobody has finished are about; None is nobody in particular."""
    return frozenset(conn.scalars(_GOES_ON, {"of": room, "school": school}))


def kept_for(conn: Connection, room: str, school: str) -> frozenset[int | None]:
    """The same, and whom the other one may have lured: an adult wants to find them as well."""
    lured: Sequence[int] = conn.scalars(_LURED, {"of": room}).all()
    return concerned(conn, room, school).union(lured)
