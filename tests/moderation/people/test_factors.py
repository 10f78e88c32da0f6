from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from moderation.people.appointing import Account
from moderation.people.factors import RECOVERY, Halfway, Site
from moderation.people.patience import LONGEST
from moderation.people.people import People
from moderation.people.sessions import FRESH, HALFWAY
from moderation.records import tables as t
from moderation.records.of_school import SchoolRecords
from moderation.records.refused import Refused
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.roles import PASSKEYS
from tests.moderation.authenticator import Device
from tests.moderation.night import Clock

PASSWORD = "tea with oat milk"
HOST = "chat.elm.example"
SITE = Site("Elm", HOST, {f"https://{HOST}"})


class Desk:
    """A school that asks for second factors, and one member of staff."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        records = SchoolRecords("elm", store, Vault(bytes(32)), self.clock)
        self.people = People(records, hasher=quick)
        self.factors = self.people.factors
        self.secret = ""

    async def half(self, token: str | None = None) -> Halfway:
        """Whoever has shown a password."""
        token = token or await self.people.sign_in_staff("mo", PASSWORD)
        half = await self.people.sessions.halfway(token or "")
        assert half is not None
        return half

    async def with_app(self) -> tuple[str, tuple[str, ...]]:
        """Set up an app; answers the token of the session and the recovery codes."""
        me = await self.half()
        made = self.factors.new_maker(me, SITE)
        self.secret = made.secret
        done = await self.factors.keep_maker(me, made.sealed, self.digits())
        self.clock.wait(30)
        return done.token, done.recovery

    async def with_passkey(self, device: Device) -> str:
        """Set up a passkey; answers the token of the session."""
        me = await self.half()
        made = device.make(await self.factors.new_passkey(me, SITE))
        return (await self.factors.keep_passkey(me, SITE, made, "Phone")).token

    def digits(self, later: float = 0) -> str:
        """What the app shows."""
        return pyotp.TOTP(self.secret).at(int(self.clock() + later))

    async def acts(self) -> list[str]:
        """What the audit log has."""
        query = select(t.audit.c.act).order_by(t.audit.c.n)
        return list(await self.store.read(lambda conn: conn.scalars(query).all()))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A school with a moderator who has a password only."""
    store = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    made = Desk(store)
    await made.people.add_staff("mo", "Mo", "moderator", PASSWORD)
    yield made
    made.people.close()
    await store.close()


def device() -> Device:
    """A device that knows this site."""
    return Device(HOST, f"https://{HOST}")


async def test_a_password_alone_opens_nothing(desk: Desk) -> None:
    """Its session is nobody's until a second factor was shown, and over after ten minutes."""
    token = await desk.people.sign_in_staff("mo", PASSWORD) or ""
    assert await desk.people.sessions.staff(token) is None
    assert (await desk.half(token)).may_enrol
    desk.clock.wait(HALFWAY / 1000)
    assert await desk.people.sessions.halfway(token) is None


async def test_an_app_is_set_up_by_its_first_code(desk: Desk) -> None:
    """The old session is over, the new one counts, and ten recovery codes come once."""
    before = await desk.people.sign_in_staff("mo", PASSWORD) or ""
    me = await desk.half(before)
    made = desk.factors.new_maker(me, SITE)
    assert made.address.startswith("otpauth://totp/")
    assert {len(row) for row in made.picture} == {len(made.picture)}
    done = await desk.factors.keep_maker(me, made.sealed, pyotp.TOTP(made.secret).at(desk.clock()))
    member = await desk.people.sessions.staff(done.token)
    assert member is not None
    assert member.login == "mo"
    assert await desk.people.sessions.halfway(before) is None
    assert len(set(done.recovery)) == RECOVERY
    assert "new_code_maker" in await desk.acts()


async def test_a_code_counts_once(desk: Desk) -> None:
    """The code that was just used, or an older one, opens nothing any more; the next one does."""
    await desk.with_app()
    code = desk.digits()
    assert (await desk.factors.show_code(await desk.half(), code)).token
    for used in (code, desk.digits(-30)):
        with pytest.raises(Refused, match="bad_proof"):
            await desk.factors.show_code(await desk.half(), used)
    assert "proof_used_twice" in await desk.acts()
    desk.clock.wait(30)
    assert (await desk.factors.show_code(await desk.half(), f" {desk.digits()} ")).token


