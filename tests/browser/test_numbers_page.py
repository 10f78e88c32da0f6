"""The numbers page in a real browser before a real house."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.eyes import HELD, sign_in
from tests.browser.sight import Sight
from tests.journeys.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_numbers_page_draws_plots_with_a_table_beside_each(
    running: Running, browser: Browser
) -> None:
    """Small and wide, light and dark: every plot has its table, and everybody can use them."""
    one, _ = await running.pair()
    await one.until("ack", cid=await one.say(HELD))
    page = await sign_in(browser, running, "lee", "safeguarding_lead", "/staff/numbers")
    await expect(page.locator(".plot")).to_have_count(6)
    await expect(page.locator(".plot svg[role=img]")).to_have_count(6)
    await expect(page.locator("#way")).to_contain_text("Decided by the rules")
    await page.locator("#talk summary").click()
    await expect(page.locator("#talk tbody tr")).to_have_count(30)
    await expect(page.locator("#talk tbody tr:last-child td").first).to_have_text("1")
    await page.select_option("#days", "7")
    await expect(page.locator("#waits tbody tr")).to_have_count(7)
    await expect(page.locator("#csv")).to_have_attribute("href", "/api/numbers.csv?days=7")
    await Sight(page).check("numbers")
    assert page.faults == []  # type: ignore[attr-defined]
