"""Passkeys: made, shown, refused, and needed by those who can do most."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest

from moderation.people.appointing import Account
from moderation.records.refused import Refused
from moderation.roles import PASSKEYS
from tests.moderation.people.second_step import PASSWORD, SITE, SecondStep, device


async def test_a_passkey_lets_in(step: SecondStep) -> None:
    """Made once, it signs every time after; its owner sees its name."""
    key = device()
    await step.with_passkey(key)
    me = await step.half()
    assert [one.name for one in me.has.passkeys] == ["Phone"]
    signed = key.sign(await step.factors.ask_passkey(me, SITE))
    done = await step.factors.show_passkey(me, SITE, signed)
    assert await step.people.sessions.staff(done.token) is not None
    assert done.recovery == ()


@pytest.mark.parametrize("wrong", ["origin", "host", "challenge", "key", "replay", "nothing"])
async def test_a_passkey_that_is_not_right_is_refused(step: SecondStep, wrong: str) -> None:
    """Another site's page, an old challenge, another key, or an answer shown twice."""
    key = device()
    await step.with_passkey(key)
    me = await step.half()
    if wrong == "origin":
        key.origin = "https://evil.example"
    elif wrong == "host":
        key.host = "evil.example"
    old = await step.factors.ask_passkey(me, SITE)
    signed = (device() if wrong == "key" else key).sign(old)
    if wrong == "challenge":
        await step.factors.ask_passkey(me, SITE)
    elif wrong == "replay":
        await step.factors.show_passkey(me, SITE, signed)
        me = await step.half()
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.show_passkey(me, SITE, {} if wrong == "nothing" else signed)
    assert (await step.acts())[-1] == "wrong_factor"


async def test_a_copied_passkey_is_noticed(step: SecondStep) -> None:
    """A counter that stands still or goes back is refused and written down."""
    key = device()
    await step.with_passkey(key)
    me = await step.half()
    await step.factors.show_passkey(me, SITE, key.sign(await step.factors.ask_passkey(me, SITE)))
    key.uses -= 1
    me = await step.half()
    signed = key.sign(await step.factors.ask_passkey(me, SITE))
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.show_passkey(me, SITE, signed)
    assert (await step.acts())[-1] == "proof_used_twice"


async def test_a_device_that_keeps_no_counter_is_fine(step: SecondStep) -> None:
    """Many phones always say nought."""
    key = device()
    await step.with_passkey(key)
    for _ in range(2):
        key.uses = -1
        me = await step.half()
        signed = key.sign(await step.factors.ask_passkey(me, SITE))
        assert (await step.factors.show_passkey(me, SITE, signed)).token


async def test_a_passkey_belongs_to_one_account(step: SecondStep) -> None:
    """The same key cannot be brought to another account."""
    key = device()
    await step.with_passkey(key)
    await step.people.add_staff("ann", "Ann", "moderator", PASSWORD)
    ann = await step.half(await step.people.sign_in_staff("ann", PASSWORD))
    made = key.make(await step.factors.new_passkey(ann, SITE))
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.keep_passkey(ann, SITE, made, "Copied")


@pytest.mark.parametrize("role", sorted(PASSKEYS))
async def test_who_can_do_most_needs_a_passkey(step: SecondStep, role: str) -> None:
    """For these roles no app is set up; a passkey is, and opens the account."""
    await step.people.add_staff("lee", "Lee", role, PASSWORD)
    half = await step.half(await step.people.sign_in_staff("lee", PASSWORD))
    assert half.keyed
    made = step.factors.new_maker(half, SITE)
    with pytest.raises(Refused, match="passkey_needed"):
        await step.factors.keep_maker(half, made.sealed, pyotp.TOTP(made.secret).at(step.clock()))
    key = device()
    credential = key.make(await step.factors.new_passkey(half, SITE))
    done = await step.factors.keep_passkey(half, SITE, credential, "Phone")
    assert await step.people.sessions.staff(done.token) is not None
    half = await step.half(await step.people.sign_in_staff("lee", PASSWORD))
    assert await step.people.sessions.staff(
        (await step.factors.show_code(half, done.recovery[0])).token
    )


async def test_an_app_of_before_only_leads_to_a_passkey(step: SecondStep) -> None:
    """Whoever comes to such a role with an app makes a passkey by it, and it counts no more.

    A session that somebody else opened by a relayed code is over the moment there is a passkey.
    """
    await step.with_app()
    ada = Account("ada", "administrator")
    await step.people.accounts.change_role(ada, (await step.half()).id, "auditor")
    relayed = (await step.factors.show_code(await step.half(), step.digits())).token
    step.clock.wait(30)
    half = await step.half((await step.factors.show_code(await step.half(), step.digits())).token)
    assert await step.people.sessions.staff(relayed) is None
    assert half.may_enrol
    made = device().make(await step.factors.new_passkey(half, SITE))
    token = (await step.factors.keep_passkey(half, SITE, made, "Phone")).token
    assert await step.people.sessions.staff(token) is not None
    assert await step.people.sessions.halfway(relayed) is None
    step.clock.wait(30)
    half = await step.half()
    assert not half.code_counts
    with pytest.raises(Refused, match="passkey_needed"):
        await step.factors.show_code(half, step.digits())
    with pytest.raises(Refused, match="last_factor"):
        await step.factors.drop(half, half.has.passkeys[0].id)
    await step.factors.drop(half, None)


async def test_a_code_shown_while_a_passkey_is_made_counts_no_more(step: SecondStep) -> None:
    """What the page knew when it asked does not matter: the transaction looks again."""
    await step.with_app()
    ada = Account("ada", "administrator")
    await step.people.accounts.change_role(ada, (await step.half()).id, "auditor")
    early = await step.half()
    half = await step.half((await step.factors.show_code(await step.half(), step.digits())).token)
    made = device().make(await step.factors.new_passkey(half, SITE))
    await step.factors.keep_passkey(half, SITE, made, "Phone")
    step.clock.wait(30)
    late = replace(await step.half(), has=early.has)
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.show_code(late, step.digits())
