"""The pages of the adults on call in a real browser before a real house, phone first."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from moderation.records import items
from moderation.records import tables as t
from tests.browser.eyes import PAGED, sign_in
from tests.browser.sight import Sight
from tests.browser.windows import PHONE
from tests.clients import Student
from tests.journeys.conftest import Running
from tests.moderation.records.sample import new_item

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _raise(running: Running) -> Student:
    one, _ = await running.pair()
    await one.say("hey")
    await _said(one, PAGED)
    return one


async def _said(student: Student, text: str) -> None:
    cid = await student.say(text)
    await student.until("ack", cid=cid)


async def _open(page: Page) -> None:
    await page.wait_for_selector(".case-link")
    await page.click(".case-link")
    await page.wait_for_selector(".case-top")


async def test_P2_two_taps_from_signing_in_to_having_it(running: Running, browser: Browser) -> None:
    """One tap on the incident, one on the only big button, in reach of a thumb on a small phone."""
    await _raise(running)
    page = await sign_in(browser, running, "dana", "counsellor", viewport=PHONE, has_touch=True)
    await page.wait_for_selector(".case-link")
    await page.tap(".case-link")
    box = await page.locator("#take").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] > PHONE["height"] / 2
    assert box["y"] + box["height"] <= PHONE["height"]
    await page.tap("#take")
    await expect(page.locator(".standing")).to_contain_text("You have this since")
    await expect(page.locator("#take")).to_have_count(0)
    assert page.faults == []  # type: ignore[attr-defined]


async def test_P12_something_graver_is_taken_anew(running: Running, browser: Browser) -> None:
    """The open case says what is new since it was taken, in red, and has its button again."""
    student = await _raise(running)
    page = await sign_in(browser, running, "dana", "counsellor", viewport=PHONE)
    await _open(page)
    await page.click("#take")
    await expect(page.locator(".standing")).to_contain_text("You have this since")
    await _said(student, "i took them all")
    await expect(page.locator(".standing")).to_have_text("Nobody has this yet")
    await expect(page.locator(".anew")).to_contain_text("New since you took this, at ")
    await expect(page.locator(".anew")).to_contain_text(": possible suicide attempt")
    await page.click("#take")
    await expect(page.locator(".standing")).to_contain_text("You have this since")
    await expect(page.locator(".anew")).to_have_count(0)
    await expect(page.locator(".timeline")).to_contain_text("More was said")
    assert page.faults == []  # type: ignore[attr-defined]


async def test_P8_a_case_nobody_looked_at_says_what_waited(
    running: Running, browser: Browser
) -> None:
    """Where no message paged by itself: the message that waited, and that nobody looked in time."""
    one, _ = await running.pair()
    await _said(one, "does anybody read this")
    (message,) = await running.store.read(lambda conn: conn.execute(select(t.messages)).all())
    now = int(time.time() * 1000)
    about = new_item(message.room, school="test", mid=message.mid, since=now, escalate_at=now)
    await running.store.write(items.add_items, about)
    running.server.on_call.duty.wake()
    page = await sign_in(browser, running, "dana", "counsellor", viewport=PHONE)
    await _open(page)
    happened = page.locator(".happened")
    await expect(happened).to_contain_text("a message that may need a person was waiting")
    await expect(happened).to_contain_text("nobody looked in time")
    await expect(happened.locator("blockquote")).to_contain_text("does anybody read this")
    assert page.faults == []  # type: ignore[attr-defined]


async def test_P2_without_a_network_the_button_says_why(running: Running, browser: Browser) -> None:
    """Pressed offline it does not pretend; pressed again with a network it works."""
    await _raise(running)
    page = await sign_in(browser, running, "dana", "counsellor", viewport=PHONE)
    await _open(page)
    await page.context.set_offline(True)
    await page.click("#take")
    await expect(page.locator(".take .trouble")).to_contain_text("there is no connection")
    await expect(page.locator(".standing")).to_have_text("Nobody has this yet")
    await page.context.set_offline(False)
    await page.click("#take")
    await expect(page.locator(".standing")).to_contain_text("You have this")


async def test_P3_looking_takes_nothing_and_others_see_who_took_it(
    running: Running, browser: Browser
) -> None:
    """Two adults look; one takes it; the other's page says who without being touched."""
    await _raise(running)
    pages = [await sign_in(browser, running, name, "counsellor") for name in ("ana", "ben")]
    for page in pages:
        await _open(page)
        await expect(page.locator(".standing")).to_have_text("Nobody has this yet")
    await pages[0].click("#take")
    await expect(pages[1].locator(".standing")).to_contain_text("Ana has this", timeout=15_000)
    await expect(pages[1].locator("#take")).to_have_count(0)
    await expect(pages[1].locator("#resolve-it")).to_have_count(0)


