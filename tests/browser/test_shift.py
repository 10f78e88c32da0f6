"""A moderator's shift in a browser: capacity, care, the head of the console, a long queue."""

from __future__ import annotations

import dataclasses
import time

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from moderation.records import items
from tests.browser.test_desk_acts import claimed, claimed_unseen, keys
from tests.browser.town import Town, until
from tests.browser.windows import DISCLOSURE, HELD, Glass

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

CLOSED = {"needs_staff": True}
LONG = 500


@pytest.mark.parametrize("own_town", [CLOSED], indirect=True)
async def test_M11_M13_off_shift_closes_the_chat_and_leaves_a_note(
    own_town: Town, own_glass: Glass
) -> None:
    """With the only moderator off shift a student finds it closed, and a reload changes nothing."""
    await own_town.hire("ola", "counsellor")
    window = await own_glass.moderator()
    one = await own_glass.student()
    await one.ready()
    await keys(window, "o")
    await expect(window.find("#shift-title")).to_have_text("You are on shift")
    await window.page.fill("#handover", "Quiet so far.")
    await window.page.click("#shift-go")
    await expect(window.find("#shift-open")).to_contain_text("Off shift")
    await one.choose()
    await expect(one.find("#closed-title")).to_have_text("The chat is closed right now")
    await window.page.reload()
    await expect(window.find("#shift-open")).to_contain_text("Off shift")
    await keys(window, "o")
    await expect(window.find("#shift")).to_contain_text("Quiet so far.")
    await window.page.click("#shift-go")
    await expect(window.find("#shift-open")).to_contain_text("On shift")
    await one.page.click("#closed-again")
    await expect(one.find("#screen-topics")).to_be_visible()


async def test_M13_M14_what_was_read_and_what_fails_stand_in_the_head(
    own_town: Town, own_glass: Glass
) -> None:
    """Heavy items are counted as they are read; a red bar says what nobody can be told."""
    window, _ = await claimed_unseen(own_glass, DISCLOSURE)
    await expect(window.find("#shift-open")).to_contain_text("read 1 of 12")
    await keys(window, "o")
    await expect(window.find("#shift .meter")).to_contain_text("Possible suicide risk")
    await keys(window, "Escape")
    await window.sees("#failing", "Nobody on call can be reached")
    await expect(window.find("[data-gauge=first] dd")).to_contain_text(" s")
    await expect(window.find("[data-gauge=page] dd")).to_have_text("0")
    await own_town.hire("ola", "counsellor")
    await expect(window.find("#failing")).to_be_hidden()
    await expect(window.find("#on-call")).to_contain_text("Ola")
    await keys(window, "l")
    await window.sees("#overview", "What waits")
    await expect(window.find("#overview td .button")).to_have_count(0)


async def test_M13_who_has_read_enough_leaves_the_next_to_a_colleague(
    own_town: Town, own_glass: Glass
) -> None:
    """The refusal says why, and that somebody else who is here can take it; and they can."""
    window, other = await claimed_unseen(own_glass, DISCLOSURE)
    colleague = await own_glass.moderator("jo")
    needs = own_town.server.talking.desk.needs
    object.__setattr__(needs, "moderators", replace(needs.moderators, heavy_looks=1))
    await keys(window, "d")
    await expect(window.find(".notice[data-kind=ok]")).to_have_text("Done: confirmed.")
    await other.say(DISCLOSURE)
    await expect(window.find(".row:not([data-state=gone])")).to_have_count(1)
    await keys(window, "c")
    await window.sees(".notice[role=alert]", "Somebody else can take it.")
    await keys(colleague, "c")
    await colleague.sees(".words", DISCLOSURE)


async def test_M10_the_card_shows_how_the_page_fares(own_town: Town, own_glass: Glass) -> None:
    """From being rung to being with the student, without a reload or a key."""
    await own_town.hire("ola", "counsellor")
    window, _ = await claimed_unseen(own_glass, HELD)
    await keys(window, "e")
    await window.sees(".reasons", "On call: Ola (mail)")
    await keys(window, "1")
    await window.sees(".incident", "nobody has it yet")
    await window.sees(".incident", "Ola, mail: sent")
    code = await window.find(".incident").get_attribute("data-incident")
    adult = await own_glass.staff()
    await adult.come("ola", f"/staff/incidents/{code}")
    await window.sees(".incident", "Ola, mail: seen")
    await adult.page.get_by_role("button", name="I’ve got this").first.click()
    await window.sees(".incident", "Ola has it")


