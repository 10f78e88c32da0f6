from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from moderation.identities import enrolment, lost_cards
from moderation.identities.enrolment import BadFile, Made, Roster
from moderation.identities.registry import Registry, Taken
from moderation.people.people import People
from moderation.records import identities, rooms
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.identities import EndTerm
from moderation.records.of_school import SchoolRecords
from moderation.records.refused import Refused
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.moderation.identities.test_enrolment import KEYS
from tests.moderation.records.sample import new_room

CSV = "name,class,number,band\nAnn Lee,9B,1001,year9\nBen Moss,9B,1002,year9\n"
NOW = 1_800_000_000.0


@dataclass
class School:
    store: Store
    people: People
    registry: Registry

    async def who(self, code: str) -> str | None:
        """The pseudonym a card opens now, through the same door as a student."""
        try:
            token = await self.people.sign_in_student(code)
        except Refused:
            return None
        signed = await self.people.sessions.student(token) if token else None
        return signed.who if signed else None


@pytest.fixture
async def school(store: Store) -> AsyncIterator[School]:
    records = SchoolRecords("elm", store, Vault(bytes(32)), lambda: NOW)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    people = People(records, hasher=quick)
    yield School(store, people, Registry(records))
    people.close()


def made(before: Roster | None = None, text: str = CSV) -> Made:
    return enrolment.enrol(enrolment.pupils_of(text), KEYS, secrets.token_bytes, before)


async def test_enrolled_cards_let_students_in(school: School) -> None:
    """Each card opens its own pseudonym; every pseudonym has its record and all its halves."""
    found = made()
    assert await school.registry.take(found.batch) == Taken(2, 3, 0, 0, 0)
    here = {await school.who(card.code) for card in found.cards}
    assert here == {one.pseudonym for one in found.batch.students}
    halves = await school.store.read(
        lambda conn: conn.scalar(select(func.count()).select_from(i.halves))
    )
    assert halves == 5 * len(KEYS)


async def test_taking_a_file_twice_changes_nothing(school: School) -> None:
    """Whoever is not sure whether it was imported imports it again."""
    found = made()
    await school.registry.take(found.batch)
    assert await school.registry.take(found.batch) == Taken(0, 0, 0, 0, 0)


async def test_a_card_is_stored_under_the_master_key_only(school: School) -> None:
    """A roster beside a stolen database names nobody: the digest itself stands nowhere."""
    found = made()
    await school.registry.take(found.batch)
    stored = set(await school.store.read(lambda conn: conn.scalars(select(t.cards.c.lookup)).all()))
    for one in found.batch.students:
        assert bytes.fromhex(one.card) not in stored
        assert one.card.encode() not in stored


async def test_a_bar_follows_a_lost_card(school: School) -> None:
    """The new card opens the same pseudonym, barred as it was; the old card and its page end."""
    first = made()
    await school.registry.take(first.batch)
    token = await school.people.sign_in_student(first.cards[0].code)
    barred = await school.who(first.cards[0].code)
    await _bar(school.store, barred, 9_999)
    again = lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes)
    for new in (1, 0):  # a second import of the same file does no harm
        assert await school.registry.take(again.batch) == Taken(0, 0, new, 0, 0)
    assert await school.who(first.cards[0].code) is None
    assert await school.people.sessions.student(token or "") is None
    assert await school.who(again.cards[0].code) == barred
    signed = await school.people.sessions.student(
        await school.people.sign_in_student(again.cards[0].code) or ""
    )
    assert signed is not None
    assert signed.barred_until == 9_999


