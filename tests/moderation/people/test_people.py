from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from unittest.mock import Mock

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection

from moderation.people.hashing import IN_LINE
from moderation.people.patience import FREE
from moderation.people.people import People
from moderation.people.sessions import StaffMember
from moderation.records import tables as t
from moderation.records.people import LoginTaken, NoSuchStaff
from moderation.records.refused import Refused
from moderation.records.store import Store
from moderation.roles import Role
from tests.moderation.people.conftest import PASSWORD, Clock, people_of


async def test_a_card_opens_one_pseudonym_however_it_is_typed(people: People) -> None:
    """The same card is the same pseudonym each time, another card another one."""
    one, other = await people.issue_cards(2)
    tokens = [
        await people.sign_in_student(typed)
        for typed in (one, one.lower().replace("-", " "), one.replace("0", "O"), other)
    ]
    found = [await people.sessions.student(token) for token in tokens if token is not None]
    who = [signed.who for signed in found if signed is not None]
    assert who[0] == who[1] == who[2] != who[3]
    assert len({signed.session for signed in found if signed is not None}) == 4


async def test_a_wrong_card_opens_nothing(people: People, store: Store, clock: Clock) -> None:
    """An unknown code, no code at all, or another school's card gives no token; nor an ended one.

    Of that one alone its school says that it has ended: nobody has the code who never had the card.
    """
    (card,) = await people.issue_cards(1)
    wrong = card[:-1] + ("0" if card[-1] != "0" else "1")
    for typed in (wrong, "", "not a code"):
        assert await people.sign_in_student(typed) is None

    def revoke(conn: Connection, rows: list[int]) -> list[None]:
        conn.execute(t.cards.update().values(revoked_at=rows[0]))
        return [None] * len(rows)

    oak = people_of(store, clock, "oak")
    assert await oak.sign_in_student(card) is None
    await store.write(revoke, 1)
    assert await oak.sign_in_student(card) is None
    assert await people.sign_in_student(wrong) is None
    with pytest.raises(Refused, match="ended_card"):
        await people.sign_in_student(card)


