"""Rows that tests put into a database: two students, their rooms, what they say."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection

from moderation.ids import new_id
from moderation.records import incidents, items, people, rooms
from moderation.records import tables as t
from moderation.records.messages import Spoken
from moderation.records.store import Store

SCHOOL = "elm"
ONLY_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""Marks a test of how a SQLite file is kept; what every database must do is tested on each."""
_moments = itertools.count(1_790_000_000_000_000)


def add_students(conn: Connection, rows: Sequence[str]) -> list[None]:
    """Students by id alone."""
    conn.execute(
        t.students.insert(), [{"id": row, "school": SCHOOL, "band": "all"} for row in rows]
    )
    return [None] * len(rows)


async def add_staff(store: Store, login: str, role: str, *, contacts: int = 0) -> str:
    """A member of staff with that many sealed contacts; answers the id."""
    row = people.NewStaff(new_id(), SCHOOL, login, login.title(), role, "no hash")
    staff = await store.write(people.add_staff, row)
    for _ in range(contacts):
        contact = people.NewContact(new_id(), login, "mail", b"sealed", added_at=1_000)
        await store.write(people.add_contacts, contact)
    return staff


def new_room(one: str, other: str, room: str | None = None) -> rooms.NewRoom:
    """A room of two students."""
    seats = ((one, "Otter"), (other, "Wren"))
    return rooms.NewRoom(room or new_id(), SCHOOL, "mood", "0" * 16, 1_000, b"wrapped", seats)


async def open_room(store: Store) -> str:
    """A room of two fresh students; answers its id."""
    one, other = new_id(), new_id()
    await store.write(add_students, one)
    await store.write(add_students, other)
    row = new_room(one, other)
    await store.write(rooms.open_rooms, row)
    return row.id


def spoken(
    room: str,
    *,
    seat: int = 0,
    cid: str | None = None,
    state: str = "released",
    after: tuple[str, ...] = (),
    item: items.NewItem | None = None,
    incident: incidents.NewIncident | None = None,
) -> Spoken:
    """A message about nothing, later than every one before it."""
    return Spoken(
        mid=new_id(),
        room=room,
        seat=seat,
        cid=cid or new_id(),
        sealed=b"sealed",
        sealed_shown=None,
        state=state,
        said_at=next(_moments),
        attention=0,
        delivery=3 if state == "held" else 0,
        findings=None,
        version="rules-1",
        item=item,
        incident=incident,
        after=after,
    )


def new_item(room: str | None, mid: str | None = None, **changes: object) -> items.NewItem:
    """Something for a moderator to look at."""
    values: dict[str, object] = {
        "id": new_id(),
        "school": SCHOOL,
        "room": room,
        "seat": 0,
        "mid": mid,
        "kind": "message",
        "category": "bullying",
        "attention": 1,
        "held": False,
        "since": 1_000,
        "escalate_at": 61_000,
    }
    return items.NewItem(**{**values, **changes})  # type: ignore[arg-type]


def new_incident(room: str | None, code: str, seat: int = 0) -> incidents.NewIncident:
    """A child who may be in danger."""
    return incidents.NewIncident(code, SCHOOL, room, seat, "suicide", 2_000)


def resolve(conn: Connection, rows: Sequence[str]) -> list[None]:
    """The incidents with these codes have an outcome."""
    over = t.incidents.update().where(t.incidents.c.code.in_(rows)).values(state="resolved")
    conn.execute(over)
    return [None] * len(rows)
