"""The second step of signing in, in a real browser with an authenticator of its own."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from playwright.async_api import expect

from tests.browser.sight import violations
from tests.browser.town import Town
from tests.browser.windows import Glass, StaffWindow
from tests.journeys.conftest import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

STRICT = pytest.mark.parametrize("own_town", [{"second_factor": True}], indirect=True)


async def _password(window: StaffWindow, login: str) -> None:
    await window.page.goto("/staff/sign-in")
    await window.page.fill("#login", login)
    await window.page.fill("#password", PASSWORD)
    await window.page.keyboard.press("Enter")
    await expect(window.find("h1")).to_contain_text("Hello")


@STRICT
async def test_an_app_is_set_up_shown_and_asked_for_again(own_town: Town, own_glass: Glass) -> None:
    """From the first sign-in on a phone to a recovery code, and the dialog in mid-page."""
    await own_town.hire("mo", "moderator")
    window = await own_glass.staff(viewport={"width": 360, "height": 740})
    await _password(window, "mo")
    await window.page.click("#make-app")
    await expect(window.find(".picture path")).to_be_visible()
    assert await violations(window.page) == []
    secret = (await window.find("#app-secret").inner_text()).replace(" ", "")
    await window.page.fill("#first-code", "000000")
    await window.page.keyboard.press("Enter")
    await expect(window.find(".trouble")).to_contain_text("did not match")
    await window.page.fill("#first-code", pyotp.TOTP(secret).at(int(time.time()) - 30))
    await window.page.keyboard.press("Enter")
    await expect(window.find(".recovery li")).to_have_count(10)
    assert await violations(window.page) == []
    paper = await window.find(".recovery li").all_inner_texts()
    await window.page.click("#kept")
    await window.inside()

    await _password(window, "mo")
    await window.page.fill("#proof-code", pyotp.TOTP(secret).now())
    await window.page.keyboard.press("Enter")
    await window.inside()

    for clocked in (own_town.people.sessions, own_town.people.factors):
        clocked._now = lambda: int((time.time() + 301) * 1000)
    own_town.people.factors._clock = lambda: time.time() + 301
    await window.page.goto("/staff/account")
    await window.page.click("#new-recovery")
    await expect(window.find("#prove-title")).to_be_visible()
    assert await violations(window.page) == []
    await window.page.click("text=Use a recovery code")
    await window.page.fill("#proof-code", paper[0])
    await window.page.keyboard.press("Enter")
    await expect(window.find(".recovery li")).to_have_count(10)


@STRICT
async def test_a_passkey_is_made_and_used(own_town: Town, own_glass: Glass) -> None:
    """A lead is offered nothing else: one button to set it up, one to come in, and its name."""
    await own_town.hire("lee", "safeguarding_lead")
    window = await own_glass.staff()
    devices = await window.context.new_cdp_session(window.page)
    await devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    ready = {"isUserVerified": True, "automaticPresenceSimulation": True, "hasResidentKey": True}
    await devices.send("WebAuthn.addVirtualAuthenticator", {"options": options | ready})
    await _password(window, "lee")
    await expect(window.find("#about")).to_contain_text("it needs a passkey")
    await expect(window.find("#make-app")).to_have_count(0)
    await window.page.click("#make-passkey")
    await expect(window.find(".recovery li")).to_have_count(10)
    await window.page.click("#kept")
    await window.inside()

    await window.page.click(".menu-open")
    await window.page.click("#sign-out")
    await expect(window.find("h1")).to_have_text("Staff sign-in")
    await _password(window, "lee")
    await expect(window.find("#proof-code")).to_be_hidden()
    await window.page.click("#proof-key")
    await window.inside()
    await window.page.goto("/staff/account")
    await expect(window.find("#factors")).to_contain_text(re.compile("Passkey of"))
    await expect(window.find("#recovery-left")).to_have_text("Recovery codes left: 10")
    await window.page.click("#add-factor")
    await expect(window.find("#make-passkey")).to_be_visible()
    await expect(window.find("#make-app")).to_have_count(0)
    assert await violations(window.page) == []