@pytest.mark.parametrize("how", ["replaced", "out", "term"])
async def test_a_card_that_ends_while_somebody_comes_in_with_it_opens_nothing(
    school: School, how: str
) -> None:
    """It was looked up before, and no page of it is left that nobody would close."""
    first = made()
    await school.registry.take(first.batch)
    read = school.store.read
    batch = {
        "replaced": lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes).batch,
        "out": lost_cards.end(first.roster, "Ann Lee", ""),
        "term": made(first.roster).batch,
    }[how]

    async def then_it_ends(query: Callable[..., object], *args: object) -> object:
        found = await read(query, *args)
        school.store.read = read  # type: ignore[method-assign]
        await school.registry.take(batch, new_term=how == "term")
        return found

    school.store.read = then_it_ends  # type: ignore[method-assign, assignment]
    with pytest.raises(Refused, match="ended_card"):
        await school.people.sign_in_student(first.cards[0].code)
    live = select(t.sessions.c.who).where(t.sessions.c.ended_at.is_(None))
    assert await read(lambda conn: conn.execute(live).all()) == []


async def test_a_card_that_is_not_known_replaces_nothing(school: School) -> None:
    """A roster of another school makes no card here, and says so."""
    again = lost_cards.reissue(made().roster, "Ann Lee", "", secrets.token_bytes)
    assert (await school.registry.take(again.batch)).refused == ("unknown_card",)
    assert await school.who(again.cards[0].code) is None


async def test_a_card_is_taken_out_and_later_replaced(school: School) -> None:
    """Nobody comes in with it, its page ends, the log has the act; the next opens the same one."""
    first = made()
    await school.registry.take(first.batch)
    token = await school.people.sign_in_student(first.cards[0].code)
    ann = await school.who(first.cards[0].code)
    out = lost_cards.end(first.roster, "Ann Lee", "")
    for ended in (1, 0):  # a second import does no harm
        assert await school.registry.take(out) == Taken(0, 0, 0, ended, 0)
    assert await school.who(first.cards[0].code) is None
    assert await school.people.sessions.student(token or "") is None
    assert ann in {who for _, who in await school.people.sessions.ended_lately()}
    assert await school.who(first.cards[1].code) is not None
    again = lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes)
    await school.registry.take(again.batch)
    assert await school.who(again.cards[0].code) == ann
    log = await school.store.read(
        lambda conn: list(conn.execute(select(t.audit.c.act, t.audit.c.about)))
    )
    assert [tuple(row) for row in log] == [("card_ended", "a card"), ("card_replaced", "a card")]


@pytest.mark.parametrize("late", ["reissue", "end"])
async def test_of_a_card_that_was_replaced_nothing_is_done_again(school: School, late: str) -> None:
    """By an older roster; the newest card goes on."""
    first = made()
    await school.registry.take(first.batch)
    again = lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes)
    await school.registry.take(again.batch)
    batch = lost_cards.end(first.roster, "Ann Lee", "")
    if late == "reissue":
        batch = lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes).batch
    assert await school.registry.take(batch) == Taken(0, 0, 0, 0, 0, ("replaced_card",))
    assert await school.who(again.cards[0].code) is not None


async def test_a_card_of_a_term_that_is_over_is_not_replaced(school: School) -> None:
    """A pupil has one working card: the pseudonym of the term before does not come back."""
    first = made()
    await school.registry.take(first.batch)
    await school.registry.take(made(first.roster).batch, new_term=True)
    again = lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes)
    assert (await school.registry.take(again.batch)).refused == ("past_card",)
    assert await school.who(again.cards[0].code) is None


@pytest.mark.parametrize(("days", "code"), [(30, None), (31, "past_card")])
async def test_a_card_is_replaced_while_its_identity_is_kept(
    school: School, days: int, code: str | None
) -> None:
    """Taken out longer ago, it would open a student of whom nobody could find out who it is."""
    first = made()
    await school.registry.take(first.batch)
    await school.registry.take(lost_cards.end(first.roster, "Ann Lee", ""))
    again = lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes)
    later = SchoolRecords("elm", school.store, Vault(bytes(32)), lambda: NOW + days * 86_400)
    taken = await Registry(later).take(again.batch)
    assert taken.refused == (() if code is None else (code,))


async def test_of_two_who_replace_a_card_at_once_one_does(school: School) -> None:
    """One new card works, the other's officer is told."""
    first = made()
    await school.registry.take(first.batch)
    both = [lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes) for _ in "ab"]
    taken = await asyncio.gather(*(school.registry.take(one.batch) for one in both))
    assert sorted(one.refused for one in taken) == [(), ("replaced_card",)]
    works = [await school.who(one.cards[0].code) is not None for one in both]
    assert works == [one.reissued == 1 for one in taken]


