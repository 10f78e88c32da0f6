from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from moderation.people.accounts import INVITED_FOR, Accounts, BadPassword, Terms
from moderation.people.appointing import Account
from moderation.people.people import People
from moderation.records import audit
from moderation.records import tables as t
from moderation.records.of_school import SchoolRecords
from moderation.records.people import LoginTaken
from moderation.records.refused import Refused
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.roles import Role
from tests.moderation.noting import Clock

PASSWORD = "a long and quiet evening"
_DAY = 86_400.0


@pytest.fixture
def clock() -> Clock:
    """A clock to turn by hand."""
    return Clock()


@pytest.fixture
async def people(tmp_path: Path, clock: Clock) -> AsyncIterator[People]:
    """A school without any account."""
    store = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    terms = Terms(second_factor=False)
    records = SchoolRecords("elm", store, Vault(bytes(32)), clock)
    made = People(records, terms=terms, hasher=quick)
    yield made
    made.close()
    await store.close()


@pytest.fixture
def accounts(people: People) -> Accounts:
    """Its accounts."""
    return people.accounts


async def hired(accounts: Accounts, login: str, role: Role) -> Account:
    """Somebody who came by an invitation from the console."""
    token = await accounts.invite(role, login=login, name=login.title())
    return Account(await accounts.accept(token, "", "", PASSWORD), role)


async def acts(people: People) -> list[tuple[str, str]]:
    """Who did what, as the audit log has it."""
    query = select(t.audit.c.who, t.audit.c.act).order_by(t.audit.c.n)
    assert await people._store.read(audit.verify) is None
    return [tuple(row) for row in await people._store.read(lambda conn: conn.execute(query).all())]


async def test_an_invitation_makes_one_account(people: People, accounts: Accounts) -> None:
    """The link works once, gives the role that was meant, and the password signs in."""
    token = await accounts.invite(Role.MODERATOR, login="Mo ", name=" Mo")
    found = await accounts.invitation(token)
    assert found is not None
    assert (found.login, found.name, found.role) == ("mo", "Mo", "moderator")
    staff = await accounts.accept(token, "somebody-else", "Else", PASSWORD)
    signed = await people.sign_in_staff("mo", PASSWORD)
    member = await people.sessions.staff(signed or "")
    assert member is not None
    assert (member.id, member.name, member.role) == (staff, "Mo", Role.MODERATOR)
    with pytest.raises(Refused, match="bad_invitation"):
        await accounts.accept(token, "", "", PASSWORD)
    assert await acts(people) == [("console", "invited"), (staff, "joined")]


async def test_the_first_account_chooses_its_own_login(accounts: Accounts) -> None:
    """An invitation without a login is for whoever has the link."""
    assert not await accounts.has_administrator()
    token = await accounts.invite(Role.ADMINISTRATOR)
    with pytest.raises(ValueError, match="characters"):
        await accounts.accept(token, " ", "Ada", PASSWORD)
    await accounts.accept(token, "Ada", "Ada", PASSWORD)
    assert await accounts.has_administrator()


async def test_an_invitation_ends_after_fourteen_days(clock: Clock, accounts: Accounts) -> None:
    """A millisecond before it works, then never again."""
    token = await accounts.invite(Role.AUDITOR, login="una", name="Una")
    clock.wait(INVITED_FOR / 1000 - 0.001)
    assert await accounts.invitation(token) is not None
    clock.wait(0.001)
    assert await accounts.invitation(token) is None
    with pytest.raises(Refused, match="bad_invitation"):
        await accounts.accept(token, "", "", PASSWORD)


async def test_a_new_invitation_replaces_the_old(accounts: Accounts) -> None:
    """Of two links for one login only the newer works; one for somebody who is here is refused."""
    old = await accounts.invite(Role.AUDITOR, login="una", name="Una")
    new = await accounts.invite(Role.AUDITOR, login="una", name="Una")
    assert await accounts.invitation(old) is None
    await accounts.accept(new, "", "", PASSWORD)
    with pytest.raises(LoginTaken):
        await accounts.invite(Role.AUDITOR, login="una", name="Una")


async def test_links_by_which_people_choose_their_login_work_side_by_side(
    accounts: Accounts,
) -> None:
    """Who invites several people ends no link of theirs; of an administrator the newest works."""
    for_all = [await accounts.invite(Role.MODERATOR) for _ in range(2)]
    old, new = [await accounts.invite(Role.ADMINISTRATOR) for _ in range(2)]
    for place, token in enumerate((*for_all, new)):
        await accounts.accept(token, f"una{place}", "Una", PASSWORD)
    assert await accounts.invitation(old) is None


async def test_a_link_is_stored_by_its_hash_alone(accounts: Accounts, tmp_path: Path) -> None:
    """Whoever reads the database cannot open an invitation."""
    token = await accounts.invite(Role.AUDITOR, login="una", name="Una")
    assert len(token) >= 43
    for file in tmp_path.iterdir():  # noqa: ASYNC240 - a test may wait
        assert token.encode() not in file.read_bytes()


