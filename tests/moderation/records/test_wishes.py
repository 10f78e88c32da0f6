from __future__ import annotations

from sqlalchemy import select

from moderation.records import cases
from moderation.records import tables as t
from moderation.records.incidents import raise_incidents
from moderation.records.store import Store
from moderation.records.wishes import Wish, Wished, wish, wished
from tests.moderation.records.sample import SCHOOL, new_incident, open_room, resolve


def said(room: str, *, seat: int = 0, at: int = 3_000, **answers: str) -> Wish:
    """Answers of a seat."""
    return Wish(room, seat, SCHOOL, at, answers.get("meet"), answers.get("barrier"))


async def times(store: Store) -> list[int | None]:
    """When each unresolved incident was last answered about."""
    return [one.wished_at for one in await store.read(cases.unresolved, SCHOOL)]


async def test_S10_the_last_answer_counts_and_leaves_the_other_as_it_was(store: Store) -> None:
    """Each question is answered alone, and again; what is kept is read back."""
    room = await open_room(store)
    await store.write(raise_incidents, new_incident(room, "AAA-2222"))
    assert await store.read(wished, room, 0, SCHOOL) == Wished(None, None)
    assert await store.write(wish, said(room, meet="chat")) == Wished("chat", None)
    assert await store.write(wish, said(room, barrier="told")) == Wished("chat", "told")
    assert await store.write(wish, said(room, meet="any")) == Wished("any", "told")
    assert await store.read(wished, room, 0, SCHOOL) == Wished("any", "told")


async def test_S10_the_same_answer_again_changes_nothing(store: Store) -> None:
    """The time of an answer is that of the last one that was new, so nobody is told twice."""
    room = await open_room(store)
    await store.write(raise_incidents, new_incident(room, "AAA-2222"))
    assert await times(store) == [None]
    await store.write(wish, said(room, at=3_000, meet="chat"))
    await store.write(wish, said(room, at=4_000, meet="chat"))
    await store.write(wish, said(room, at=5_000))
    assert await times(store) == [3_000]


async def test_S10_only_the_seat_the_incident_is_about_is_heard(store: Store) -> None:
    """The peer, another room and another school get nothing and change nothing."""
    room, other = await open_room(store), await open_room(store)
    await store.write(raise_incidents, new_incident(room, "AAA-2222"))
    strangers = (
        said(room, seat=1, meet="chat"),
        said(other, meet="chat"),
        Wish(room, 0, "oak", 3_000, "chat", None),
    )
    for row in strangers:
        assert await store.write(wish, row) is None
    assert await store.read(wished, room, 1, SCHOOL) is None
    assert await times(store) == [None]


async def test_S10_after_the_outcome_nothing_more_is_taken_and_nothing_is_lost(
    store: Store,
) -> None:
    """What was answered stays in a resolved incident as it was."""
    room = await open_room(store)
    await store.write(raise_incidents, new_incident(room, "AAA-2222"))
    await store.write(wish, said(room, meet="person", barrier="none"))
    await store.write(resolve, "AAA-2222")
    assert await store.write(wish, said(room, meet="chat")) is None
    kept = select(t.incidents.c.meet, t.incidents.c.barrier)
    found = await store.read(lambda conn: conn.execute(kept).one())
    assert tuple(found) == ("person", "none")
