"""What becomes of a student's words, on two real pages."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from moderation.records import tables as t
from tests.browser.sight import Sight
from tests.browser.town import Town
from tests.browser.windows import HELD, PHONE, Glass, StudentWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

KEEP_TEXTS = """() => {
  window.said = [];
  window.states = [];
  const take = (into) => (changes) => changes.forEach((change) => {
    const text = change.addedNodes[0]?.textContent;
    if (text) into.push(text);
  });
  const announce = document.getElementById("announce");
  new MutationObserver(take(window.said)).observe(announce, { childList: true });
  const states = (changes) => changes.forEach(({ target }) => {
    const line = target.closest?.(".message")?.querySelector(".state")?.textContent
      ?? target.querySelector?.(".message:last-child .state")?.textContent;
    if (line && window.states.at(-1) !== line) window.states.push(line);
  });
  const list = document.getElementById("messages");
  new MutationObserver(states).observe(list, { childList: true, subtree: true });
}"""
"""Writes down everything a screen reader is told, and every state a message goes through."""


async def test_S6_each_message_says_in_words_what_became_of_it(glass: Glass) -> None:
    """Sending, delivered, partly hidden, being checked: said once, politely; nothing vanishes."""
    one, other = await glass.pair()
    await one.page.evaluate(KEEP_TEXTS)
    said = {
        "hello": "Delivered",
        "shit this is bad": "Delivered. We hid part of this: some words show as stars.",
        "call me on 07700 900123": "Delivered. We hid part of this so that nobody can find out",
        HELD: "A person is checking this before it goes on.",
    }
    for text, state in said.items():
        await one.say(text)
        if "hid part of this so" in state:
            await one.page.get_by_role("button", name="Send it without this").click()
        await expect(one.own()).to_contain_text(state)
    states = await one.page.evaluate("() => window.states")
    assert states[:2] == ["Sending…", "Delivered"]
    told = await one.page.evaluate("() => window.said")
    assert [line[:9] for line in told] == ["Delivered"] * 3 + ["A person "]
    assert await one.page.get_attribute("#announce", "aria-live") == "polite"
    await expect(one.find(".message")).to_have_count(4)
    await expect(other.peer_said).to_have_count(3)
    await expect(other.peer_said.nth(1)).not_to_contain_text("shit")


async def test_S14_each_message_of_the_peer_is_read_out_once_and_history_never(
    glass: Glass,
) -> None:
    """The list is a silent log with the author in text; after a reload nothing is read again."""
    one, other = await glass.pair()
    await other.page.evaluate(KEEP_TEXTS)
    for text in ("one", "two"):
        await one.say(text)
        await expect(one.own()).to_have_text("Delivered")
    await expect(other.peer_said).to_have_text(["one", "two"])
    peer = await other.page.inner_text("#chat-title")
    said = [f"{peer} said: one", f"{peer} said: two"]
    assert await other.page.evaluate("() => window.said") == said
    log = other.page.get_by_role("log")
    assert await log.get_attribute("aria-live") == "off"
    assert await other.find(".message .author").all_text_contents() == [peer, peer]
    await other.page.reload()
    await expect(other.peer_said).to_have_text(["one", "two"])
    assert await other.page.inner_text("#announce") == ""


async def test_S7_a_message_that_is_checked_for_long_is_no_dead_end(glass: Glass) -> None:
    """After half a minute what to do; after two a person, or taking it back, offline too."""
    one, other = await glass.student(), await glass.student()
    await one.page.clock.install()
    await _meet(one, other)
    await one.say(HELD)
    await expect(one.own()).to_contain_text("A person is checking this")
    await expect(one.find(".message .note")).to_have_count(0)
    await one.page.clock.fast_forward(31_000)
    await one.sees(".message .note", "Still being checked. You can keep writing")
    await one.page.clock.fast_forward(95_000)
    await one.sees(".message .note", "You can ask for a person, or take it back")
    await expect(one.page.get_by_role("button", name="Ask for a person")).to_be_visible()
    await one.context.set_offline(offline=True)
    await one.page.get_by_role("button", name="Take it back").click()
    await expect(one.own()).to_have_text("Taking it back…")
    await one.context.set_offline(offline=False)
    await expect(one.own()).to_contain_text("Taken back.")
    await expect(one.find("#text")).to_have_value(HELD)
    await expect(one.find("#text")).to_be_focused()
    await expect(other.peer_said).to_have_count(0)


async def test_S7_what_waits_behind_a_checked_message_does_not_repeat_it(glass: Glass) -> None:
    """However much somebody writes meanwhile, what to do stands once, at what is checked."""
    one, other = await glass.student(), await glass.student()
    await one.page.clock.install()
    await _meet(one, other)
    for text in (HELD, "sorry", "i am just so angry"):
        await one.say(text)
        await expect(one.own()).not_to_have_text("Sending…")
    await one.page.clock.fast_forward(130_000)
    await one.sees(".message .note", "You can ask for a person, or take it back")
    await expect(one.find(".message .note")).to_have_count(1)
    await expect(one.page.get_by_role("button", name="Take it back")).to_have_count(1)
    await one.page.set_viewport_size(PHONE)
    both = [await one.find(".extra .button").nth(each).bounding_box() for each in (0, 1)]
    assert both[0] is not None
    assert both[1] is not None
    assert both[0]["y"] == both[1]["y"], "they stand in one line"


async def test_S7_a_reload_does_not_start_the_wait_again(own_town: Town, own_glass: Glass) -> None:
    """What was held two minutes ago is offered a person at once, whatever the page forgot."""
    one = await own_glass.beside_one_unseen()
    await one.say(HELD)
    await expect(one.own()).to_contain_text("A person is checking this")
    earlier = t.messages.update().values(said_at=t.messages.c.said_at - 125_000_000)
    await own_town.store.write(lambda conn, rows: [conn.execute(earlier) and None for _ in rows], 0)
    await one.page.reload()
    await one.sees(".message .note", "You can ask for a person, or take it back")


async def _meet(*windows: StudentWindow) -> None:
    for window in windows:
        await window.ready()
        await window.choose()
    for window in windows:
        await expect(window.find("#screen-chat")).to_be_visible()


async def test_F24_while_nobody_watches_the_page_says_what_waits_and_whom_to_call(
    own_glass: Glass, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words are kept and say so, numbers stand there, and a reload forgets neither."""
    one, other = await own_glass.pair()
    monkeypatch.setattr("house.talking.UNWATCHED", -1.0)
    card = one.find("#chat-cards [data-notice=paused]")
    await expect(card).to_contain_text("No moderator is here just now")
    await expect(card.locator(".lines li")).not_to_have_count(0)
    await one.say("are you still there")
    await expect(one.own()).to_have_text(
        "Kept here. It is looked at, or goes on, when a moderator is back."
    )
    await Sight(one.page).check("paused")
    await one.page.reload()
    await expect(card).to_be_visible()
    await expect(other.peer_said).to_have_count(0)
    monkeypatch.undo()
    await expect(card).to_have_count(0)
    await expect(one.own()).to_contain_text("Delivered")
    await expect(other.peer_said).to_have_text(["are you still there"])


