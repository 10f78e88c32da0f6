"""What a moderator does at the desk, and what students see of it within a moment."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.town import Town
from tests.browser.windows import DISCLOSURE, HELD, Glass, StaffWindow, StudentWindow
from tests.clients import Student

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


async def claimed_unseen(glass: Glass, text: str) -> tuple[StaffWindow, Student]:
    """A moderator in front of what the peer of a student wrote; nobody looks on their pages."""
    window = await glass.moderator()
    one, other = await glass.unseen_pair()
    await one.say(text)
    await _claim(window)
    return window, other


async def claimed(
    glass: Glass, text: str = HELD
) -> tuple[StaffWindow, StudentWindow, StudentWindow]:
    """A moderator in front of a held message, and the two students."""
    window = await glass.moderator()
    one, other = await glass.pair()
    await one.say(text)
    await _claim(window)
    return window, one, other


async def _claim(window: StaffWindow) -> None:
    await expect(window.find(".row")).to_have_count(1)
    await window.page.keyboard.press("c")
    await expect(window.find(".card-head h2")).to_be_focused()


async def keys(window: StaffWindow, *pressed: str) -> None:
    for key in pressed:
        await window.page.keyboard.press(key)


async def test_M6_a_key_that_does_not_go_with_the_item_says_why(
    own_town: Town, own_glass: Glass
) -> None:
    """Nothing is pressed in vain, and what is said goes away with the next act."""
    await own_town.hire("ola", "counsellor")
    window, _ = await claimed_unseen(own_glass, DISCLOSURE)
    notice = window.find(".state .notice")
    await keys(window, "w")
    await expect(notice).to_have_text(
        "Withhold does not go with this item. Nothing is held back here."
    )
    await keys(window, "e")
    await expect(notice).to_contain_text("The adults on call are being paged already.")
    await keys(window, "d")
    await expect(window.find(".nothing .notice").first).to_have_text("Done: confirmed.")


async def test_M12_a_moderator_speaks_as_one_and_never_as_a_peer(own_glass: Glass) -> None:
    """A template can be changed before it goes; words to one student reach no other page."""
    window, one, other = await claimed(own_glass)
    await keys(window, "m", "1")
    await expect(window.find("#reason")).to_have_value(
        "Hi, I am a moderator here. How are you doing right now?"
    )
    await window.page.keyboard.type(" I have time.")
    await keys(window, "Escape", "b")
    await expect(window.find("#reason")).to_have_value("")
    await keys(window, "Escape", "m")
    await window.page.focus("#reason")
    await keys(window, "Control+Enter")
    said = one.find(".message[data-who=moderator]")
    await expect(said.locator(".bubble")).to_contain_text(
        "How are you doing right now? I have time."
    )
    await expect(said.locator(".author")).to_have_text("Moderator")
    await expect(said.locator(".state")).to_have_text("Only you can see this.")
    await expect(window.find(".past")).to_contain_text("I have time.")
    await keys(window, "v", "1")
    await window.page.select_option("#to", "both")
    await window.page.focus("#reason")
    await keys(window, "Control+Enter")
    for page in (one, other):
        await expect(page.find(".message[data-who=moderator] .bubble").last).to_contain_text(
            "Please stop."
        )
    await expect(other.find(".message[data-who=moderator]")).to_have_count(1)
    await one.page.reload()
    await expect(one.find(".message[data-who=moderator]")).to_have_count(2)


async def test_M6_whoever_types_into_an_open_form_decides_nothing(own_glass: Glass) -> None:
    """No letter is an act while words are asked for: it begins them (`r` would release)."""
    window, one, other = await claimed(own_glass)
    await keys(window, "m")
    await window.page.keyboard.type("Right, I am here.")
    await expect(window.find("#reason")).to_have_value("Right, I am here.")
    await keys(window, "Escape", "w")
    await window.page.keyboard.type("this hurts")
    await expect(window.find("#reason")).to_have_value("this hurts")
    await expect(one.own()).to_contain_text("A person is checking this")
    await keys(window, "Control+Enter")
    await expect(one.own()).to_contain_text("Not sent. A person read it")
    await expect(other.peer_said).to_have_count(0)


async def test_M6_hiding_undoing_and_muting_take_a_key_or_two(own_glass: Glass) -> None:
    """What was withheld can be had back; the peer sees the rest; who is muted is told so."""
    window, one, other = await claimed(own_glass)
    await keys(window, "w", "1")
    await expect(one.own()).to_contain_text("Not sent. A person read it")
    await expect(window.find("#undo")).to_be_visible()
    await keys(window, "z")
    await expect(window.find(".card-head h2")).to_be_focused()
    await expect(one.own()).to_contain_text("A person is checking this")
    await keys(window, "u", "1")
    await expect(one.find("#chat-cards")).to_contain_text("paused for a while")
    await one.say("hello?")
    await expect(one.own()).to_contain_text("A moderator has paused your messages")
    await expect(window.find("[data-act=unmute]")).to_be_visible()
    await keys(window, "h")
    await window.page.get_by_role("button", name="freak", exact=True).click()
    await keys(window, "3")
    await expect(other.peer_said).to_have_text(["[hidden] [hidden] [hidden] [hidden] freak"])
    await expect(window.find(".notice[data-kind=ok]")).to_have_text("Hide part: confirmed.")
    assert "worthless" not in str(other.heard)


async def test_M17_one_key_hands_on_what_a_moderator_may_know(own_glass: Glass) -> None:
    """The chat is gone for this moderator, also what comes later; a colleague has it, and bars."""
    window, one, other = await claimed(own_glass)
    colleague = await own_glass.moderator("jo")
    await keys(window, "i")
    await expect(window.find(".row")).to_have_count(0)
    await expect(window.find("#work")).to_contain_text("Nothing is waiting for you.")
    await other.say(HELD)
    await expect(colleague.find(".row")).to_have_count(2)
    await expect(window.find(".row")).to_have_count(0)
    await keys(colleague, "c")
    await expect(colleague.find(".card-head h2")).to_be_focused()
    await keys(colleague, "b", "1")
    await expect(colleague.find(".notice[data-kind=ok]")).to_have_text("Bar: confirmed.")
    await expect(one.find("#closed-title")).to_have_text("You cannot use the chat right now")
    await expect(other.find("#screen-chat")).to_contain_text("A moderator has ended this chat.")