async def test_of_two_pages_with_one_code_one_gets_in(desk: Desk) -> None:
    """However close together they ask."""
    await desk.with_app()
    halves = [await desk.half() for _ in range(5)]
    code = desk.digits()
    found = await asyncio.gather(
        *(desk.factors.show_code(half, code) for half in halves), return_exceptions=True
    )
    assert sum(not isinstance(one, Exception) for one in found) == 1


@pytest.mark.parametrize("later", [-90.0, -60.0, 60.0, 90.0])
async def test_a_code_of_another_time_is_none(desk: Desk, later: float) -> None:
    """One step of thirty seconds is forgiven, no more."""
    await desk.with_app()
    desk.clock.wait(30 - desk.clock() % 30)
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.show_code(await desk.half(), desk.digits(later))
    assert (await desk.factors.show_code(await desk.half(), desk.digits(30))).token


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "٣٣٣٣٣٣", "0" * 60, "-12345", "\udcff"])
async def test_what_is_no_code_is_refused(desk: Desk, typed: str) -> None:
    """Whatever was typed: a refusal, an entry in the log, never a fault."""
    await desk.with_app()
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.show_code(await desk.half(), typed)
    assert (await desk.acts())[-1] == "wrong_factor"


async def test_guessing_codes_becomes_slow(desk: Desk) -> None:
    """After three wrong ones each further one must wait longer, up to half a minute."""
    await desk.with_app()
    me = await desk.half()
    for wait in (0.0, 0.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0):
        if wait:
            with pytest.raises(Refused, match="rate_limited") as told:
                await desk.factors.show_code(me, "000000")
            assert told.value.retry_after == wait
            desk.clock.wait(wait)
        with pytest.raises(Refused, match="bad_proof"):
            await desk.factors.show_code(me, "000000")


async def test_a_recovery_code_works_once_and_typed_as_it_comes(desk: Desk) -> None:
    """On paper for a lost phone: each of them once, in any spelling, for its owner alone."""
    _, codes = await desk.with_app()
    typed = codes[0].lower().replace("-", " ")
    assert (await desk.factors.show_code(await desk.half(), typed)).token
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.show_code(await desk.half(), codes[0])
    assert (await desk.half()).has.recovery_left == RECOVERY - 1
    await desk.people.add_staff("ann", "Ann", "moderator", PASSWORD)
    other = await desk.half(await desk.people.sign_in_staff("ann", PASSWORD))
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.show_code(other, codes[1])


async def test_new_recovery_codes_replace_the_old(desk: Desk) -> None:
    """Nobody need wonder which sheet of paper is the right one."""
    token, old = await desk.with_app()
    new = await desk.factors.new_recovery(await desk.half(token))
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.show_code(await desk.half(), old[0])
    assert (await desk.factors.show_code(await desk.half(), new.recovery[0])).token


async def test_a_passkey_lets_in(desk: Desk) -> None:
    """Made once, it signs every time after; its owner sees its name."""
    key = device()
    await desk.with_passkey(key)
    me = await desk.half()
    assert [one.name for one in me.has.passkeys] == ["Phone"]
    signed = key.sign(await desk.factors.ask_passkey(me, SITE))
    done = await desk.factors.show_passkey(me, SITE, signed)
    assert await desk.people.sessions.staff(done.token) is not None
    assert done.recovery == ()


@pytest.mark.parametrize("wrong", ["origin", "host", "challenge", "key", "replay", "nothing"])
async def test_a_passkey_that_is_not_right_is_refused(desk: Desk, wrong: str) -> None:
    """Another site's page, an old challenge, another key, or an answer shown twice."""
    key = device()
    await desk.with_passkey(key)
    me = await desk.half()
    if wrong == "origin":
        key.origin = "https://evil.example"
    elif wrong == "host":
        key.host = "evil.example"
    old = await desk.factors.ask_passkey(me, SITE)
    signed = (device() if wrong == "key" else key).sign(old)
    if wrong == "challenge":
        await desk.factors.ask_passkey(me, SITE)
    elif wrong == "replay":
        await desk.factors.show_passkey(me, SITE, signed)
        me = await desk.half()
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.show_passkey(me, SITE, {} if wrong == "nothing" else signed)
    assert (await desk.acts())[-1] == "wrong_factor"