async def test_S8_three_messages_written_offline_arrive_once_and_in_order(glass: Glass) -> None:
    """A banner says so, the box works, each waits in words; back online the peer has all three."""
    one, other = await glass.pair()
    await one.say("before")
    await expect(other.peer_said).to_have_text(["before"])
    await one.context.set_offline(offline=True)
    await one.sees("#banner:not(:empty)", "You are offline. You can keep writing.")
    for text in ("first", "second", "third"):
        await one.say(text)
        await expect(one.own()).to_have_text("Kept here. It goes when the link is back.")
    await other.say("while you were away")
    await one.context.set_offline(offline=False)
    await expect(one.find("#banner")).to_be_empty()
    await expect(other.peer_said).to_have_text(["before", "first", "second", "third"])
    await expect(one.find(".state:text-is('Delivered')")).to_have_count(4)
    await expect(one.peer_said).to_have_text(["while you were away"])


async def test_S8_a_reload_keeps_the_chat_and_no_unsent_word(glass: Glass) -> None:
    """What was said is there again, once and in order; what was only typed or waiting is not."""
    one, other = await glass.pair()
    await one.say("one")
    await expect(other.peer_said).to_have_text(["one"])
    await other.say("two")
    await expect(one.peer_said).to_have_text(["two"])
    await one.page.fill("#text", "never sent")
    await one.page.reload()
    await expect(one.find(".bubble")).to_have_text(["one", "two"])
    await expect(one.find("#text")).to_have_value("")
    assert "never sent" not in await one.page.content()
    assert "never sent" not in await one.page.evaluate("() => JSON.stringify(sessionStorage)")


