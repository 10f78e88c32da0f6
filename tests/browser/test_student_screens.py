"""Every screen of a student's page: waiting, closed, and whether everybody can use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.sight import RULER, Sight
from tests.browser.town import Town
from tests.browser.windows import Glass, StudentWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

LINES = ["0800 1111", "116 123", "999"]
CLOSED = {"needs_staff": True}
SHORT_WAIT = {"max_wait_seconds": 4.0}


@pytest.mark.parametrize("own_town", [SHORT_WAIT], indirect=True)
async def test_S13_waiting_is_honest_and_ends_in_an_offer(own_glass: Glass) -> None:
    """No number without knowing one; exercises by keyboard; after the longest wait another way."""
    window = await own_glass.student()
    await window.ready()
    await window.choose()
    await expect(window.find("#waiting-estimate")).to_have_text(
        "We cannot say yet how long it will take."
    )
    keys = window.page.keyboard
    await window.page.focus("#calm-go")
    await keys.press("Enter")
    await expect(window.find("#calm-words")).to_have_text("Breathe in")
    await window.page.focus("#calm-senses")
    await keys.press("Space")
    await window.page.focus("#calm-go")
    for step in ("five things", "four things", "three things"):
        await expect(window.find("#calm-words")).to_contain_text(step)
        await keys.press("Enter")
    await window.sees("#waiting-over", "Nobody has come yet. That is not about you.")
    await expect(window.find("#waiting-over .lines a")).to_have_text(LINES)
    await window.page.click("#waiting-over [data-act=stop]")
    await expect(window.find("#screen-topics")).to_be_visible()


@pytest.mark.parametrize("own_town", [CLOSED], indirect=True)
async def test_S13_closed_means_no_box_and_numbers_to_call(
    own_town: Town, own_glass: Glass
) -> None:
    """Without staff: lines and no box to write in; it opens once a moderator is there (M11)."""
    await own_town.hire("ola", "counsellor")
    await own_town.hire("mo", "moderator")
    window = await own_glass.student()
    await window.sign_in(await own_town.card())
    await window.page.get_by_label("A trained adult at school").check()
    await window.page.click("#understand-send")
    await expect(window.find("#closed-title")).to_have_text("The chat is closed right now")
    await expect(window.find("#closed-opens")).to_have_text("It is usually open on school days.")
    await expect(window.find("#screen-closed .lines a")).to_have_text(LINES)
    await expect(window.find("#text")).to_be_hidden()
    await Sight(window.page).check("closed")
    await window.page.click("#help-open")
    await expect(window.find("#help .lines a")).to_have_text(LINES)
    await window.page.click("#help [data-act=close]")
    moderator = await own_glass.staff()
    await moderator.come("mo")
    await expect(moderator.find("#link")).to_have_text("Live")
    await window.page.click("#closed-again")
    await expect(window.find("#screen-topics")).to_be_visible()


async def test_a_second_tab_takes_over_and_the_first_says_so(glass: Glass) -> None:
    """The chat is in one place at a time; the first page says where it went, and can fetch it."""
    window, other = await glass.student(), await glass.student()
    card = await window.town.card()
    await window.sign_in(card)
    await window.understand()
    await other.sign_in(card)
    await other.understand()
    await window.sees("#stopped-body", "You opened it in another tab")
    await Sight(window.page).check("stopped")
    await window.page.click("#stopped-go")
    await expect(window.find("#screen-topics")).to_be_visible()


async def test_the_whole_journey_by_keyboard_alone(glass: Glass) -> None:
    """Sign in, understand, choose, wait, talk, report, leave: Tab, arrows, Space, Enter, Escape."""
    one, other = await glass.student(), await glass.student()
    keys = one.page.keyboard
    await one.visit()
    await _tab_to(one, "#card")
    await keys.type(await one.town.card())
    await keys.press("Enter")
    await expect(one.find("#screen-understand h1")).to_be_focused()
    await _tab_to(one, "input[name=answer]")
    await keys.press("ArrowDown")
    await _tab_to(one, "#understand-send")
    await keys.press("Enter")
    await expect(one.find("#screen-topics h1")).to_be_focused()
    await _tab_to(one, ".topic")
    await keys.press("Enter")
    await expect(one.find("#screen-waiting h1")).to_be_focused()
    await other.ready()
    await other.choose("Friends and falling out")
    await expect(one.find("#chat-title")).to_be_focused()
    await _tab_to(one, "#text")
    await keys.type("typed by hand")
    await keys.press("Enter")
    await expect(other.peer_said).to_have_text(["typed by hand"])
    await expect(one.find("#text")).to_be_focused()
    await _tab_to(one, "#menu-open", "Shift+Tab")
    await keys.press("Enter")
    await expect(one.find("#menu-title")).to_be_focused()
    await keys.press("Escape")
    await expect(one.find("#menu-open")).to_be_focused()
    await keys.press("Enter")
    await _tab_to(one, "[data-choice=leave]")
    await keys.press("Enter")
    await expect(one.find("#screen-ended h1")).to_be_focused()
    await _tab_to(one, "#screen-ended [data-act=leave]")
    await keys.press("Space")
    await one.page.wait_for_url("**/away")


async def _tab_to(window: StudentWindow, selector: str, key: str = "Tab") -> None:
    """Go there as somebody without a mouse does, seeing at each stop where one is."""
    for _ in range(40):
        await window.page.keyboard.press(key)
        outline = await window.page.evaluate(
            "() => getComputedStyle(document.activeElement).outlineStyle"
        )
        assert outline != "none", await window.page.evaluate("() => document.activeElement.id")
        if await window.find(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} cannot be reached by {key}")


async def test_S15_a_topic_of_one_long_word_fits_a_small_phone(glass: Glass) -> None:
    """A school names its topics in a language of its own; nothing scrolls sideways for that."""
    window = await glass.student(viewport={"width": 320, "height": 640})
    await window.ready()
    await window.find(".topic").first.evaluate(
        "one => { one.textContent = 'Streitigkeit'.repeat(4); }"
    )
    wide = "() => document.documentElement.scrollWidth - innerWidth"
    assert await window.page.evaluate(wide) == 0


async def test_S15_every_screen_is_fit_for_everybody(own_town: Town, own_glass: Glass) -> None:
    """Small and wide, light and dark: no serious finding of axe, nothing too small or too wide."""
    await own_town.hire("ola", "counsellor")
    # Without motion a change of colours is over at once, as it is whenever somebody looks.
    window = await own_glass.student(reduced_motion="reduce")
    other = await own_glass.student(reduced_motion="reduce")
    sight = Sight(window.page)
    await window.visit()
    await sight.check("sign-in")
    await window.page.keyboard.press("Enter")
    await window.sign_in(await own_town.card())
    await expect(window.find("#screen-understand")).to_be_visible()
    await window.page.click("#understand-send")
    await sight.check("understand")
    await window.understand()
    await sight.check("topics")
    await window.choose()
    await expect(window.find("#screen-waiting")).to_be_visible()
    await sight.check("waiting")
    await other.ready()
    await other.choose()
    await _fill_the_chat(window, other)
    await sight.check("chat")
    await _over_sheets(window, sight.check)
    # Whoever a person is called for would stay in the chat; who is left by them sees its end.
    await window.page.click("#menu-open")
    await window.page.click("[data-choice=leave]")
    await expect(other.find("#over")).to_be_visible()
    await Sight(other.page).check("over")
    await expect(window.find("#screen-ended")).to_be_visible()
    await sight.check("ended")
    await window.page.click("#screen-ended [data-act=leave]")
    await window.page.wait_for_url("**/away")
    await sight.check("away")


async def _fill_the_chat(window: StudentWindow, other: StudentWindow) -> None:
    await other.say("hi. " + "averylongwordwithoutanyspaceinit" * 4)
    await expect(window.peer_said).to_have_count(1)
    for text in (
        "shit this is bad",
        "i am going to kill myself tonight",
        "kill yourself you freak",
    ):
        await window.say(text)
        await expect(window.own()).not_to_have_text("Sending…")
    await window.page.wait_for_selector(".care-card")
    await window.page.wait_for_selector(".message[data-state=held]")


async def _over_sheets(window: StudentWindow, check: Callable[[str], Awaitable[None]]) -> None:
    for name in ("help", "menu"):
        await window.page.click(f"#{name}-open")
        await check(name)
        await window.page.keyboard.press("Escape")
    await window.context.set_offline(offline=True)
    await window.page.wait_for_selector("#banner:not(:empty)")
    await check("offline")
    await window.context.set_offline(offline=False)
    await expect(window.find("#banner")).to_be_empty()


async def test_S15_less_motion_stops_what_moves(glass: Glass) -> None:
    """With prefers-reduced-motion nothing on the waiting screen is animated."""
    window = await glass.student(reduced_motion="reduce")
    await window.ready()
    await window.choose()
    await window.page.click("#calm-go")
    await expect(window.find("#calm-words")).to_have_text("Breathe in")
    moving = await window.page.evaluate(
        "() => document.getAnimations().filter((one) =>"
        " one.effect.getComputedTiming().activeDuration > 1).length"
    )
    assert moving == 0


async def test_S12_who_was_cruel_and_left_is_reported_all_the_same(
    glass: Glass, town: Town
) -> None:
    """After the end: what was wrong must be picked, then a moderator reads it; the peer nothing."""
    await town.hire("moe", "moderator")
    one, other = await glass.pair()
    await other.page.click("#menu-open")
    await other.page.get_by_role("button", name="Leave this chat").click()
    await one.page.click("[data-act=over]")
    await one.page.click("#wrong summary")
    await one.page.click("#wrong-send")
    await expect(one.find("#wrong-problem")).to_have_text("Pick what fits best first.")
    await one.page.get_by_label("They are being unkind").check()
    await Sight(one.page).check("something was wrong")
    heard = len(other.heard)
    await one.page.click("#wrong-send")
    await expect(one.find("#wrong-done")).to_be_focused()
    await one.sees("#wrong-done", "A moderator will look. You two will not meet again.")
    assert "reported" not in "".join(other.heard[heard:])
    moderator = await glass.staff()
    await moderator.come("moe")
    await moderator.sees("#items", "Reported: being unkind")
    await other.page.click("#wrong summary")
    await other.page.click("#wrong-apart")
    await other.sees("#wrong-done", "You two will not meet again. Nobody was told.")


async def test_S16_the_end_asks_little_and_offers_what_next(glass: Glass, town: Town) -> None:
    """Two questions that may be skipped, three ways on, and a receipt that an adult can use."""
    one, other = await glass.pair()
    await one.say("thank you for listening")
    await expect(one.own()).to_have_text("Delivered")
    await one.page.click("#menu-open")
    await one.page.get_by_role("button", name="Leave this chat").click()
    await expect(one.find("#after")).to_be_visible()
    await expect(one.find("#screen-ended > .stack.tight > .button")).to_have_count(3)
    await one.page.get_by_label("Worse").check()
    await one.page.get_by_label("Not really").check()
    await one.page.click("#after-send")
    await one.sees("#after-thanks", "You do not have to be alone with it.")
    await expect(one.page.get_by_role("button", name="Ask for a person")).to_have_count(1)
    await expect(one.find("#screen-ended .button[data-kind=main]:visible")).to_have_count(1)
    await expect(one.find("#after")).to_be_hidden()
    await other.page.click("[data-act=over]")
    await other.page.click("#after-skip")
    await expect(other.find("#after")).to_be_hidden()
    await other.page.click("#receipt summary")
    await other.sees("#receipt", "Write it on paper.")
    await Sight(other.page).check("ended")
    await other.page.click("#receipt-show")
    await other.sees("#receipt-shown", "It works for 3 days.")
    code = await other.find(".receipt-code").inner_text()
    await town.hire("rae", "counsellor")
    adult = await glass.staff()
    await adult.come("rae", "/staff/incidents")
    await adult.page.click("#brought summary")
    await adult.page.fill("#receipt", "0000-0000")
    await adult.page.keyboard.press("Enter")
    await adult.sees("#receipt-trouble", "No chat goes with these letters.")
    await adult.page.fill("#receipt", code.lower())
    await adult.page.keyboard.press("Enter")
    await adult.sees("main", "A student brought this chat to an adult")
    await adult.sees("main", "thank you for listening")


async def test_S15_text_twice_as_large_fits_on_a_phone(glass: Glass) -> None:
    """Half as many letters in a line: nothing is cut off or covered, nor the box to write in."""
    small = {"width": 180, "height": 370}
    window, other = await glass.student(viewport=small), await glass.student(viewport=small)
    await window.sign_in(await window.town.card())
    await expect(window.find("#screen-understand")).to_be_visible()
    assert await window.page.evaluate(RULER) == []
    await window.understand()
    await other.ready()
    for one in (other, window):
        await one.choose()
    await expect(window.find("#screen-chat")).to_be_visible()
    box = await window.find("#menu-open").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= small["width"]
    send = await window.find("#send").bounding_box()
    assert send is not None
    assert send["y"] + send["height"] <= small["height"]
    await window.page.click("#menu-open")
    bar, sheet = await window.find(".top").bounding_box(), await window.find("#menu").bounding_box()
    assert bar is not None
    assert sheet is not None
    assert sheet["y"] >= bar["y"] + bar["height"]
    await window.page.click("[data-choice=leave]")
    await expect(window.find("#after")).to_be_visible()
    assert await window.page.evaluate(RULER) == []
