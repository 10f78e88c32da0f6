"""The rules page in a real browser before a real house."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.eyes import sign_in
from tests.browser.sight import Sight, violations
from tests.journeys.conftest import Running
from tests.web.site import WRITTEN

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PATIENCE = 180_000
"""Milliseconds that building and comparing rules may take on a busy machine."""
LEAD, LEADER = "safeguarding_lead", "senior_leader"


async def _propose(page: Page) -> None:
    await page.fill("#name", "zorgshed")
    await page.select_option("#category", "abuse")
    await page.select_option("#attention", "page")
    await page.fill("#say", "zorgshed")
    await page.fill("#match", "he keeps me in the zorgshed")
    await page.fill("#miss", "the zorgshed again")
    await page.click("#try")
    await expect(page.locator("#propose-trouble")).to_contain_text(
        "must not match", timeout=PATIENCE
    )
    assert "toml" not in await page.inner_text("#propose-trouble")
    await page.fill("#miss", "a shed")
    await page.click("#try")
    await expect(page.locator("#tried")).to_contain_text("What it would alter", timeout=PATIENCE)
    assert "false\n" not in await page.inner_text("#tried")


async def test_two_people_change_the_rules_in_their_browsers(
    running: Running, browser: Browser
) -> None:
    """Why, try, propose; agree, put in force; the chat judges by it; rolled back with a reason."""
    running.server.judging.rules_page._written = WRITTEN  # fewer messages than a house has
    lead = await sign_in(browser, running, "lee", LEAD, "/staff/rules")
    await lead.fill("#text", "im not going to k1ll myself lol")
    await lead.click("#ask button")
    await expect(lead.locator("#told")).to_contain_text("Fitted, but does not count")
    assert await violations(lead) == []
    await _propose(lead)
    assert await violations(lead) == []
    await lead.click("#send")
    card = lead.locator("[data-change='own.zorgshed']")
    await expect(card).to_contain_text("waits for a second person", timeout=PATIENCE)
    await expect(card.locator("[data-step=second]")).to_have_count(0)

    leader = await sign_in(browser, running, "sue", LEADER, "/staff/rules")
    await expect(leader.locator("#proposing")).to_be_hidden()
    theirs = leader.locator("[data-change='own.zorgshed']")
    await theirs.locator("[data-step=second]").click()
    await expect(theirs).to_contain_text("only recorded as yet", timeout=PATIENCE)
    await theirs.locator("[data-step=live]").click()
    await expect(theirs).to_contain_text("in force since", timeout=PATIENCE)
    judge = running.server.judging.rules.judge
    assert judge.judge("a new zorgshed").attention.word == "page"

    await lead.reload()
    await card.locator("[data-step=end]").click()
    await lead.fill("#end-why", "it found too much")
    await lead.click("#end button[data-kind=danger]")
    await expect(card).to_contain_text("Ended because: it found too much", timeout=PATIENCE)
    assert running.server.judging.rules.judge.judge("a new zorgshed").attention.word == "none"
    assert await violations(leader) == []
    assert lead.faults == leader.faults == []  # type: ignore[attr-defined]


async def test_the_rules_page_fits_a_phone(running: Running, browser: Browser) -> None:
    """Nothing scrolls sideways at 360 pixels, nor is axe sorry at any size, light or dark."""
    page = await sign_in(browser, running, "lee", LEAD, "/staff/rules")
    await page.fill("#text", "w" * 300)
    await page.click("#ask button")
    await expect(page.locator("#told")).to_be_visible()
    await page.check("input[value=lower]")
    await expect(page.locator("#rule")).to_be_visible()
    await Sight(page).check("rules")
    assert page.faults == []  # type: ignore[attr-defined]