async def test_a_copied_passkey_is_noticed(desk: Desk) -> None:
    """A counter that stands still or goes back is refused and written down."""
    key = device()
    await desk.with_passkey(key)
    me = await desk.half()
    await desk.factors.show_passkey(me, SITE, key.sign(await desk.factors.ask_passkey(me, SITE)))
    key.uses -= 1
    me = await desk.half()
    signed = key.sign(await desk.factors.ask_passkey(me, SITE))
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.show_passkey(me, SITE, signed)
    assert (await desk.acts())[-1] == "proof_used_twice"


async def test_a_device_that_keeps_no_counter_is_fine(desk: Desk) -> None:
    """Many phones always say nought."""
    key = device()
    await desk.with_passkey(key)
    for _ in range(2):
        key.uses = -1
        me = await desk.half()
        signed = key.sign(await desk.factors.ask_passkey(me, SITE))
        assert (await desk.factors.show_passkey(me, SITE, signed)).token


async def test_a_passkey_belongs_to_one_account(desk: Desk) -> None:
    """The same key cannot be brought to another account."""
    key = device()
    await desk.with_passkey(key)
    await desk.people.add_staff("ann", "Ann", "moderator", PASSWORD)
    ann = await desk.half(await desk.people.sign_in_staff("ann", PASSWORD))
    made = key.make(await desk.factors.new_passkey(ann, SITE))
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.keep_passkey(ann, SITE, made, "Copied")


async def test_whoever_has_a_factor_cannot_go_round_it(desk: Desk) -> None:
    """With a password alone no further factor can be added; after a fresh proof it can."""
    token, _ = await desk.with_app()
    assert not (await desk.half()).may_enrol
    assert (await desk.half(token)).may_enrol
    desk.clock.wait(FRESH / 1000)
    assert not (await desk.half(token)).may_enrol


async def test_a_secret_is_only_good_for_the_session_it_was_made_in(desk: Desk) -> None:
    """What was handed out for one session's app cannot be used by another's."""
    made = desk.factors.new_maker(await desk.half(), SITE)
    code = pyotp.TOTP(made.secret).at(desk.clock())
    for sealed in (made.sealed, "", "x", made.sealed[:-4] + "AAAA"):
        with pytest.raises(Refused, match="bad_field"):
            await desk.factors.keep_maker(await desk.half(), sealed, code)
        desk.clock.wait(LONGEST)


async def test_the_last_factor_stays(desk: Desk) -> None:
    """One of two can be taken away, never both."""
    await desk.with_app()
    me = await desk.half((await desk.factors.show_code(await desk.half(), desk.digits())).token)
    with pytest.raises(Refused, match="last_factor"):
        await desk.factors.drop(me, None)
    made = device().make(await desk.factors.new_passkey(me, SITE))
    token = (await desk.factors.keep_passkey(me, SITE, made, "")).token
    me = await desk.half(token)
    with pytest.raises(Refused, match="not_found"):
        await desk.factors.drop(me, b"another")
    await desk.factors.drop(me, None)
    me = await desk.half(token)
    assert (me.has.sealed_secret, [key.name for key in me.has.passkeys]) == (None, ["Passkey"])
    with pytest.raises(Refused, match="last_factor"):
        await desk.factors.drop(me, me.has.passkeys[0].id)


async def test_proving_again_does_not_stretch_the_day(desk: Desk) -> None:
    """A second factor shown in mid-session makes a new token, but the twelve hours go on."""
    token, _ = await desk.with_app()
    started = desk.clock() - 30
    for _ in range(150):
        desk.clock.wait(7 * 60)
        half = await desk.people.sessions.halfway(token)
        if half is None:
            break
        token = (await desk.factors.show_code(half, desk.digits())).token
    assert 0 <= desk.clock() - started - 12 * 3600 <= 7 * 60


