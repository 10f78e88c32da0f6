from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select

from moderation.ids import new_id
from moderation.records import database, rooms, sessions
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.identities import EndTerm, NewIdentity, end_term, enrol
from moderation.records.incidents import raise_incidents
from moderation.records.purge import MOST, Purge, Purged, purge
from moderation.records.store import Store
from tests.moderation.records.sample import (
    ONLY_SQLITE,
    SCHOOL,
    add_students,
    new_incident,
    new_room,
    open_room,
)

_HOUR = 3_600_000


async def key_of(store: Store, room: str) -> bytes | None:
    """The wrapped key of a room."""
    found = await store.read(rooms.room, room)
    assert found is not None
    return found.wrapped_key


async def test_keys_go_when_rooms_are_long_over(store: Store) -> None:
    """A key is destroyed once its hours are over; of open and younger rooms it is kept."""
    old, young, open_ = [await open_room(store) for _ in range(3)]
    await store.write(rooms.end_rooms, rooms.EndRoom(old, 1 * _HOUR, "left"))
    await store.write(rooms.end_rooms, rooms.EndRoom(young, 2 * _HOUR, "left"))
    assert await store.write(purge, Purge(SCHOOL, 74 * _HOUR)) == Purged(words=1)
    assert [await key_of(store, room) for room in (old, young, open_)] == [
        None,
        b"wrapped",
        b"wrapped",
    ]
    assert await store.write(purge, Purge(SCHOOL, 74 * _HOUR)) == Purged()


async def test_an_unresolved_incident_holds_the_key(store: Store) -> None:
    """While anybody may need the words, they stay readable; once it is resolved they go."""
    room = await open_room(store)
    await store.write(rooms.end_rooms, rooms.EndRoom(room, 1, "left"))
    await store.write(raise_incidents, new_incident(room, "ABC-2345"))
    await store.write(purge, Purge(SCHOOL, 1_000 * _HOUR))
    assert await key_of(store, room) == b"wrapped"

    def resolve(conn: Connection, rows: list[str]) -> list[None]:
        conn.execute(t.incidents.update().values(state="resolved"))
        return [None] * len(rows)

    await store.write(resolve, "")
    await store.write(purge, Purge(SCHOOL, 1_000 * _HOUR))
    assert await key_of(store, room) is None


async def test_old_sessions_are_deleted(store: Store) -> None:
    """Sessions go a day after they ended or were last used; others stay."""
    for name, at in ((b"idle", 1 * _HOUR), (b"ended", 26 * _HOUR), (b"live", 26 * _HOUR)):
        await store.write(sessions.open_sessions, sessions.NewSession(name, "student", "a", at))
    await store.write(sessions.end_sessions, sessions.EndSession(b"ended", 1 * _HOUR))
    assert await store.write(purge, Purge(SCHOOL, 26 * _HOUR)) == Purged(sessions=2)


@ONLY_SQLITE
async def test_K13_a_destroyed_key_is_nowhere_in_the_files(store: Store, store_url: str) -> None:
    """After purge and scrub neither the database nor its log holds the key's bytes."""
    key = b"these bytes unlock a conversation"
    for student in ("ann", "bob"):
        await store.write(add_students, student)
    row = new_room("ann", "bob")
    await store.write(
        rooms.open_rooms,
        rooms.NewRoom(row.id, row.school, row.topic, row.epoch, row.at, key, row.seats),
    )
    await store.scrub()
    assert key in contents(store_url)
    await store.write(rooms.end_rooms, rooms.EndRoom(row.id, 1, "left"))
    await store.write(purge, Purge(SCHOOL, 1_000 * _HOUR))
    await store.scrub()
    assert key not in contents(store_url)


def contents(url: str) -> bytes:
    """All bytes of the database's files."""
    file = database.file_of(url)
    return b"".join(Path(f"{file}{end}").read_bytes() for end in ("", "-wal"))