async def test_P8_the_case_says_what_how_sure_and_what_to_do(
    running: Running, browser: Browser
) -> None:
    """Exact words marked, in context; what is not known; a list of steps; one printed page."""
    await _raise(running)
    page = await sign_in(browser, running, "dana", "counsellor", viewport=PHONE)
    await _open(page)
    await expect(page.locator("blockquote mark").first).to_be_visible()
    await expect(page.locator(".talk li")).to_have_count(2)
    for words in ("A rule cannot know what was meant", "Who these students are", "999"):
        await expect(page.locator("#case")).to_contain_text(words)
    pdf = await page.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") == 1
    assert PAGED not in await page.title()
    assert PAGED not in page.url


async def test_P5_being_with_the_student_is_one_tap(running: Running, browser: Browser) -> None:
    """Once taken, the button at the thumb is the next thing to do, and is gone when it was done."""
    await _raise(running)
    page = await sign_in(browser, running, "dana", "counsellor", viewport=PHONE, has_touch=True)
    await _open(page)
    await page.tap("#take")
    await page.tap("#with-student")
    await expect(page.locator(".standing")).to_have_text("You are with the student")
    await expect(page.locator(".take")).to_have_count(0)
    await expect(page.locator(".timeline")).to_contain_text("was with the student")


async def test_whoever_may_know_the_student_steps_aside(running: Running, browser: Browser) -> None:
    """Two taps, unfolded through a redraw; closed to them for good, open for a colleague."""
    await _raise(running)
    ana, ben = [await sign_in(browser, running, name, "counsellor") for name in ("ana", "ben")]
    await _open(ana)
    await ana.click(".aside summary")
    await ana.click("#take")
    await expect(ana.locator("#with-student")).to_be_visible()
    await ana.click("#recuse")
    await ana.wait_for_url("**/staff/incidents")
    await ana.click(".case-link")
    await expect(ana.locator("#case")).to_contain_text("You are not allowed to do that")
    await _open(ben)
    await expect(ben.locator(".standing")).to_have_text("Nobody has this yet")


async def test_a_lead_preserves_a_case_and_another_lifts_it(
    running: Running, browser: Browser
) -> None:
    """Folded away, with a reason that is asked for; the case says so until it is lifted."""
    await _raise(running)
    page = await sign_in(
        browser, running, "lea", "safeguarding_lead", "/staff/incidents", viewport=PHONE
    )
    await _open(page)
    await page.click(".preserve summary")
    await page.click("#preserve")
    await expect(page.locator(".preserve .trouble")).to_contain_text("Write down why")
    await page.fill("#preserve-why", "the court asked")
    await Sight(page).check("preserving")
    await page.click("#preserve")
    await expect(page.locator(".preserved")).to_contain_text("Preserved by Lea")
    await expect(page.locator(".notes ol")).to_contain_text(
        "This case is preserved: the court asked"
    )
    await expect(page.locator(".lift")).to_have_count(0)
    other = await sign_in(
        browser, running, "lou", "safeguarding_lead", "/staff/incidents", viewport=PHONE
    )
    await _open(other)
    await other.click(".lift summary")
    await other.fill("#lift-why", "the court is done")
    await other.click("#lift")
    await expect(other.locator(".preserved")).to_have_count(0)
    await expect(other.locator(".notes ol")).to_contain_text("This case is no longer preserved")
    assert page.faults == other.faults == []  # type: ignore[attr-defined]


async def test_P16_what_is_being_written_survives(running: Running, browser: Browser) -> None:
    """A note half written stays when the page is drawn anew, and goes once it was added.

    It stays when the page is loaded again, too, until its writer signs out. The record of the case
    is covered by a session that ends, and is there again for the next of the same person.
    """
    await _raise(running)
    page = await sign_in(browser, running, "dana", "counsellor", viewport=PHONE)
    await _open(page)
    await page.fill("#note", "called the house tutor")
    await page.click("#take")
    await page.fill("#record-done", "spoke with them")
    await expect(page.locator("#note")).to_have_value("called the house tutor")
    await page.click("#add-note")
    await expect(page.locator(".notes ol")).to_contain_text("called the house tutor")
    await expect(page.locator("#note")).to_have_value("")
    await expect(page.locator("#record-done")).to_have_value("spoke with them")
    await page.locator("#record-done").focus()
    session = await page.context.cookies()
    await page.context.clear_cookies()
    await page.locator("#signed-out a").wait_for()
    await expect(page.locator("#main")).to_be_hidden()
    await page.context.add_cookies(session)  # type: ignore[arg-type]
    await expect(page.locator("#record-done")).to_be_focused()
    await expect(page.locator("#record-done")).to_have_value("spoke with them")
    await page.fill("#note", "rang the parents")
    await page.reload()
    await expect(page.locator("#note")).to_have_value("rang the parents")
    await page.click(".menu-open")
    await page.click("#sign-out")
    await page.wait_for_url("**/staff/sign-in")
    assert await page.evaluate("sessionStorage.length") == 0


