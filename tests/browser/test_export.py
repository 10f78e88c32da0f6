"""Two officers in two browsers take out a document, and what that document is."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from moderation.people import cards
from tests.browser.eyes import PAGED
from tests.browser.sealing import look
from tests.browser.sight import violations
from tests.browser.town import Town
from tests.browser.windows import Glass, StaffWindow

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"viewport": {"width": 360, "height": 760}}
DESK = {"viewport": {"width": 1280, "height": 860}}
WHY = "the court asked for it"


async def _case(town: Town, glass: Glass) -> str:
    """Two students talk, one of them says what pages an adult; answers the incident's code."""
    one, other = await glass.unseen_pair()
    for student, words in ((other, "what is up? call me 07700 900123"), (one, PAGED)):
        await student.until("ack", cid=await student.say(words))
    (found,) = await town.server.on_call.incidents.open_list("test", "")
    return found.code


async def _asks(lee: StaffWindow, code: str) -> None:
    await lee.come("lee", f"/staff/incidents/{code}")
    await lee.page.click("text=Take this case out as a document")
    await lee.page.click("#export-ask")
    await lee.sees("#export-trouble", "Say in a few words what it is needed for")
    await lee.page.fill("#export-why", WHY)
    await lee.page.click("#export-ask")
    await lee.sees(".exporting", "Waits for a second person")


async def test_two_officers_take_a_case_out_in_two_browsers(
    own_town: Town, own_glass: Glass, chromium: Browser, tmp_path: Path
) -> None:
    """Asked for at a desk, agreed to on a phone, saved once; the document opens by itself."""
    for login, role in (("lee", "safeguarding_lead"), ("sue", "senior_leader")):
        await own_town.hire(login, role)
    code = await _case(own_town, own_glass)
    lee = await own_glass.staff(**DESK, accept_downloads=True)
    sue = await own_glass.staff(**PHONE)
    await _asks(lee, code)
    await look(lee)

    await sue.come("sue")
    await sue.page.click(".news a")
    await sue.sees("#exports", f"Case {code}")
    await sue.sees("#exports", WHY)
    await look(sue)
    await sue.page.click("#exports >> text=I agree")
    await sue.sees("#said", "Lee can save case")
    await expect(sue.find("#seconds")).to_be_hidden()
    assert PAGED not in await sue.page.content()

    async with lee.page.expect_download() as saving:
        await lee.page.click("#export-save")
    assert (await saving.value).suggested_filename == f"peerline-case-{code}.html"
    await (await saving.value).save_as(tmp_path / "case.html")
    await lee.sees(".exporting", "Handed out")
    await look(lee)
    async with lee.page.expect_download() as again:
        await lee.page.click("#export-link")
    await (await again.value).save_as(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "case.html").read_bytes()
    await lee.page.reload()
    await lee.page.click("text=Take this case out as a document")
    await lee.sees(".exporting", "Handed out")
    await expect(lee.find("#export-save, #export-link")).to_have_count(0)
    await _reads(
        chromium, tmp_path / "case.html", f"Case {code}: possible suicide risk", PAGED, WHY
    )


async def _reads(chromium: Browser, file: Path, title: str, *there: str) -> None:
    """What stands in the file, in a browser without a network and without scripts."""
    context = await chromium.new_context(offline=True, java_script_enabled=True)
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    await page.goto(file.as_uri())
    await expect(page.locator("h1")).to_have_text(title)
    for words in there:
        await expect(page.locator("body")).to_contain_text(words)
    shown = await page.inner_text("body")
    assert "what is up?" not in shown
    assert "07700" not in shown
    for width in (320, 1280):
        await page.set_viewport_size({"width": width, "height": 760})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert await violations(page) == [], (width, scheme)
    assert asked == [file.as_uri()]
    await context.close()


