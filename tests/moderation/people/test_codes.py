"""Codes from an app, and recovery codes on paper."""

from __future__ import annotations

import asyncio

import pyotp
import pytest

from moderation.people.factors import RECOVERY
from moderation.people.patience import LONGEST
from moderation.records.refused import Refused
from tests.moderation.people.second_step import PASSWORD, SITE, SecondStep


async def test_an_app_is_set_up_by_its_first_code(step: SecondStep) -> None:
    """The old session is over, the new one counts, and ten recovery codes come once."""
    before = await step.people.sign_in_staff("mo", PASSWORD) or ""
    me = await step.half(before)
    made = step.factors.new_maker(me, SITE)
    assert made.address.startswith("otpauth://totp/")
    assert {len(row) for row in made.picture} == {len(made.picture)}
    done = await step.factors.keep_maker(me, made.sealed, pyotp.TOTP(made.secret).at(step.clock()))
    member = await step.people.sessions.staff(done.token)
    assert member is not None
    assert member.login == "mo"
    assert await step.people.sessions.halfway(before) is None
    assert len(set(done.recovery)) == RECOVERY
    assert "new_code_maker" in await step.acts()


async def test_a_code_counts_once(step: SecondStep) -> None:
    """The code that was just used, or an older one, opens nothing any more; the next one does."""
    await step.with_app()
    code = step.digits()
    assert (await step.factors.show_code(await step.half(), code)).token
    for used in (code, step.digits(-30)):
        with pytest.raises(Refused, match="bad_proof"):
            await step.factors.show_code(await step.half(), used)
    assert "proof_used_twice" in await step.acts()
    step.clock.wait(30)
    assert (await step.factors.show_code(await step.half(), f" {step.digits()} ")).token


async def test_of_two_pages_with_one_code_one_gets_in(step: SecondStep) -> None:
    """However close together they ask."""
    await step.with_app()
    halves = [await step.half() for _ in range(5)]
    code = step.digits()
    found = await asyncio.gather(
        *(step.factors.show_code(half, code) for half in halves), return_exceptions=True
    )
    assert sum(not isinstance(one, Exception) for one in found) == 1


@pytest.mark.parametrize("later", [-90.0, -60.0, 60.0, 90.0])
async def test_a_code_of_another_time_is_none(step: SecondStep, later: float) -> None:
    """One step of thirty seconds is forgiven, no more."""
    await step.with_app()
    step.clock.wait(30 - step.clock() % 30)
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.show_code(await step.half(), step.digits(later))
    assert (await step.factors.show_code(await step.half(), step.digits(30))).token


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "٣٣٣٣٣٣", "0" * 60, "-12345", "\udcff"])
async def test_what_is_no_code_is_refused(step: SecondStep, typed: str) -> None:
    """Whatever was typed: a refusal, an entry in the log, never a fault."""
    await step.with_app()
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.show_code(await step.half(), typed)
    assert (await step.acts())[-1] == "wrong_factor"


async def test_guessing_codes_becomes_slow(step: SecondStep) -> None:
    """After three wrong ones each further one must wait longer, up to half a minute."""
    await step.with_app()
    me = await step.half()
    for wait in (0.0, 0.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0):
        if wait:
            with pytest.raises(Refused, match="rate_limited") as told:
                await step.factors.show_code(me, "000000")
            assert told.value.retry_after == wait
            step.clock.wait(wait)
        with pytest.raises(Refused, match="bad_proof"):
            await step.factors.show_code(me, "000000")


async def test_a_recovery_code_works_once_and_typed_as_it_comes(step: SecondStep) -> None:
    """On paper for a lost phone: each of them once, in any spelling, for its owner alone."""
    _, codes = await step.with_app()
    typed = codes[0].lower().replace("-", " ")
    assert (await step.factors.show_code(await step.half(), typed)).token
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.show_code(await step.half(), codes[0])
    assert (await step.half()).has.recovery_left == RECOVERY - 1
    await step.people.add_staff("ann", "Ann", "moderator", PASSWORD)
    other = await step.half(await step.people.sign_in_staff("ann", PASSWORD))
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.show_code(other, codes[1])


async def test_new_recovery_codes_replace_the_old(step: SecondStep) -> None:
    """Nobody need wonder which sheet of paper is the right one."""
    token, old = await step.with_app()
    new = await step.factors.new_recovery(await step.half(token))
    with pytest.raises(Refused, match="bad_proof"):
        await step.factors.show_code(await step.half(), old[0])
    assert (await step.factors.show_code(await step.half(), new.recovery[0])).token


async def test_a_secret_is_only_good_for_the_session_it_was_made_in(step: SecondStep) -> None:
    """What was handed out for one session's app cannot be used by another's."""
    made = step.factors.new_maker(await step.half(), SITE)
    code = pyotp.TOTP(made.secret).at(step.clock())
    for sealed in (made.sealed, "", "x", made.sealed[:-4] + "AAAA"):
        with pytest.raises(Refused, match="bad_field"):
            await step.factors.keep_maker(await step.half(), sealed, code)
        step.clock.wait(LONGEST)