async def test_identities_go_a_month_after_the_term(store: Store) -> None:
    """Sealed records of students whose cards ended are deleted, unless an incident needs them."""
    held, over, here = new_id(), new_id(), new_id()
    for student in (held, over, here):
        row = NewIdentity(
            student, SCHOOL, "all", student.encode(), None, b"sealed", (("a", "K", b"half"),), 1
        )
        await store.write(enrol, row)
    room = new_room(held, here)
    await store.write(rooms.open_rooms, room)
    await store.write(raise_incidents, new_incident(room.id, "ABC-2345"))
    await store.write(end_term, EndTerm(SCHOOL, frozenset({here.encode()}), 1 * _HOUR))
    month = 30 * 24 * _HOUR

    async def kept() -> set[str]:
        query = select(i.identities.c.student)
        return set(await store.read(lambda conn: conn.scalars(query).all()))

    assert (await store.write(purge, Purge(SCHOOL, month))).identities == 0
    assert (await store.write(purge, Purge(SCHOOL, month + 2 * _HOUR))).identities == 1
    assert await kept() == {held, here}
    halves = await store.read(lambda conn: conn.scalars(select(i.halves.c.student)).all())
    assert set(halves) == {held, here}


async def test_the_identities_of_a_large_term_go_some_at_a_time(store: Store) -> None:
    """Neither does a statement name too many, nor does anything else wait until all are gone."""
    ids = [f"student {n}" for n in range(MOST + 1)]

    def enrolled(conn: Connection, rows: list[str]) -> list[None]:
        there = [{"id": one, "school": SCHOOL, "band": "all"} for one in ids]
        conn.execute(t.students.insert(), there)
        kept = {"sealed": b"sealed", "canary": False, "imported_at": 1}
        conn.execute(i.identities.insert(), [{"student": one, **kept} for one in ids])
        return [None] * len(rows)

    await store.write(enrolled, "")
    first, second = [await store.write(purge, Purge(SCHOOL, 1_000 * _HOUR)) for _ in range(2)]
    assert (first.identities, first.more) == (MOST, True)
    assert (second.identities, second.more) == (1, False)


async def test_pseudonyms_of_a_past_term_go_once_nothing_names_them(store: Store) -> None:
    """With their cards, and with who was never to meet them; a working card or a bar keeps one."""
    ended, working, barred, seated = "ended", "working", "barred", "seated"
    month = 31 * 24 * _HOUR

    def enrolled(conn: Connection, rows: list[str]) -> list[None]:
        everybody = (ended, working, barred, seated, "canary")
        until = {barred: 9 * month, working: None}
        for one in everybody:
            row = {"id": one, "school": SCHOOL, "band": "all", "barred_until": until.get(one)}
            conn.execute(t.students.insert(), row)
        for one in everybody[:4]:
            revoked_at = None if one == working else _HOUR
            card = {"lookup": one.encode(), "student": one, "issued_at": 1}
            conn.execute(t.cards.insert(), card | {"revoked_at": revoked_at})
        for other in (working, barred):
            one, two = sorted((ended, other))
            conn.execute(t.blocks.insert(), {"one": one, "other": two, "at": 1})
        both = sorted((barred, seated))
        conn.execute(t.blocks.insert(), {"one": both[0], "other": both[1], "at": 1})
        return [None] * len(rows)

    await store.write(enrolled, "")
    await store.write(rooms.open_rooms, new_room(seated, working))

    async def there() -> list[set[str]]:
        queries = [select(t.students.c.id), select(t.cards.c.student), select(t.blocks.c.other)]
        found = [await store.read(lambda conn, q=q: conn.scalars(q).all()) for q in queries]
        return [set(one) for one in found]

    assert (await store.write(purge, Purge(SCHOOL, month - 24 * _HOUR))).pseudonyms == 0
    assert (await store.write(purge, Purge(SCHOOL, month))).pseudonyms == 1
    left = {working, barred, seated}
    assert await there() == [left | {"canary"}, left, {seated}]
    assert (await store.write(purge, Purge(SCHOOL, 9 * month + 1))).pseudonyms == 1
    assert await there() == [{working, seated, "canary"}, {working, seated}, set()]
