from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, select

from moderation.people.accounts import Terms
from moderation.people.people import People, Signed, StaffMember
from moderation.records import tables as t
from moderation.records.people import LoginTaken, NoSuchStaff
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.roles import Role

_MINUTE, _HOUR = 60, 3600
PASSWORD = "a long and quiet evening"


class Clock:
    """A clock that stands still until it is told; sleeping moves it on."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Note the pause and let it pass."""
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store open on an empty database."""
    opened = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


def people_of(store: Store, clock: Clock, school: str = "elm") -> People:
    """Everybody of a school, with a hasher quick enough for tests."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    vault = Vault(bytes(range(32)))
    terms = Terms(second_factor=False)
    return People(store, vault, clock, school, terms=terms, hasher=hasher, sleep=clock.sleep)


@pytest.fixture
def people(store: Store, clock: Clock) -> People:
    """Everybody of one school."""
    return people_of(store, clock)


async def signed_in(people: People) -> str:
    """The token of a student with a fresh card."""
    (card,) = await people.issue_cards(1)
    token = await people.sign_in_student(card)
    assert token is not None
    return token


async def test_a_card_opens_one_pseudonym_however_it_is_typed(people: People) -> None:
    """The same card is the same pseudonym each time, another card another one."""
    one, other = await people.issue_cards(2)
    tokens = [
        await people.sign_in_student(typed)
        for typed in (one, one.lower().replace("-", " "), one.replace("0", "O"), other)
    ]
    found = [await people.student(token) for token in tokens if token is not None]
    who = [signed.who for signed in found if signed is not None]
    assert who[0] == who[1] == who[2] != who[3]
    assert len({signed.session for signed in found if signed is not None}) == 4


async def test_a_wrong_card_opens_nothing(people: People, store: Store, clock: Clock) -> None:
    """An unknown code, no code at all, a revoked card or another school's card gives no token."""
    (card,) = await people.issue_cards(1)
    wrong = card[:-1] + ("0" if card[-1] != "0" else "1")
    for typed in (wrong, "", "not a code"):
        assert await people.sign_in_student(typed) is None
    assert await people_of(store, clock, "oak").sign_in_student(card) is None

    def revoke(conn: Connection, rows: list[int]) -> list[None]:
        conn.execute(t.cards.update().values(revoked_at=rows[0]))
        return [None] * len(rows)

    await store.write(revoke, 1)
    assert await people.sign_in_student(card) is None


async def test_neither_codes_nor_tokens_nor_passwords_are_stored(
    people: People, store: Store, tmp_path: Path
) -> None:
    """What opens something stands nowhere in the database's files."""
    (card,) = await people.issue_cards(1)
    token = await people.sign_in_student(card)
    assert token is not None
    await people.add_staff("ann", "Ann", "safeguarding_lead", PASSWORD)
    await people.add_contact("ann", "mail", "ann@school.example")
    await store.scrub()
    data = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # noqa: ASYNC240 - a test
    for secret in (card, card.replace("-", ""), token, PASSWORD, "ann@school.example"):
        assert secret.encode() not in data


async def test_understanding_is_remembered(people: People) -> None:
    """A session starts without having understood, and keeps it once it has."""
    token = await signed_in(people)
    first = await people.student(token)
    await people.understood(token)
    second = await people.student(token)
    assert isinstance(first, Signed)
    assert isinstance(second, Signed)
    assert (first.understood, second.understood) == (False, True)
    assert (first.band, first.barred_until) == ("all", None)


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
    look = people.student if kind == "student" else people.staff
    started = clock.now
    while clock.now - started + idle - 61 < longest:
        clock.now += idle - 61
        assert await look(token) is not None
        await people.understood(token)
    clock.now = started + longest
    assert await look(token) is None


async def test_an_idle_session_ends(people: People, clock: Clock) -> None:
    """Half an hour without use ends a student's session; a moment less does not."""
    token = await signed_in(people)
    clock.now += 30 * _MINUTE - 1
    assert await people.student(token) is not None
    token = await signed_in(people)
    clock.now += 30 * _MINUTE
    assert await people.student(token) is None


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
        await people.student(token)
        await people.understood(token)
        assert await store.read(seen_at) == start + expected * 1000


async def test_an_ended_session_is_over(people: People) -> None:
    """Signing out ends that session and no other; an unknown token is nobody's."""
    one, other = await signed_in(people), await signed_in(people)
    await people.end_session(one)
    await people.end_session("unknown")
    assert await people.student(one) is None
    assert await people.student(other) is not None
    assert await people.student("unknown") is None
    assert await people.student("\udcff") is None


async def test_a_students_token_is_no_staff_token(people: People) -> None:
    """Neither kind of token opens what the other opens."""
    await people.add_staff("ann", "Ann", "safeguarding_lead", PASSWORD)
    staff = await people.sign_in_staff("ann", PASSWORD)
    assert staff is not None
    assert await people.staff(await signed_in(people)) is None
    assert await people.student(staff) is None


async def test_staff_sign_in_with_their_password(people: People) -> None:
    """The right password gives a session with name and role; case of the login is forgiven."""
    staff = await people.add_staff("Ann", "Ann B", "counsellor", PASSWORD)
    token = await people.sign_in_staff(" ANN ", PASSWORD)
    assert token is not None
    assert await people.staff(token) == StaffMember(staff, "elm", "ann", "Ann B", Role.COUNSELLOR)


