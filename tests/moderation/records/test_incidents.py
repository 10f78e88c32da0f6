from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from moderation.incidents.gravity import ATTEMPT
from moderation.records import people
from moderation.records import tables as t
from moderation.records.incidents import THERE_MS, ReadThere, raise_incidents, read_there
from moderation.records.store import Store
from tests.moderation.records.sample import add_staff, new_incident, open_room


def incidents(conn: Connection) -> list[tuple[object, ...]]:
    """Code, state, count, round and due time of every incident."""
    c = t.incidents.c
    query = select(c.code, c.state, c.count, c.round, c.due_at).order_by(c.code)
    return [tuple(row) for row in conn.execute(query)]


def paged(conn: Connection) -> list[tuple[object, ...]]:
    """Login, round, state and due time of every page."""
    query = (
        select(t.staff.c.login, t.pages.c.round, t.pages.c.state, t.pages.c.due_at)
        .join(t.contacts, t.contacts.c.id == t.pages.c.contact)
        .join(t.staff, t.staff.c.id == t.contacts.c.staff)
        .order_by(t.staff.c.login)
    )
    return [tuple(row) for row in conn.execute(query)]


async def test_everybody_on_call_is_paged_over_every_contact(store: Store) -> None:
    """A new incident is due at once, with a page for each contact of each adult on call."""
    await add_staff(store, "ann", "counsellor", contacts=2)
    await add_staff(store, "bob", "safeguarding_lead", contacts=1)
    await add_staff(store, "cyd", "moderator", contacts=1)
    await add_staff(store, "dan", "counsellor", contacts=1)
    await store.write(people.disable, people.Disable("dan", 1))
    room = await open_room(store)
    assert await store.write(raise_incidents, new_incident(room, "ABC-2345")) == "ABC-2345"
    assert await store.read(incidents) == [("ABC-2345", "open", 1, 0, 2_000)]
    expected = [(login, 0, "pending", 2_000) for login in ("ann", "ann", "bob")]
    assert await store.read(paged) == expected


async def test_one_child_in_danger_is_one_incident(store: Store) -> None:
    """While it is unresolved, the same seat of the same room counts up and pages nobody anew."""
    await add_staff(store, "ann", "counsellor", contacts=1)
    room, other = await open_room(store), await open_room(store)
    raised = [
        await store.write(raise_incidents, row)
        for row in (
            new_incident(room, "AAA-2222"),
            new_incident(room, "BBB-2222"),
            new_incident(room, "CCC-2222", seat=1),
            new_incident(other, "DDD-2222"),
        )
    ]
    assert raised == ["AAA-2222", "AAA-2222", "CCC-2222", "DDD-2222"]
    assert [row[2] for row in await store.read(incidents)] == [2, 1, 1]
    assert len(await store.read(paged)) == 3


async def test_P8_an_incident_is_called_by_the_gravest_that_was_heard(store: Store) -> None:
    """Who asked for a person and then says why is shown to adults as what they said."""
    room = await open_room(store)
    for category in ("help", "self_harm", "suicide", "bullying", "fault", "unattended"):
        row = replace(new_incident(room, "AAA-2222"), category=category)
        await store.write(raise_incidents, row)
    called = await store.read(lambda conn: conn.execute(select(t.incidents.c.category)).all())
    assert called == [("suicide",)]


async def test_a_resolved_incident_is_not_reopened(store: Store) -> None:
    """After it is resolved, the same seat raises a new incident with pages of its own."""
    await add_staff(store, "ann", "counsellor", contacts=1)
    room = await open_room(store)
    await store.write(raise_incidents, new_incident(room, "AAA-2222"))

    def resolve(conn: Connection, rows: list[str]) -> list[None]:
        conn.execute(t.incidents.update().values(state="resolved"))
        return [None] * len(rows)

    await store.write(resolve, "")
    assert await store.write(raise_incidents, new_incident(room, "BBB-2222")) == "BBB-2222"
    assert len(await store.read(paged)) == 2


async def test_incidents_outside_any_room_are_never_one(store: Store) -> None:
    """Without a room nobody can tell whether it is the same child, so each stands alone."""
    codes = [
        await store.write(raise_incidents, new_incident(None, code))
        for code in ("AAA-2222", "BBB-2222")
    ]
    assert codes == ["AAA-2222", "BBB-2222"]


async def test_P12_what_is_read_in_the_room_leaves_its_adult_the_time_they_had(
    store: Store,
) -> None:
    """Told anew, the holder who is there has half a minute; read, as long as before."""
    ann = await add_staff(store, "ann", "counsellor", contacts=1)
    room = await open_room(store)
    await store.write(raise_incidents, new_incident(room, "ABC-2345"))

    def take(conn: Connection, rows: Sequence[str]) -> list[None]:
        values = {"state": "with_student", "acknowledged_by": rows[0], "acknowledged_at": 2_000}
        conn.execute(t.incidents.update().values(**values, due_at=3_602_000))
        return [None]

    await store.write(take, ann)
    graver = replace(new_incident(room, "ABC-2345"), category=ATTEMPT, at=9_000)
    await store.write(raise_incidents, replace(graver, there=frozenset({ann})))
    found = []
    for read_to in (8_999, 9_000):
        await store.write(read_there, ReadThere(room, ann, read_to, 600_000, 3_600_000))
        found += [due_at for *_, due_at in await store.read(incidents)]
    assert found == [9_000 + THERE_MS, 3_602_000]