@pytest.mark.parametrize("password", ["short", "Password123!", "!!!una 2026", "x" * 2000])
async def test_a_password_nobody_may_have_makes_no_account(
    accounts: Accounts, password: str
) -> None:
    """The link still works afterwards."""
    token = await accounts.invite(Role.AUDITOR, login="una", name="Una")
    with pytest.raises(BadPassword):
        await accounts.accept(token, "", "", password)
    assert await accounts.accept(token, "", "", PASSWORD)


@pytest.mark.parametrize("act", ["disable", "role", "expire", "forget_factors"])
async def test_what_takes_rights_away_ends_sessions_and_is_told(
    people: People, accounts: Accounts, act: str
) -> None:
    """Sessions end in the same transaction, listeners hear at once, and the log has it."""
    ada = await hired(accounts, "ada", Role.ADMINISTRATOR)
    mo = await hired(accounts, "mo", Role.MODERATOR)
    token = await people.sign_in_staff("mo", PASSWORD) or ""
    heard: list[str] = []
    accounts.on_sign_out(heard.append)
    if act == "disable":
        await accounts.disable(ada, mo.id)
    elif act == "role":
        await accounts.change_role(ada, mo.id, Role.COUNSELLOR)
    elif act == "expire":
        await accounts.expire(ada, mo.id, accounts._now() + 1000)
    else:
        await accounts.forget_factors(ada, mo.id)
    assert await people.sessions.staff(token) is None
    assert heard == [mo.id]
    assert (await acts(people))[-1] == (ada.id, "role_counsellor" if act == "role" else act)
    again = await people.sign_in_staff("mo", PASSWORD)
    assert (again is None) == (act == "disable")
    if act == "role":
        member = await people.sessions.staff(again or "")
        assert member is not None
        assert member.role == Role.COUNSELLOR


async def test_an_account_ends_with_the_term(
    people: People, accounts: Accounts, clock: Clock
) -> None:
    """From that moment nobody signs in, open sessions are over, and the clock stands in the log."""
    mo = await hired(accounts, "mo", Role.MODERATOR)
    clock.wait(119.99 * _DAY)
    token = await people.sign_in_staff("mo", PASSWORD) or ""
    heard: list[str] = []
    accounts.on_sign_out(heard.append)
    await accounts.close_expired()
    assert await people.sessions.staff(token) is not None
    clock.wait(0.01 * _DAY)
    assert await people.sessions.staff(token) is None
    assert await people.sign_in_staff("mo", PASSWORD) is None
    await accounts.close_expired()
    assert heard == [mo.id]
    assert (await acts(people))[-1] == ("clock", "expired")
    await accounts.close_expired()
    assert heard == [mo.id]