@pytest.mark.parametrize("role", sorted(PASSKEYS))
async def test_who_can_do_most_needs_a_passkey(desk: Desk, role: str) -> None:
    """For these roles no app is set up; a passkey is, and opens the account."""
    await desk.people.add_staff("lee", "Lee", role, PASSWORD)
    half = await desk.half(await desk.people.sign_in_staff("lee", PASSWORD))
    assert half.keyed
    made = desk.factors.new_maker(half, SITE)
    with pytest.raises(Refused, match="passkey_needed"):
        await desk.factors.keep_maker(half, made.sealed, pyotp.TOTP(made.secret).at(desk.clock()))
    key = device()
    credential = key.make(await desk.factors.new_passkey(half, SITE))
    done = await desk.factors.keep_passkey(half, SITE, credential, "Phone")
    assert await desk.people.sessions.staff(done.token) is not None
    half = await desk.half(await desk.people.sign_in_staff("lee", PASSWORD))
    assert await desk.people.sessions.staff(
        (await desk.factors.show_code(half, done.recovery[0])).token
    )


async def test_an_app_of_before_only_leads_to_a_passkey(desk: Desk) -> None:
    """Whoever comes to such a role with an app makes a passkey by it, and it counts no more.

    A session that somebody else opened by a relayed code is over the moment there is a passkey.
    """
    await desk.with_app()
    ada = Account("ada", "administrator")
    await desk.people.accounts.change_role(ada, (await desk.half()).id, "auditor")
    relayed = (await desk.factors.show_code(await desk.half(), desk.digits())).token
    desk.clock.wait(30)
    half = await desk.half((await desk.factors.show_code(await desk.half(), desk.digits())).token)
    assert await desk.people.sessions.staff(relayed) is None
    assert half.may_enrol
    made = device().make(await desk.factors.new_passkey(half, SITE))
    token = (await desk.factors.keep_passkey(half, SITE, made, "Phone")).token
    assert await desk.people.sessions.staff(token) is not None
    assert await desk.people.sessions.halfway(relayed) is None
    desk.clock.wait(30)
    half = await desk.half()
    assert not half.code_counts
    with pytest.raises(Refused, match="passkey_needed"):
        await desk.factors.show_code(half, desk.digits())
    with pytest.raises(Refused, match="last_factor"):
        await desk.factors.drop(half, half.has.passkeys[0].id)
    await desk.factors.drop(half, None)


async def test_a_code_shown_while_a_passkey_is_made_counts_no_more(desk: Desk) -> None:
    """What the page knew when it asked does not matter: the transaction looks again."""
    await desk.with_app()
    ada = Account("ada", "administrator")
    await desk.people.accounts.change_role(ada, (await desk.half()).id, "auditor")
    early = await desk.half()
    half = await desk.half((await desk.factors.show_code(await desk.half(), desk.digits())).token)
    made = device().make(await desk.factors.new_passkey(half, SITE))
    await desk.factors.keep_passkey(half, SITE, made, "Phone")
    desk.clock.wait(30)
    late = replace(await desk.half(), has=early.has)
    with pytest.raises(Refused, match="bad_proof"):
        await desk.factors.show_code(late, desk.digits())


async def test_no_secret_is_stored_readable_or_logged(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Secrets are sealed, recovery codes hashed, and no log has either."""
    caplog.set_level(logging.DEBUG)
    _, codes = await desk.with_app()
    with pytest.raises(Refused):
        await desk.factors.show_code(await desk.half(), "123456")
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # noqa: ASYNC240
    for secret in (desk.secret, codes[0], codes[0].replace("-", "")):
        assert secret.encode() not in held
        assert secret not in caplog.text


async def test_proving_again_leaves_open_sockets_alone(desk: Desk) -> None:
    """The token changes, the session does not: whoever it belongs to is still here."""
    token, _ = await desk.with_app()
    before = await desk.people.sessions.staff(token)
    assert before is not None
    again = await desk.factors.show_code(await desk.half(token), desk.digits())
    after = await desk.people.sessions.staff(again.token)
    assert after is not None
    assert (after.since, after.session != before.session) == (before.since, True)
    assert (before.id, before.since) in await desk.people.sessions.lasting({before.id})
