"""The moderators' console in a real browser before a real house."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from chat.speaking import MAX_ERRORS
from moderation.records import items
from tests.browser.eyes import HELD, PAGED, sign_in
from tests.browser.sight import Sight, violations
from tests.journeys.conftest import Running
from tests.moderation.records.sample import new_item

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

KEPT = "**/api/account/keys"
"""Where the account keeps which keys do what; a page loaded before its answer has the old ones."""


async def _live(page: Page) -> None:
    await expect(page.locator("#link")).to_have_text("Live")


async def test_M1_a_page_class_item_appears_by_itself(running: Running, browser: Browser) -> None:
    """Without a reload or a key: the row, the count in the title, the figures of the header."""
    page = await sign_in(browser, running, "mo", "moderator")
    await _live(page)
    assert await page.title() == "Queue · Peerline"
    one, _ = await running.pair()
    await one.say(PAGED)
    await expect(page.locator(".row")).to_have_count(1)
    await expect(page.locator(".row .chip")).to_have_text("Page")
    await expect(page).to_have_title("(1) Queue · Peerline")
    assert page.faults == []  # type: ignore[attr-defined]


async def test_M1_a_page_far_down_the_list_is_one_key_away(
    running: Running, browser: Browser
) -> None:
    """What waited too long stands first; then a button says so, and goes to the page."""
    page = await sign_in(browser, running, "mo", "moderator")
    await _live(page)
    for _ in range(20):
        item = new_item(None, school="test", since=1, kind="report", category="report_unkind")
        await running.store.write(items.add_items, item)
        running.server.talking.desk.changed(item.id)
    await expect(page.locator(".row")).to_have_count(20)
    await expect(page.locator(".row .about").first).to_have_text("Report")
    await expect(page.locator("#to-page")).to_be_hidden()
    one, _ = await running.pair()
    await one.say(PAGED)
    await expect(page.locator("#to-page")).to_be_visible()
    await page.keyboard.press("q")
    row = page.locator(".row[data-risk=page]")
    await expect(row).to_be_focused()
    await expect(row).to_be_in_viewport()
    await expect(row.locator(".about")).to_contain_text("Message · Feeling low or worried")
    await page.keyboard.press("c")
    await expect(page.locator(".card-head .about")).to_contain_text("Feeling low or worried")
    await expect(page.locator("#to-page")).to_be_hidden()


async def test_M1_the_list_does_not_move_under_the_pointer(
    running: Running, browser: Browser
) -> None:
    """New items wait behind a pill under the pointer, N brings them; a bar moves nothing."""
    page = await sign_in(browser, running, "mo", "moderator")
    one, other = await running.pair()
    await one.say(HELD)
    await expect(page.locator(".row")).to_have_count(1)
    await page.hover(".row")
    before = await page.locator(".row").bounding_box()
    await other.say(PAGED)
    await expect(page.locator("#fresh")).to_contain_text("1 new, page")
    assert await page.locator(".row").bounding_box() == before
    trouble = {"heard_ms": None, "troubles": ["Paging has stopped."], "unanswered": []}
    await page.route("**/api/pulse", lambda route: route.fulfill(json=trouble))
    await page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("#pulse")).to_have_text("Paging has stopped.")
    assert await page.locator(".row").bounding_box() == before
    await page.keyboard.press("n")
    await expect(page.locator(".row")).to_have_count(2)
    await expect(page.locator("#fresh")).to_be_hidden()
    await expect(page.locator(".row .chip").first).to_have_text("Page")


async def test_a_console_that_was_closed_for_good_says_why(
    running: Running, browser: Browser
) -> None:
    """One that sends what nobody understands is not said to be open in another place."""
    page = await sign_in(browser, running, "mo", "moderator")
    lines: list[WebSocketRoute] = []
    await page.route_web_socket("**/ws*", lambda line: lines.append(line.connect_to_server()))
    await page.reload()
    await _live(page)
    for _ in range(MAX_ERRORS + 1):
        lines[-1].send("nonsense")
    await expect(page.locator("#link")).to_contain_text("stopped working as it should")


async def test_M4_a_shift_without_a_mouse(running: Running, browser: Browser) -> None:
    """Claim, withhold with a reason and go on to the next: letters alone, two keys for each act."""
    page = await sign_in(browser, running, "mo", "moderator")
    await _live(page)
    one, other = await running.pair()
    for writer in (one, other):
        await writer.say(HELD)
    await expect(page.locator(".row")).to_have_count(2)
    for left in (1, 0):
        await page.keyboard.press("c")
        await expect(page.locator(".card-head h2")).to_be_focused()
        await page.keyboard.press("w")
        await expect(page.locator(".reasons")).to_be_visible()
        await page.keyboard.press("1")
        await expect(page.locator(".row")).to_have_count(left)
        await expect(page.locator(".notice[data-kind=ok]")).to_have_text("Withhold: confirmed.")
    for writer in (one, other):
        await writer.until("status", state="withheld")


async def test_M4_single_letters_can_be_switched_off(running: Running, browser: Browser) -> None:
    """WCAG 2.1.4: with the switch off a stray letter does nothing, and it stays off."""
    page = await sign_in(browser, running, "mo", "moderator")
    await _live(page)
    await page.keyboard.press("?")
    async with page.expect_response(KEPT):
        await page.uncheck("#single")
    await expect(page.locator("#help kbd").first).to_be_visible()
    await page.keyboard.press("Escape")
    await page.reload()
    await _live(page)
    one, _ = await running.pair()
    await one.say(HELD)
    await page.wait_for_selector(".row")
    await page.keyboard.press("c")
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_hidden()
    await expect(page.locator(".card-head")).to_have_count(0)
    await page.focus(".row")
    await page.keyboard.press("Enter")
    await expect(page.locator(".card-head")).to_be_visible()
    await expect(page.locator(".acts kbd").first).to_be_hidden()


async def test_M4_every_letter_can_be_another_one(running: Running, browser: Browser) -> None:
    """Changed in the list of keys, printed on the buttons as changed, and kept."""
    page = await sign_in(browser, running, "mo", "moderator")
    await _live(page)
    await page.keyboard.press("?")
    await page.click("[data-change=C]")
    async with page.expect_response(KEPT):
        for key, said in (
            ("1", "Only a letter or a sign can be a key. Press another one, or Esc to leave it."),
            ("w", "W is “Claim the item” now, and C is “Withhold”."),
        ):
            await page.keyboard.press(key)
            await expect(page.locator("#keys-said")).to_have_text(said)
    await page.click("[data-change=R]")
    await page.keyboard.press("Escape")
    await expect(page.locator("#help")).to_be_visible()
    await expect(page.locator("#keys-said")).to_have_text("Nothing was changed.")
    await expect(page.locator("[data-change=W] kbd")).to_have_text("C")
    assert await violations(page) == []
    await page.reload()
    await _live(page)
    one, _ = await running.pair()
    await one.say(HELD)
    await expect(page.locator(".nothing kbd")).to_have_text("W")
    await page.keyboard.press("w")
    await expect(page.locator("[data-act=withhold] kbd")).to_have_text("C")
    await page.keyboard.press("c")
    await page.keyboard.press("1")
    await one.until("status", state="withheld")
    await page.keyboard.press("?")
    await page.click("#keys-reset")
    await expect(page.locator("[data-change=W] kbd")).to_have_text("W")
    await expect(page.locator("#keys-reset")).to_be_hidden()


async def test_M5_the_card_has_the_words_and_the_reason_and_no_identity(
    running: Running, browser: Browser
) -> None:
    """Both handles, the marked span, rule and version; no pseudonym, card or address anywhere."""
    page = await sign_in(browser, running, "mo", "moderator")
    one, other = await running.pair()
    await other.say("hello there")
    await one.say(HELD)
    await page.click(".row")
    await expect(page.locator(".words mark").first).to_be_visible()
    handles = {frame["handle"] for peer in (one, other) for frame in peer.seen if "handle" in frame}
    assert set(await page.locator(".lines .by strong").all_inner_texts()) == handles
    assert await page.locator(".why td").count() >= 3
    assert re.search(r"Rules version \w+", await page.inner_text(".why"))
    await expect(page.locator(".lines li[data-this]")).to_contain_text("held, not delivered")
    everything = await page.content()
    for student in (one, other):
        assert student.token not in everything


async def test_M8_nothing_is_shown_as_done_before_the_server_says_so(
    running: Running, browser: Browser
) -> None:
    """With the answer held back the button turns; a lost connection leaves the failure to retry."""
    page = await sign_in(browser, running, "mo", "moderator")
    one, _ = await running.pair()
    await one.say(HELD)
    await page.click(".row")
    await page.wait_for_selector("[data-act=release]")
    await page.context.set_offline(True)
    await expect(page.locator("#link")).to_contain_text("Nothing you decide goes through")
    await page.keyboard.press("r")
    failed = page.locator(".notice[data-kind=failed]")
    await expect(failed).to_contain_text("Release did not go through")
    await expect(page.locator(".card-head")).to_be_visible()
    await page.context.set_offline(False)
    await _live(page)
    await expect(failed).to_be_visible()
    await page.keyboard.press("t")
    await expect(page.locator(".notice[data-kind=ok]")).to_have_text("Release: confirmed.")
    await one.until("status", state="released")


async def test_M10_escalating_asks_why_and_shows_who_is_told(
    running: Running, browser: Browser
) -> None:
    """The question names who can be reached; afterwards the card shows how the incident stands."""
    await running.on_call()
    page = await sign_in(browser, running, "mo", "moderator")
    await _live(page)
    one, _ = await running.pair()
    await one.say(HELD)
    await page.wait_for_selector(".row")
    await page.keyboard.press("c")
    await page.wait_for_selector("[data-act=escalate]")
    await page.keyboard.press("e")
    await expect(page.locator(".reasons")).to_contain_text("On call: Ola (webhook)")
    await page.keyboard.press("1")
    await expect(page.locator(".incident")).to_contain_text("nobody has it yet")
    await expect(page.locator("[data-act=escalate]")).to_have_count(0)
    await running.rang.wait()
    assert HELD not in str(running.pages)


async def test_the_console_is_fit_for_everybody(running: Running, browser: Browser) -> None:
    """Small and wide, light and dark: empty, list, card, reasons, keys."""
    page = await sign_in(browser, running, "mo", "moderator")
    await _live(page)
    sight = Sight(page)
    await sight.check("empty")
    one, other = await running.pair()
    await one.say(HELD)
    await other.say(PAGED)
    await expect(page.locator(".row")).to_have_count(2)
    await sight.check("list")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("c")
    await page.wait_for_selector(".card-head")
    await sight.check("card")
    await page.keyboard.press("e")
    await expect(page.locator(".reasons")).to_be_visible()
    await sight.check("reasons")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()
    await sight.check("keys")
    assert page.faults == []  # type: ignore[attr-defined]


async def test_M3_a_page_loaded_anew_goes_on_where_it_was(
    running: Running, browser: Browser
) -> None:
    """A reload within the grace opens the claimed item again; nobody else got it meanwhile."""
    page = await sign_in(browser, running, "mo", "moderator")
    one, _ = await running.pair()
    await one.say(HELD)
    await page.click(".row")
    await page.wait_for_selector(".card-head")
    await page.reload()
    await expect(page.locator(".card-head")).to_be_visible()
    await page.keyboard.press("r")
    await expect(page.locator(".notice[data-kind=ok]")).to_have_text("Release: confirmed.")