async def test_every_wrong_sign_in_gets_the_same_answer(
    people: People, store: Store, clock: Clock
) -> None:
    """Unknown, wrong, disabled, too long or another school's: no token, after one hash each."""
    for login in ("ann", "bob"):
        await people.add_staff(login, login, "safeguarding_lead", PASSWORD)
    await people.disable_staff("bob")
    checked: list[str] = []
    verify = people._hashing.hasher.verify

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
            checked.append(str(hash)[:12])
            return bool(verify(hash, password))

    people._hashing.hasher = Counting()
    oak = people_of(store, clock, "oak")
    for login, password in (
        ("ann", "wrong password"),
        ("nobody", PASSWORD),
        ("bob", PASSWORD),
        ("ann", PASSWORD + "x" * 5_000),
    ):
        assert await people.sign_in_staff(login, password) is None
    assert len(checked) == 4
    assert await oak.sign_in_staff("ann", PASSWORD) is None


async def test_guessing_becomes_slow_and_only_for_that_login(people: People, clock: Clock) -> None:
    """Failures make the next answers for a login wait longer; a right password ends that."""
    for login in ("ann", "bob"):
        await people.add_staff(login, login, "safeguarding_lead", PASSWORD)
    for _ in range(6):
        await people.sign_in_staff("ann", "wrong password")
    assert clock.slept == [1.0, 2.0, 4.0]
    assert await people.sign_in_staff("bob", PASSWORD) is not None
    assert await people.sign_in_staff("ann", PASSWORD) is not None
    assert clock.slept == [1.0, 2.0, 4.0, 8.0]
    assert await people.sign_in_staff("ann", PASSWORD) is not None
    assert len(clock.slept) == 4


async def test_guesses_made_at_once_are_mostly_not_looked_at(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of guesses for one login queues up behind its pauses, and is then refused."""
    await people.add_staff("ann", "Ann", "safeguarding_lead", PASSWORD)
    looked = []

    async def stand_still(seconds: float) -> None:
        looked.append(seconds)

    monkeypatch.setattr(people, "_sleep", stand_still)
    await asyncio.gather(*(people.sign_in_staff("ann", "wrong password") for _ in range(50)))
    assert len(looked) < 10


async def test_disabling_ends_every_session_at_once(people: People) -> None:
    """A disabled account's sessions are over, and it signs in no more."""
    await people.add_staff("ann", "Ann", "moderator", PASSWORD)
    token = await people.sign_in_staff("ann", PASSWORD)
    assert token is not None
    await people.disable_staff("ann")
    assert await people.staff(token) is None
    assert await people.sign_in_staff("ann", PASSWORD) is None


async def test_a_new_password_ends_the_old_ones_sessions(people: People) -> None:
    """After a change only the new password works, and old sessions are over."""
    await people.add_staff("ann", "Ann", "moderator", PASSWORD)
    token = await people.sign_in_staff("ann", PASSWORD)
    assert token is not None
    await people.set_password("ann", "another long evening")
    assert await people.staff(token) is None
    assert await people.sign_in_staff("ann", PASSWORD) is None
    assert await people.sign_in_staff("ann", "another long evening") is not None


async def test_staff_are_added_once_and_rightly(people: People) -> None:
    """A taken login, an unknown role, or a login or password nobody may have is refused."""
    await people.add_staff("ann", "Ann", "moderator", PASSWORD)
    with pytest.raises(LoginTaken):
        await people.add_staff("ANN", "Another", "moderator", PASSWORD)
    for login, name, role, password in (
        ("bob", "Bob", "admin", PASSWORD),
        (" ", "Bob", "safeguarding_lead", PASSWORD),
        ("bob", "", "safeguarding_lead", PASSWORD),
        ("b" * 65, "Bob", "safeguarding_lead", PASSWORD),
        ("bob", "Bob", "safeguarding_lead", "short"),
        ("bob", "Bob", "safeguarding_lead", "x" * 2_000),
    ):
        with pytest.raises(ValueError, match=r"role|characters"):
            await people.add_staff(login, name, role, password)
    with pytest.raises(NoSuchStaff):
        await people.add_contact("bob", "mail", "bob@school.example")
    with pytest.raises(NoSuchStaff):
        await people.set_password("bob", PASSWORD)
    with pytest.raises(NoSuchStaff):
        await people.disable_staff("bob")


async def test_nothing_secret_is_logged_or_raised(
    people: People, caplog: pytest.LogCaptureFixture
) -> None:
    """No login, password or code appears in a log line or in an exception's words."""
    caplog.set_level(logging.DEBUG)
    await people.add_staff("ann-login", "Ann", "safeguarding_lead", PASSWORD)
    (card,) = await people.issue_cards(1)
    await people.sign_in_student(card)
    await people.sign_in_staff("ann-login", "wrong password")
    with pytest.raises(LoginTaken) as taken:
        await people.add_staff("ann-login", "Ann", "safeguarding_lead", PASSWORD)
    with pytest.raises(ValueError, match="password") as short:
        await people.set_password("ann-login", "secret")
    words = caplog.text + repr(taken.value) + repr(short.value)
    for secret in ("ann-login", PASSWORD, "wrong password", card, "secret"):
        assert secret not in words
