"""How somebody on call is reached, in a real browser before a real house, phone first."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.eyes import sign_in
from tests.browser.sight import Sight
from tests.browser.windows import PHONE
from tests.journeys.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _page(running: Running, browser: Browser, **how: object) -> Page:
    """The contacts page of Ola, who has one way to be reached: a bell nobody has heard yet."""
    await running.on_call(heard=False)
    return await sign_in(
        browser, running, "ola", "", path="/staff/contacts", hire=False, viewport=PHONE, **how
    )


async def test_P13_a_way_counts_only_once_its_test_page_was_heard(
    running: Running, browser: Browser
) -> None:
    """Sent, it rings; without a sound it stays unproven, with advice; heard, it works."""
    page = await _page(running, browser)
    await expect(page.locator("#standing")).to_contain_text("You cannot be reached")
    await page.get_by_role("button", name="Send me a test page").click()
    await expect(page.locator(".question")).to_contain_text("Did you hear it?")
    await running.rang.wait()
    assert running.pages[0]["class"] == "a test page, nobody is in danger"
    await expect(page.locator(".question")).to_contain_text("handed to the provider")
    await page.get_by_role("button", name="It came without a sound").click()
    await expect(page.locator(".advice")).to_contain_text("Let this app ring")
    await expect(page.locator(".contact .chip")).to_have_text("Not proven")
    assert page.faults == []  # type: ignore[attr-defined]


async def test_P13_the_link_of_a_test_page_leads_to_its_question(
    running: Running, browser: Browser
) -> None:
    """From the lock screen, signing in where needed, to one tap that proves the way."""
    page = await _page(running, browser)
    await page.get_by_role("button", name="Send me a test page").click()
    await running.rang.wait()
    await page.goto(running.pages[0]["link"])
    await page.wait_for_url(f"**/staff/contacts/{running.pages[0]['code']}")
    await expect(page.locator(".question")).to_contain_text("came to your device")
    await page.get_by_role("button", name="Yes, I heard it").click()
    await expect(page.locator(".contact .chip")).to_have_text("Works")
    await expect(page.locator("#standing")).to_contain_text("One way works")


async def test_an_address_is_typed_once_and_never_shown(running: Running, browser: Browser) -> None:
    """A webhook gives its key this once; what was typed is nowhere on the page afterwards."""
    page = await _page(running, browser)
    await page.locator("summary", has_text="Webhook").click()
    await page.fill("#new-webhook", "https://10.0.0.1/hidden-path")
    await page.click("#add-webhook")
    await expect(page.locator(".way[open] .trouble")).to_contain_text("cannot be sent there")
    await page.fill("#new-webhook", "https://bell.invalid/hidden-path")
    await page.fill("#label-webhook", "the porter")
    await page.click("#add-webhook")
    await expect(page.locator(".secret output")).to_contain_text("whsec_")
    await expect(page.locator(".contact")).to_have_count(2)
    await page.get_by_role("button", name="I have kept it").click()
    await expect(page.locator(".secret")).to_have_count(0)
    await expect(page.locator(".contact", has_text="the porter")).to_be_visible()
    assert "hidden-path" not in await page.content()
    await page.reload()
    await page.wait_for_selector(".contact")
    for secret in ("hidden-path", "whsec_"):
        assert secret not in await page.content()


async def test_a_way_is_taken_out_with_two_taps(running: Running, browser: Browser) -> None:
    """The first tap only asks; after the second nobody can be paged that way."""
    page = await _page(running, browser)
    await page.get_by_role("button", name="Take out").click()
    await page.get_by_role("button", name="Really take it out").click()
    await expect(page.locator(".contact")).to_have_count(0)
    await expect(page.locator("#standing")).to_contain_text("You cannot be reached")


async def test_the_contacts_page_is_fit_for_everybody(running: Running, browser: Browser) -> None:
    """Axe finds nothing in light and dark, on a phone and a laptop, with a form open."""
    page = await _page(running, browser)
    await page.get_by_role("button", name="Send me a test page").click()
    await page.wait_for_selector(".question")
    await page.locator("summary", has_text="Webhook").click()
    await Sight(page).check("contacts")
