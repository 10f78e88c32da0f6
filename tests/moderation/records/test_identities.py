from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from moderation.identities import enrolment
from moderation.identities.enrolment import BadFile, Made, Roster
from moderation.identities.registry import Registry, Taken
from moderation.people.people import People
from moderation.records import identities
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.identities import EndTerm
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.moderation.identities.test_enrolment import KEYS

CSV = "name,class,number,band\nAnn Lee,9B,1001,year9\nBen Moss,9B,1002,year9\n"
NOW = 1_800_000_000.0


@dataclass
class School:
    store: Store
    people: People
    registry: Registry

    async def who(self, code: str) -> str | None:
        """The pseudonym a card opens now, through the same door as a student."""
        token = await self.people.sign_in_student(code)
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
    again = enrolment.reissue(first.roster, "Ann Lee", "", secrets.token_bytes)
    for new in (1, 1):  # a second import of the same file does no harm
        assert await school.registry.take(again.batch) == Taken(0, 0, new, 0, 0)
    assert await school.who(first.cards[0].code) is None
    assert await school.people.sessions.student(token or "") is None
    assert await school.who(again.cards[0].code) == barred
    signed = await school.people.sessions.student(
        await school.people.sign_in_student(again.cards[0].code) or ""
    )
    assert signed is not None
    assert signed.barred_until == 9_999


async def test_a_card_that_is_not_known_replaces_nothing(school: School) -> None:
    """A roster of another school makes no card here, and says so."""
    again = enrolment.reissue(made().roster, "Ann Lee", "", secrets.token_bytes)
    assert (await school.registry.take(again.batch)).unknown == 1
    assert await school.who(again.cards[0].code) is None


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
    again = enrolment.reissue(found.roster, "Ann Lee", "", secrets.token_bytes)
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