async def test_a_flood_of_wrong_cards_leaves_the_records_to_others(
    people: People, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cards are looked up one after another, however many are tried, and a right one is found."""
    (card,) = await people.issue_cards(1)
    read, reading, most = store.read, 0, 0

    async def counted(*asked: object) -> object:
        nonlocal reading, most
        reading, most = reading + 1, max(most, reading + 1)
        try:
            return await read(*asked)  # type: ignore[arg-type]
        finally:
            reading -= 1

    monkeypatch.setattr(store, "read", counted)
    wrong = ["0123-4567-89AB-CDEF"] * 50
    *refused, token = await asyncio.gather(*map(people.sign_in_student, [*wrong, card]))
    assert set(refused) == {None}
    assert token is not None
    assert most == 1


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


async def test_staff_sign_in_with_their_password(people: People) -> None:
    """The right password gives a session with name and role; case of the login is forgiven."""
    staff = await people.add_staff("Ann", "Ann B", "counsellor", PASSWORD)
    token = await people.sign_in_staff(" ANN ", PASSWORD)
    assert token is not None
    assert await people.sessions.staff(token) == StaffMember(
        staff, "elm", "ann", "Ann B", Role.COUNSELLOR
    )


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


@pytest.mark.parametrize("login", ["ann", "nobody"])
async def test_guessing_becomes_slow_and_only_for_that_login(
    people: People, clock: Clock, login: str
) -> None:
    """What comes too soon is told so at once and unseen, also when it is right or nobody's."""
    for each in ("ann", "bob"):
        await people.add_staff(each, each, "safeguarding_lead", PASSWORD)
    for _ in range(FREE):
        assert await people.sign_in_staff(login, "wrong password") is None
    for wait in (1.0, 2.0, 4.0):
        for password in (PASSWORD, "wrong password"):
            with pytest.raises(Refused, match="rate_limited") as told:
                await people.sign_in_staff(login, password)
            assert told.value.retry_after == wait
        clock.now += wait
        assert await people.sign_in_staff(login, "wrong password") is None
    assert await people.sign_in_staff("bob", PASSWORD) is not None
    clock.now += 8.0
    assert (await people.sign_in_staff(login, PASSWORD) is None) == (login == "nobody")


async def test_a_right_password_starts_afresh(people: People, clock: Clock) -> None:
    """Whoever got in after waiting may mistype again as often as before."""
    await people.add_staff("ann", "Ann", "safeguarding_lead", PASSWORD)
    for _ in range(FREE):
        assert await people.sign_in_staff("ann", "wrong password") is None
    clock.now += 1.0
    assert await people.sign_in_staff("ann", PASSWORD) is not None
    for _ in range(FREE):
        assert await people.sign_in_staff("ann", "wrong password") is None


async def test_of_guesses_made_at_once_only_the_free_ones_are_looked_at(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of guesses for one login is refused before anything is hashed."""
    await people.add_staff("ann", "Ann", "safeguarding_lead", PASSWORD)
    looked = []
    fits = people._hashing.fits

    async def noting(kept: str | None, given: str, *, known: bool) -> bool:
        looked.append(given)
        return await fits(kept, given, known=known)

    monkeypatch.setattr(people._hashing, "fits", noting)
    guesses = (people.sign_in_staff("ann", "wrong password") for _ in range(50))
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert len(looked) == FREE
    assert sum(isinstance(each, Refused) for each in answers) == 50 - FREE


async def test_a_line_of_strangers_keeps_nobody_who_is_known_waiting(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many names are tried from however many addresses, an adult on call gets in."""
    await people.add_staff("ann", "Ann", "counsellor", PASSWORD)
    go_on, verify = threading.Event(), people._hashing.hasher.verify

    def slow(kept: str | bytes, given: str | bytes) -> bool:
        assert given == PASSWORD or go_on.wait(30)
        return verify(kept, given)

    full, fits = asyncio.Event(), people._hashing.fits

    async def noting(kept: str | None, given: str, *, known: bool) -> bool:
        fitting = asyncio.ensure_future(fits(kept, given, known=known))
        await asyncio.sleep(0)
        if people._hashing.crowded:
            full.set()
        return await fitting

    monkeypatch.setattr(people._hashing, "hasher", Mock(verify=slow))
    monkeypatch.setattr(people._hashing, "fits", noting)
    line = [
        asyncio.create_task(people.sign_in_staff(f"somebody{n}", "a guess")) for n in range(IN_LINE)
    ]
    await full.wait()
    with pytest.raises(Refused, match="rate_limited"):
        await people.sign_in_staff("somebody else", "a guess")
    try:
        async with asyncio.timeout(20):
            assert await people.sign_in_staff("ann", PASSWORD, known_since=1) is not None
    finally:
        go_on.set()
    assert set(await asyncio.gather(*line)) == {None}
    assert not people._hashing.crowded


async def test_disabling_ends_every_session_at_once(people: People) -> None:
    """A disabled account's sessions are over, and it signs in no more."""
    await people.add_staff("ann", "Ann", "moderator", PASSWORD)
    token = await people.sign_in_staff("ann", PASSWORD)
    assert token is not None
    await people.disable_staff("ann")
    assert await people.sessions.staff(token) is None
    assert await people.sign_in_staff("ann", PASSWORD) is None


async def test_a_new_password_ends_the_old_ones_sessions(people: People) -> None:
    """After a change only the new password works, and old sessions are over."""
    await people.add_staff("ann", "Ann", "moderator", PASSWORD)
    token = await people.sign_in_staff("ann", PASSWORD)
    assert token is not None
    await people.set_password("ann", "another long evening")
    assert await people.sessions.staff(token) is None
    assert await people.sign_in_staff("ann", PASSWORD) is None
    assert await people.sign_in_staff("ann", "another long evening") is not None


async def test_a_password_that_is_changed_while_it_is_looked_at_lets_nobody_in(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs in over and over has no session left that the new password did not end."""
    await people.add_staff("ann", "Ann", "moderator", PASSWORD)
    fits = people._hashing.fits

    async def then_it_changes(*asked: str | None, known: bool = False) -> bool:
        good = await fits(*asked, known=known)  # type: ignore[arg-type]
        await people.set_password("ann", f"{PASSWORD} later")
        return good

    with monkeypatch.context() as patch:
        patch.setattr(people._hashing, "fits", then_it_changes)
        assert await people.sign_in_staff("ann", PASSWORD) is None
    assert await people.sign_in_staff("ann", f"{PASSWORD} later") is not None


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