async def test_P16_the_outcome_is_the_record_and_only_grows(
    running: Running, browser: Browser
) -> None:
    """What is missing is named there; the record says all five things, prints, takes addenda."""
    await _raise(running)
    page = await sign_in(browser, running, "dana", "counsellor", viewport=PHONE)
    await _open(page)
    await page.click("#take")
    await page.click("#resolve-it")
    await expect(page.locator("#resolve-trouble")).to_contain_text("Choose how it ended")
    await expect(page.locator("#resolve-trouble")).to_be_in_viewport()
    await page.check("#outcome-spoken_to")
    await page.fill("#record-done", "the tutor is with them")
    await page.check("#told-0")
    await page.fill("#told-others", "the house tutor at 23:10")
    await page.fill("#record-why", "there was a plan for tonight")
    await page.click("#resolve-it")
    await expect(page.locator("#resolve-trouble")).to_contain_text("Say who looks again")
    await page.fill("#follow-date", "2027-01-20")
    await page.click("#resolve-it")
    await expect(page.locator(".standing")).to_have_text("Resolved")
    await expect(page.locator(".case-top h1")).to_be_focused()
    await expect(page.locator(".standing")).to_be_in_viewport()
    record = page.locator(".record")
    for words in (
        "message in the chat at",
        "the tutor is with them",
        "Safeguarding lead, the house tutor at 23:10",
        "there was a plan for tonight",
        "January 20, 2027",
    ):
        await expect(record).to_contain_text(words)
    await expect(page.locator("#resolve-it")).to_have_count(0)
    await page.fill("#note", "mother came at midnight")
    await page.get_by_role("button", name="Add this addendum").click()
    await expect(page.locator(".notes ol")).to_contain_text("mother came at midnight")
    pdf = await page.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") == 1
    await page.goto("/staff/incidents")
    await expect(page.locator("#empty")).to_contain_text("No incident is open")
    await expect(page.locator("#past .state")).to_have_text("Look again on 20 Jan")
    await Sight(page).check("closed lately")
    await page.click("#past .case-link")
    await expect(page.locator(".standing")).to_have_text("Resolved")
    assert page.faults == []  # type: ignore[attr-defined]


async def test_the_pages_are_fit_for_everybody(running: Running, browser: Browser) -> None:
    """Small and wide, light and dark: list, case, case that is mine, refused, unknown, sign-in."""
    page = await sign_in(browser, running, "dana", "counsellor")
    await expect(page.locator("#empty")).to_contain_text("No incident")
    sight = Sight(page)
    await sight.check("no incident")
    await _raise(running)
    await page.reload()
    await page.wait_for_selector(".case-link")
    await sight.check("incidents")
    await _open(page)
    await sight.check("a case")
    await page.click("#take")
    await page.wait_for_selector("#resolve-it")
    await sight.check("a case that is mine")
    for path in ("/staff/queue", "/nothing"):
        await page.goto(path)
        await sight.check(path)
    await page.context.clear_cookies()
    await page.goto("/staff/sign-in")
    await sight.check("sign-in")


async def test_a_wrong_password_is_told_and_the_page_stays_usable(
    running: Running, browser: Browser
) -> None:
    """The words stand beside the field, are announced, and the next try works."""
    await running.people.add_staff("dana", "Dana", "counsellor", "a long password")
    opened = await browser.new_context(base_url=running.origin)
    page = await opened.new_page()
    await page.goto("/staff/incidents/ABC-2345")
    await page.fill("#login", "dana")
    await page.fill("#password", "wrong wrong")
    await page.click("#enter")
    await expect(page.get_by_role("alert")).to_contain_text("That login and password do not match.")
    await page.fill("#password", "a long password")
    await page.click("#enter")
    await page.wait_for_url("**/staff/incidents/ABC-2345")
    await expect(page.locator("#case")).to_contain_text("We could not find that")
    cookies = await opened.cookies()
    assert {one["name"] for one in cookies} == {"__Host-staff", "__Host-known"}
    assert {(one["httpOnly"], one["secure"], one["sameSite"]) for one in cookies} == {
        (True, True, "Strict")
    }
