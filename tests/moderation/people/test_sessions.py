from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from moderation.people.people import People
from moderation.people.sessions import Signed
from moderation.records import tables as t
from moderation.records.sessions import PAGES
from moderation.records.store import Store
from tests.moderation.people.conftest import PASSWORD, Clock, signed_in

_MINUTE, _HOUR = 60, 3600


async def test_understanding_is_remembered(people: People) -> None:
    """A session starts without having understood, and keeps it once it has."""
    token = await signed_in(people)
    first = await people.sessions.student(token)
    await people.sessions.understood(token)
    second = await people.sessions.student(token)
    assert isinstance(first, Signed)
    assert isinstance(second, Signed)
    assert (first.understood, second.understood) == (False, True)
    assert (first.band, first.barred_until) == ("all", None)


async def test_a_card_that_signs_in_on_and_on_fills_no_disk(
    people: People, store: Store, clock: Clock
) -> None:
    """The newest pages of a student stay; nobody else's is touched, and staff have any number."""
    one, other = await people.issue_cards(2)
    theirs = await people.sign_in_student(other) or ""
    tokens = []
    for _ in range(PAGES + 3):
        clock.now += 1
        tokens.append(await people.sign_in_student(one) or "")
    found = [await people.sessions.student(token) is not None for token in tokens]
    assert found == [False] * 3 + [True] * PAGES
    assert await people.sessions.student(theirs) is not None
    await people.add_staff("ann", "Ann", "moderator", PASSWORD)
    for _ in range(PAGES + 3):
        assert await people.sign_in_staff("ann", PASSWORD)
    assert await store.read(lambda conn: len(conn.execute(select(t.sessions)).all())) == 12


@pytest.mark.parametrize(
    ("kind", "idle", "longest"),
    [("student", 30 * _MINUTE, 8 * _HOUR), ("staff", 15 * _MINUTE, 12 * _HOUR)],
)
async def test_sessions_end_when_idle_and_in_any_case(
    people: People, clock: Clock, kind: str, idle: int, longest: int
) -> None:
    """A session lasts while it is used, not longer than its idle time, never beyond its limit."""
    if kind == "student":
        token = await signed_in(people)
    else:
        await people.add_staff("ann", "Ann", "safeguarding_lead", PASSWORD)
        token = await people.sign_in_staff("ann", PASSWORD) or ""
    look = people.sessions.student if kind == "student" else people.sessions.staff
    started = clock.now
    while clock.now - started + idle - 61 < longest:
        clock.now += idle - 61
        assert await look(token) is not None
        await people.sessions.understood(token)
    clock.now = started + longest
    assert await look(token) is None


async def test_an_idle_session_ends(people: People, clock: Clock) -> None:
    """Half an hour without use ends a student's session; a moment less does not."""
    token = await signed_in(people)
    clock.now += 30 * _MINUTE - 1
    assert await people.sessions.student(token) is not None
    token = await signed_in(people)
    clock.now += 30 * _MINUTE
    assert await people.sessions.student(token) is None


async def test_S8_a_session_whose_page_is_open_is_in_use_until_its_limit(
    people: People, clock: Clock
) -> None:
    """Noted from time to time, it outlives half an hour of talk, and ends after eight hours."""
    token = await signed_in(people)
    signed = await people.sessions.student(token)
    assert signed is not None
    started = clock.now
    for minute in range(1, 8 * 60):
        clock.now = started + minute * _MINUTE
        people.sessions.in_use([signed.session])
    await people.sessions.understood(token)
    assert await people.sessions.student(token) is not None
    clock.now = started + 8 * _HOUR
    assert await people.sessions.student(token) is None


async def test_use_is_written_at_most_once_a_minute(
    people: People, store: Store, clock: Clock
) -> None:
    """Looking at a session often writes nothing more than its last use, a minute apart."""
    token = await signed_in(people)

    def seen_at(conn: Connection) -> int:
        return int(conn.scalar(select(t.sessions.c.seen_at)) or 0)

    start = await store.read(seen_at)
    for passed, expected in ((59, 0), (60, 60), (100, 60), (120, 120)):
        clock.now = start / 1000 + passed
        await people.sessions.student(token)
        await people.sessions.understood(token)
        assert await store.read(seen_at) == start + expected * 1000


async def test_an_ended_session_is_over(people: People) -> None:
    """Signing out ends that session and no other; an unknown token is nobody's."""
    one, other = await signed_in(people), await signed_in(people)
    await people.sessions.end(one)
    await people.sessions.end("unknown")
    assert await people.sessions.student(one) is None
    assert await people.sessions.student(other) is not None
    assert await people.sessions.student("unknown") is None
    assert await people.sessions.student("\udcff") is None


async def test_a_students_token_is_no_staff_token(people: People) -> None:
    """Neither kind of token opens what the other opens."""
    await people.add_staff("ann", "Ann", "safeguarding_lead", PASSWORD)
    staff = await people.sign_in_staff("ann", PASSWORD)
    assert staff is not None
    assert await people.sessions.staff(await signed_in(people)) is None
    assert await people.sessions.student(staff) is None