async def test_S8_a_restart_of_the_server_loses_nothing(own_town: Town, own_glass: Glass) -> None:
    """Both pages come back by themselves to the same room; what was written meanwhile arrives."""
    one, other = await own_glass.pair()
    await one.say("before")
    await expect(other.peer_said).to_have_text(["before"])
    await own_town.close()
    await one.sees("#banner:not(:empty)", "We lost the link.")
    await one.say("meanwhile")
    await own_town.open()
    await expect(other.peer_said).to_have_text(["before", "meanwhile"])
    await expect(one.find("#banner")).to_be_empty()
    await other.say("after")
    await expect(one.peer_said).to_have_text(["after"])


async def test_S6_what_only_waits_for_its_turn_says_so(glass: Glass) -> None:
    """Behind a message that is being checked no person reads the next one: it waits."""
    one = await glass.beside_one_unseen()
    await one.say(HELD)
    await expect(one.own()).to_contain_text("A person is checking this")
    await one.say("sorry")
    await expect(one.own()).to_have_text(
        "This waits for the one before it, which is being checked."
    )
    await expect(one.own(0)).to_contain_text("A person is checking this")


async def test_S12_one_control_leaves_blocks_and_reports(glass: Glass) -> None:
    """The menu has all three; a report leaves no trace on the peer's page, not even in a frame."""
    one, other = await glass.pair()
    await one.say("hi")
    await expect(other.peer_said).to_have_text(["hi"])
    before = len(other.heard), await other.page.inner_html("main")
    await one.page.click("#menu-open")
    choices = await one.find("#menu-body button").evaluate_all(
        "all => all.map((one) => one.dataset.choice)"
    )
    assert choices == ["leave", "block", "report"]
    await one.page.click("[data-choice=report]")
    await one.page.get_by_label("They are being unkind").check()
    await one.page.get_by_role("button", name="Tell a moderator").click()
    await one.sees(".care-card", "A moderator will look.")
    assert (len(other.heard), await other.page.inner_html("main")) == before
    await one.find(".care-card").get_by_role("button", name="Leave this chat").click()
    await expect(one.find("#screen-ended")).to_be_visible()
    await expect(one.find("#wrong")).to_be_hidden()
    await other.sees("#over-title", "has left the chat")


async def test_S12_two_who_were_kept_apart_do_not_meet_again(glass: Glass) -> None:
    """After a block both wait, side by side, until somebody else comes."""
    one, other = await glass.pair()
    await one.page.click("#menu-open")
    await one.page.click("[data-choice=block]")
    await expect(one.find("#screen-ended")).to_be_visible()
    await other.sees("#over-title", "has left the chat")
    await other.page.click("#over [data-act=over]")
    for window in (one, other):
        await window.page.click("#screen-ended [data-act=topics]")
        await window.choose()
        await expect(window.find("#screen-waiting")).to_be_visible()
    third = await glass.student()
    await third.ready()
    await third.choose()
    await expect(one.find("#screen-chat")).to_be_visible()
    await expect(third.find("#screen-chat")).to_be_visible()
    await expect(other.find("#screen-waiting")).to_be_visible()