async def test_an_account_that_ended_goes_on_once_it_has_a_new_last_day(
    people: People, accounts: Accounts, clock: Clock
) -> None:
    """A new term finds its leads, who agree to the next; whom a person closed out stays out."""
    ada = await hired(accounts, "ada", Role.ADMINISTRATOR)
    mo, bo = [await hired(accounts, login, Role.MODERATOR) for login in ("mo", "bo")]
    lee = await hired(accounts, "lee", Role.SAFEGUARDING_LEAD)
    clock.wait(10 * _DAY)
    await accounts.disable(ada, mo.id)
    await people.disable_staff("bo")
    clock.wait(111 * _DAY)
    await accounts.close_expired()
    new = await hired(accounts, "ann", Role.ADMINISTRATOR)
    ended = {one.login for one in await accounts.everybody() if one.ended}
    assert ended == {"ada", "lee"}
    for at, one in itertools.product((1, accounts._now() + 1_000), (mo, bo)):
        with pytest.raises(Refused, match="changed"):
            await accounts.expire(new, one.id, at)
    await accounts.expire(new, lee.id, accounts._now() + 1_000)
    assert await people.sign_in_staff("lee", PASSWORD)
    assert await people.sign_in_staff("mo", PASSWORD) is None
    assert await people.sign_in_staff("bo", PASSWORD) is None
    clock.wait(1)
    await accounts.close_expired()
    assert await people.sign_in_staff("lee", PASSWORD) is None


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZoneInfo]:
    """The zone of the machine's clocks."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield ZoneInfo(request.param)
    time.tzset()


def test_the_last_day_of_term_counts_whole(zone: ZoneInfo) -> None:
    """Accounts end with that day, wherever the school is, and so many days from now once over."""
    terms = Terms(ends=date(2027, 2, 12), days=100)
    now = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)
    ends = datetime.fromtimestamp(terms.expiry(now) / 1000, zone)
    assert ends.isoformat()[:16] == "2027-02-12T23:59"
    later = int(datetime(2027, 2, 14, tzinfo=UTC).timestamp() * 1000)
    assert terms.expiry(later) == later + 100 * 86_400_000


async def test_a_second_lead_needs_both_ranks(accounts: Accounts) -> None:
    """An administrator alone cannot make one; a lead and a senior leader must agree first."""
    ada = await hired(accounts, "ada", Role.ADMINISTRATOR)
    lee = await hired(accounts, "lee", Role.SAFEGUARDING_LEAD)
    sue = await hired(accounts, "sue", Role.SENIOR_LEADER)
    mo = Account("mo", Role.MODERATOR)
    token = await accounts.invite(Role.SAFEGUARDING_LEAD, login="lin", name="Lin", by=ada.id)
    with pytest.raises(Refused, match="needs_agreement"):
        await accounts.accept(token, "", "", PASSWORD)
    (waiting,) = await accounts.invitations()
    for nobody in (ada, mo):
        with pytest.raises(Refused, match="changed"):
            await accounts.agree(nobody, waiting.id)
    await accounts.agree(lee, waiting.id)
    with pytest.raises(Refused, match="changed"):
        await accounts.agree(lee, waiting.id)
    with pytest.raises(Refused, match="needs_agreement"):
        await accounts.accept(token, "", "", PASSWORD)
    await accounts.agree(sue, waiting.id)
    assert await accounts.accept(token, "", "", PASSWORD)
    with pytest.raises(Refused, match="not_found"):
        await accounts.agree(sue, waiting.id)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COUNSELLOR])
async def test_who_reads_needs_a_leads_word(accounts: Accounts, role: Role) -> None:
    """An administrator alone lets in nobody under another name who reads what students write."""
    ada = await hired(accounts, "ada", Role.ADMINISTRATOR)
    before = await accounts.invite(role, login="bo", name="Bo", by=ada.id)
    lee = await hired(accounts, "lee", Role.SAFEGUARDING_LEAD)
    for token in (before, await accounts.invite(role, login="mo", name="Mo", by=ada.id)):
        with pytest.raises(Refused, match="needs_agreement"):
            await accounts.accept(token, "", "", PASSWORD)
        found = await accounts.invitation(token)
        assert found is not None
        await accounts.agree(lee, found.id)
        assert await accounts.accept(token, "", "", PASSWORD)
    una = await hired(accounts, "una", Role.AUDITOR)
    with pytest.raises(Refused, match="needs_invitation"):
        await accounts.change_role(ada, una.id, role)


async def test_closing_the_last_lead_does_not_open_the_way(accounts: Accounts) -> None:
    """Whoever closes a lead's account still cannot appoint the next alone."""
    ada = await hired(accounts, "ada", Role.ADMINISTRATOR)
    lee = await hired(accounts, "lee", Role.SAFEGUARDING_LEAD)
    await accounts.disable(ada, lee.id)
    token = await accounts.invite(Role.SAFEGUARDING_LEAD, login="lin", name="Lin", by=ada.id)
    with pytest.raises(Refused, match="needs_agreement"):
        await accounts.accept(token, "", "", PASSWORD)


async def test_where_a_rank_has_left_the_other_one_agrees(accounts: Accounts) -> None:
    """The only lead was closed out when they left: a senior leader agrees to who comes after them.

    One whose account merely ended may be opened again, and is asked as before.
    """
    ada = await hired(accounts, "ada", Role.ADMINISTRATOR)
    lee = await hired(accounts, "lee", Role.SAFEGUARDING_LEAD)
    sue = await hired(accounts, "sue", Role.SENIOR_LEADER)
    await accounts.expire(ada, lee.id, 1)
    await accounts.close_expired()
    token = await accounts.invite(Role.SAFEGUARDING_LEAD, login="lin", name="Lin", by=ada.id)
    (waiting,) = await accounts.invitations()
    assert waiting.waits_for == {Role.SAFEGUARDING_LEAD, Role.SENIOR_LEADER}
    await accounts.disable(ada, lee.id)
    await accounts.agree(sue, waiting.id)
    assert await accounts.accept(token, "", "", PASSWORD)


async def test_K9_another_schools_accounts_are_not_there(
    people: People, accounts: Accounts, clock: Clock
) -> None:
    """An administrator's acts find nobody outside their own school."""
    ada = await hired(accounts, "ada", Role.ADMINISTRATOR)
    records = SchoolRecords("oak", people._store, people._vault, clock)
    oak = People(records, hasher=people._hashing.hasher).accounts
    zoe = await hired(oak, "zoe", Role.MODERATOR)
    with pytest.raises(Refused, match="not_found"):
        await accounts.disable(ada, zoe.id)
    link = await oak.invite(Role.MODERATOR, login="zed", name="Zed")
    assert await accounts.invitation(link) is None
    assert [one.login for one in await accounts.everybody()] == ["ada"]
