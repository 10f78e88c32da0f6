"""The rota, and the red bar about paging, in a real browser before a real house."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.eyes import PAGED, sign_in
from tests.browser.sight import violations
from tests.browser.windows import PHONE
from tests.journeys.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _add_a_shift(page: Page, who: str) -> None:
    """One of that adult alone, day and night, all week."""
    await page.locator("[name=who1]").select_option(label=who)
    for day in ("Saturday", "Sunday"):
        await page.get_by_label(day).check()
    await page.locator("[name=since]").fill("2026-01-05")
    await page.locator("[name=start]").first.fill("00:00")
    await page.locator("[name=end]").first.fill("00:00")
    await page.get_by_role("button", name="Add a shift").click()


async def test_P7_P15_the_lead_sees_red_minutes_and_plans_them_away(
    running: Running, browser: Browser
) -> None:
    """From all red to none on a small phone: a shift is added, and accepted by whose it is."""
    await running.on_call()
    page = await sign_in(
        browser, running, "lee", "safeguarding_lead", "/staff/rota", viewport=PHONE
    )
    await expect(page.locator("#verdict")).to_contain_text("at least 1 adult on call")
    await page.get_by_text("Shifts, week by week").click()
    await _add_a_shift(page, "Lee")
    await expect(page.locator("#verdict")).to_contain_text("Students cannot chat in a red minute")
    await expect(page.locator(".day[data-red]")).to_have_count(14)
    await page.get_by_role("button", name="I accept my shift").click()
    await expect(page.locator("#shift")).to_be_empty()
    await _add_a_shift(page, "Ola")
    await expect(page.locator(".day[data-red]")).to_have_count(0)
    await expect(page.locator("#told tbody tr").first).to_contain_text("at once")
    assert await violations(page) == []
    assert page.faults == []  # type: ignore[attr-defined]


async def test_P14_P4_a_red_bar_tells_moderators_when_paging_is_broken_or_nobody_answers(
    running: Running, browser: Browser
) -> None:
    """The bar names the incident nobody answered, and the outside line; it goes when one does."""
    await running.on_call()
    one, _ = await running.pair()
    cid = await one.say(PAGED)
    await one.until("ack", cid=cid)
    page = await sign_in(browser, running, "mo", "moderator")
    bar = page.locator("#pulse")
    await expect(page.locator("#heartbeat")).to_contain_text("last heartbeat")
    await expect(bar).to_contain_text("Nobody has answered", timeout=30_000)
    await expect(bar.get_by_role("link")).to_have_text("Emergency: 999")
    assert await violations(page) == []
