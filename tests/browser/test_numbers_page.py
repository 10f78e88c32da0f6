"""The pages of numbers and of the log in a real browser before a real house."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from moderation.records.audit import CONSOLE, Entry, append
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


async def test_the_log_page_shows_who_did_what(running: Running, browser: Browser) -> None:
    """Newest first, in words, small and wide; more only when it is asked for."""
    page = await sign_in(browser, running, "lee", "safeguarding_lead", "/staff/log")
    entries = [Entry(1, CONSOLE, "set_password", str(n)) for n in range(120)]
    for entry in entries:
        await running.store.write(append, entry)
    await page.reload()
    rows = page.locator("#entries tr")
    await expect(rows).to_have_count(100)
    await expect(rows.first).to_contain_text("Set password")
    await page.click("#older")
    await expect(page.locator("#older")).to_be_hidden()
    await expect(rows.last).to_contain_text("1")
    await expect(page.locator("#end")).to_contain_text("It ends with")
    await Sight(page).check("log")
    assert page.faults == []  # type: ignore[attr-defined]