async def test_nodes_replace_a_card_once(nodes: list[Store]) -> None:
    """Also where each has a connection of its own."""
    first = made()
    registries = [
        Registry(SchoolRecords("elm", node, Vault(bytes(32)), lambda: NOW)) for node in nodes
    ]
    await registries[0].take(first.batch)
    batches = [
        lost_cards.reissue(first.roster, "Ann Lee", "", secrets.token_bytes).batch for _ in nodes
    ]
    taken = await asyncio.gather(
        *(registry.take(batch) for registry, batch in zip(registries, batches, strict=True))
    )
    assert sorted(one.refused for one in taken) == [(), ("replaced_card",), ("replaced_card",)]
    working = select(func.count()).select_from(t.cards).where(t.cards.c.revoked_at.is_(None))
    assert await nodes[0].read(lambda conn: conn.scalar(working)) == 2


async def test_a_chat_with_a_peer_ends_with_the_card(school: School) -> None:
    """Whoever has it may have been talking; a room with staff alone waits for the new card."""
    first = made()
    await school.registry.take(first.batch)
    ann, ben = [await school.who(card.code) or "" for card in first.cards]
    both, alone = new_room(ann, ben), new_room(ben, "")
    await school.store.write(rooms.open_rooms, both)
    await school.registry.take(lost_cards.end(first.roster, "Ann Lee", ""))
    found = await school.store.read(rooms.room, both.id)
    assert found is not None
    assert found.ended_why == "left"
    await school.store.write(rooms.open_rooms, replace(alone, seats=alone.seats[:1]))
    await school.registry.take(lost_cards.end(first.roster, "Ben Moss", ""))
    assert await school.store.read(rooms.open_room_of, ben) == alone.id


async def test_a_new_term_has_new_pseudonyms_and_the_old_bars(school: School) -> None:
    """Old cards stop, whoever was barred still is, and nothing links the old name to the new."""
    first = made()
    await school.registry.take(first.batch)
    old = await school.who(first.cards[1].code)
    await _bar(school.store, old, 9_999)
    after = made(first.roster)
    taken = await school.registry.take(after.batch, new_term=True)
    assert (taken.students, taken.closed) == (2, 2)
    assert [await school.who(card.code) for card in first.cards] == [None, None]
    new = await school.who(after.cards[1].code)
    assert new not in {None, old}
    assert await _barred(school.store, new) == 9_999
    assert await _barred(school.store, await school.who(after.cards[0].code)) is None


async def test_no_term_begins_for_nobody(school: School) -> None:
    """The file of a lost card, imported as a new term by mistake, ends nobody's card."""
    found = made()
    await school.registry.take(found.batch)
    again = lost_cards.reissue(found.roster, "Ann Lee", "", secrets.token_bytes)
    with pytest.raises(BadFile, match="no pupils"):
        await school.registry.take(again.batch, new_term=True)
    assert None not in {await school.who(card.code) for card in found.cards}


async def _bar(store: Store, student: str | None, until: int) -> None:
    change = t.students.update().where(t.students.c.id == student).values(barred_until=until)
    await store.write(lambda conn, rows: [conn.execute(change) and None for _ in rows], None)


async def _barred(store: Store, student: str | None) -> int | None:
    query = select(t.students.c.barred_until).where(t.students.c.id == student)
    return await store.read(lambda conn: conn.scalar(query))


async def test_a_term_ends_for_every_pupil_however_many(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many are named in one statement, and as many statements as it takes are made."""
    monkeypatch.setattr(identities, "AT_ONCE", 2)
    text = "name,class,number,band\n" + "".join(f"Pupil {n},9B,{n},year9\n" for n in range(5))
    found = made(text=text)
    await school.registry.take(found.batch)
    assert await school.store.write(identities.end_term, EndTerm("elm", frozenset(), 9)) == 5
    assert [await school.who(card.code) for card in found.cards] == [None] * 5