async def test_M13_M14_a_break_is_asked_for_and_a_quiet_desk_stays_live(
    own_town: Town, own_glass: Glass
) -> None:
    """It can be put off and comes again; nothing on the page and no setting turns it off."""
    await own_town.hire("mo", "moderator")
    window = await own_glass.staff()
    await window.page.clock.install()
    await window.come("mo")
    await expect(window.find("#shift-open")).to_contain_text("On shift")
    before = len(window.heard)
    await window.page.clock.run_for(10_000)

    async def answered() -> bool:
        return len(window.heard) > before

    await until(answered)
    await window.page.clock.run_for(9_000)
    await expect(window.find("#link")).to_have_text("Live")

    rest, ahead = window.find("#rest"), 40 * 60
    desk = own_town.server.talking.desk
    desk._records = dataclasses.replace(desk._records, clock=lambda: time.time() + ahead)
    await window.page.reload()
    await expect(window.find("#link")).to_have_text("Live")
    await expect(rest).to_be_hidden()
    ahead += 10 * 60
    await window.page.reload()
    await expect(rest).to_contain_text("at the desk for 50 minutes. Time for a short break.")
    await expect(rest.get_by_role("button")).to_have_text(["Take a break", "In ten minutes"])
    await rest.get_by_role("button", name="In ten minutes").click()
    await expect(rest).to_be_hidden()
    await window.page.reload()
    await rest.get_by_role("button", name="Take a break").click()
    await expect(window.find("#shift-open")).to_contain_text("Off shift")
    await expect(rest).to_be_hidden()


async def test_M15_five_hundred_items_scroll_and_can_be_worked(
    own_town: Town, own_glass: Glass
) -> None:
    """Each row is laid out by itself and says its place; the head leaves room; news are counts.

    How smoothly they scroll is measured by `bench/console.py`.
    """
    await own_town.fill(LONG)
    window = await own_glass.moderator()
    await expect(window.find(".row")).to_have_count(LONG)
    last = window.find("#items li").last
    await expect(last).to_have_attribute("aria-setsize", str(LONG))
    await expect(last).to_have_attribute("aria-posinset", str(LONG))
    await expect(last).to_have_css("contain", "content")
    for width in (1280, 768, 360):
        await window.page.set_viewport_size({"width": width, "height": 740})
        assert await window.page.evaluate("document.documentElement.scrollWidth") <= width
        head = await window.find(".top").bounding_box()
        assert head is not None
        assert head["height"] <= 740 / 4
    await own_town.fill(1)
    await expect(window.find("#said")).to_have_text("1 new item in the queue")
    await window.page.select_option("#kind", "page")
    await expect(window.find(".row")).to_have_count(0)
    await window.sees("#hidden", f"{LONG + 1} items are not shown.")
    await window.page.get_by_role("button", name="Show all").click()
    await window.find(".row").last.focus()
    await keys(window, "c")
    await expect(window.find(".card-head h2")).to_be_in_viewport()
    await window.page.set_viewport_size({"width": 1280, "height": 740})
    await expect(window.find(".row[data-state=mine]")).to_have_count(1)


async def test_M16_a_second_look_without_the_first_answer(own_town: Town, own_glass: Glass) -> None:
    """What one decides a colleague looks at again by key, and the lead sees whether they agree.

    The rooms open now are as they are now, and stay under the hand of whoever looks.
    """
    window, one, _ = await claimed(own_glass)
    colleague = await own_glass.moderator("jo")
    object.__setattr__(own_town.server.talking.desk.needs, "chance", lambda: 0.0)
    await keys(window, "r")
    await expect(one.own()).to_contain_text("Delivered")
    await expect(colleague.find(".row .what").first).to_have_text("Second look")
    await keys(colleague, "c")
    await colleague.sees(".words", HELD)
    await expect(colleague.find(".words mark, .why, .past, .earlier")).to_have_count(0)
    await expect(window.find(".row .what:text-is('Second look')")).to_have_count(0)
    await keys(colleague, "w")
    await expect(colleague.find(".notice[data-kind=ok]")).to_have_text(
        "It should not stand: confirmed."
    )
    await own_town.hire("lee", "safeguarding_lead")
    lead = await own_glass.staff()
    await lead.page.clock.install()
    await lead.come("lee", "/staff/queue")
    await expect(lead.find("#link")).to_have_text("Live")
    await lead.page.click("#team-open")
    await lead.sees("#overview", "0 of 1 agreed with the first answer.")
    await lead.sees("#overview", "Should not stand")
    await keys(lead, "Escape", "l")
    look_in = lead.page.get_by_role("button", name="Look in")
    await lead.sees("#overview", "1 message")
    for place, said in ((lead.find("#overview .scroll"), 2), (look_in, 3)):
        await place.focus()
        await one.say(f"and on to {said}")
        await expect(one.own()).to_have_text("Delivered")
        await lead.page.clock.fast_forward(5_000)
        await lead.sees("#overview", f"{said} messages")
        await expect(place).to_be_focused()
    await look_in.click()
    await lead.sees("#overview .lines", HELD)


async def test_M4_a_shift_of_fifty_items_without_a_mouse(own_town: Town, own_glass: Glass) -> None:
    """Claim and decide, fifty times, with letters alone; every item ends and nothing is left."""
    staff = await own_glass.moderator()
    await own_town.fill(50)
    await expect(staff.find(".row")).to_have_count(50)
    for left in range(49, -1, -1):
        await keys(staff, "c")
        await expect(staff.find(".card-head h2")).to_be_focused()
        await keys(staff, "d")
        await expect(staff.find(".row:not([data-state=gone])")).to_have_count(left)
    await expect(staff.find("#work")).to_contain_text("Nothing is waiting for you.")
    rows = await own_town.store.read(items.open_items, "test")
    assert rows == []
