"""Second factors: what opens an account, what stays closed, and what is kept of them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from moderation.people.sessions import FRESH, HALFWAY
from moderation.records.refused import Refused
from tests.moderation.people.second_step import PASSWORD, SITE, SecondStep, device


async def test_a_password_alone_opens_nothing(step: SecondStep) -> None:
    """Its session is nobody's until a second factor was shown, and over after ten minutes."""
    token = await step.people.sign_in_staff("mo", PASSWORD) or ""
    assert await step.people.sessions.staff(token) is None
    assert (await step.half(token)).may_enrol
    step.clock.wait(HALFWAY / 1000)
    assert await step.people.sessions.halfway(token) is None


async def test_whoever_has_a_factor_cannot_go_round_it(step: SecondStep) -> None:
    """With a password alone no further factor can be added; after a fresh proof it can."""
    token, _ = await step.with_app()
    assert not (await step.half()).may_enrol
    assert (await step.half(token)).may_enrol
    step.clock.wait(FRESH / 1000)
    assert not (await step.half(token)).may_enrol


async def test_the_last_factor_stays(step: SecondStep) -> None:
    """One of two can be taken away, never both."""
    await step.with_app()
    me = await step.half((await step.factors.show_code(await step.half(), step.digits())).token)
    with pytest.raises(Refused, match="last_factor"):
        await step.factors.drop(me, None)
    made = device().make(await step.factors.new_passkey(me, SITE))
    token = (await step.factors.keep_passkey(me, SITE, made, "")).token
    me = await step.half(token)
    with pytest.raises(Refused, match="not_found"):
        await step.factors.drop(me, b"another")
    await step.factors.drop(me, None)
    me = await step.half(token)
    assert (me.has.sealed_secret, [key.name for key in me.has.passkeys]) == (None, ["Passkey"])
    with pytest.raises(Refused, match="last_factor"):
        await step.factors.drop(me, me.has.passkeys[0].id)


async def test_proving_again_does_not_stretch_the_day(step: SecondStep) -> None:
    """A second factor shown in mid-session makes a new token, but the twelve hours go on."""
    token, _ = await step.with_app()
    started = step.clock() - 30
    for _ in range(150):
        step.clock.wait(7 * 60)
        half = await step.people.sessions.halfway(token)
        if half is None:
            break
        token = (await step.factors.show_code(half, step.digits())).token
    assert 0 <= step.clock() - started - 12 * 3600 <= 7 * 60


async def test_no_secret_is_stored_readable_or_logged(
    step: SecondStep, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Secrets are sealed, recovery codes hashed, and no log has either."""
    caplog.set_level(logging.DEBUG)
    _, codes = await step.with_app()
    with pytest.raises(Refused):
        await step.factors.show_code(await step.half(), "123456")
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # noqa: ASYNC240
    for secret in (step.secret, codes[0], codes[0].replace("-", "")):
        assert secret.encode() not in held
        assert secret not in caplog.text


async def test_proving_again_leaves_open_sockets_alone(step: SecondStep) -> None:
    """The token changes, the session does not: whoever it belongs to is still here."""
    token, _ = await step.with_app()
    before = await step.people.sessions.staff(token)
    assert before is not None
    again = await step.factors.show_code(await step.half(token), step.digits())
    after = await step.people.sessions.staff(again.token)
    assert after is not None
    assert (after.since, after.session != before.session) == (before.since, True)
    assert (before.id, before.since) in await step.people.sessions.lasting({before.id})