async def test_a_second_officer_does_not_agree(own_town: Town, own_glass: Glass) -> None:
    """On the case itself where it is another lead; whoever asked is told, and may ask anew."""
    for login in ("lee", "lou"):
        await own_town.hire(login, "safeguarding_lead")
    code = await _case(own_town, own_glass)
    lee, lou = await own_glass.staff(**DESK), await own_glass.staff(**PHONE)
    await _asks(lee, code)
    await expect(lee.find("#export-agree")).to_have_count(0)
    await lou.come("lou", f"/staff/incidents/{code}")
    await lou.page.click("text=Take this case out as a document")
    await expect(lou.find("#export-agree")).to_be_visible()
    await look(lou)
    await lou.page.click("#export-end")
    await lou.sees(".exporting", "Ended by Lou")
    await lee.sees(".exporting", "Ended by Lou")
    await expect(lee.find("#export-why")).to_have_value("")


async def test_a_request_of_one_student_is_answered_in_two_browsers(
    own_town: Town, own_glass: Glass, chromium: Browser, tmp_path: Path
) -> None:
    """By the roster's line: asked for at a desk, agreed to on a phone, saved once."""
    for login, role in (("lee", "safeguarding_lead"), ("sue", "senior_leader")):
        await own_town.hire(login, role)
    codes = await own_town.people.issue_cards(2)
    one, other = await own_glass.unseen_pair(codes)
    for student, words in ((other, "what is up? call me 07700 900123"), (one, "maths is hard")):
        await student.until("ack", cid=await student.say(words))
    lee = await own_glass.staff(**DESK, accept_downloads=True)
    sue = await own_glass.staff(**PHONE)
    await lee.come("lee", "/staff/requests")
    await lee.page.fill("#whose", "Jane Doe")
    await lee.page.click("#ask-for-it")
    await lee.sees("#ask-trouble", "Say in a few words")
    await lee.page.fill("#why", WHY)
    await lee.page.click("#ask-for-it")
    await lee.sees("#ask-trouble", "Nobody here is known by that")
    letters = cards.read(codes[0])
    assert letters is not None
    await lee.page.fill("#whose", cards.digest(letters))
    await lee.page.click("#ask-for-it")
    await lee.sees("#requests", "Waits for a second person")
    await look(lee)

    await sue.come("sue")
    await sue.page.click(".news a")
    await sue.sees("#exports", "What one student wrote")
    await look(sue)
    await sue.page.click("#exports >> text=I agree")
    await sue.sees("#said", "Lee can save request")

    async with lee.page.expect_download() as saving:
        await lee.page.click("#requests [data-step=hand]")
    await (await saving.value).save_as(tmp_path / "words.html")
    await lee.sees("#requests", "Handed out")
    await expect(lee.find("#request-link")).to_be_visible()
    await look(lee)
    assert "maths is hard" not in await lee.page.content()
    title = "What you wrote in the chat, and what was decided about it"
    marks = "maths is hard", "The other student wrote something"
    await _reads(chromium, tmp_path / "words.html", title, *marks)


async def test_what_one_student_wrote_is_deleted_in_two_browsers(
    own_town: Town, own_glass: Glass
) -> None:
    """Refused while their chat is open; then agreed to, and gone for whoever looks."""
    for login, role in (("lee", "safeguarding_lead"), ("sue", "senior_leader")):
        await own_town.hire(login, role)
    codes = await own_town.people.issue_cards(2)
    one, _ = await own_glass.unseen_pair(codes)
    await one.until("ack", cid=await one.say("maths is hard"))
    lee, sue = await own_glass.staff(**DESK), await own_glass.staff(**PHONE)
    await lee.come("lee", "/staff/requests")
    letters = cards.read(codes[0])
    assert letters is not None
    await lee.page.fill("#whose", cards.digest(letters))
    await lee.page.fill("#why", WHY)
    await lee.page.check("#erase")
    await lee.page.click("#ask-for-it")
    await lee.sees("#requests", "to delete it: Waits for a second person")
    await look(lee)

    await sue.come("sue", "/staff/account")
    await sue.sees("#exports", "Delete what one student wrote")
    await sue.page.click("#exports >> text=I agree")
    await sue.sees("#seconds-trouble", "is open, waits or must be kept")
    await one.send("leave")
    await one.until("ended")
    await sue.page.click("#exports >> text=I agree")
    await sue.sees("#said", "Lee can carry out request")

    await lee.page.click("#requests [data-step=hand]")
    await lee.sees("#requests", "to delete it: Deleted")
    await look(lee)
