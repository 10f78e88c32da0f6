"""A person, now: on every screen of a student's page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from chat.students import help_minutes
from moderation.records import tables as t
from moderation.voices import Voice
from tests.browser.test_student_screens import LINES
from tests.browser.town import Town, until
from tests.browser.windows import Glass, StudentWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

URGENT = {"unattended_urgent": 1.0}


async def _lines_come_first(window: StudentWindow) -> None:
    numbers = window.find("#help .lines a")
    await expect(numbers).to_have_text(LINES)
    order = await window.page.evaluate("""() => {
      const list = document.querySelector("#help .lines").getBoundingClientRect();
      const buttons = [...document.querySelectorAll("#help-body .button")];
      return buttons.every((one) => one.getBoundingClientRect().top >= list.bottom);
    }""")
    assert order, "a button stands above the help lines"


async def test_S9_without_an_adult_the_lines_come_first(glass: Glass) -> None:
    """Before signing in, while choosing, waiting and talking: two presses, then numbers to call."""
    window, other = await glass.student(), await glass.student()
    await window.visit()
    await window.page.click("#help-open")
    await window.sees("#help-title", "You can talk to someone now")
    await _lines_come_first(window)
    await window.page.click("#help [data-act=close]")
    await window.ready()
    await other.ready()
    await other.choose()
    await window.choose()
    await expect(window.find("#screen-chat")).to_be_visible()
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()
    await window.sees("#help-title", "Nobody at school can answer right now")
    await _lines_come_first(window)


@pytest.mark.parametrize("own_town", [URGENT], indirect=True)
async def test_S9_a_person_is_asked_and_paged_when_nobody_looks(
    own_town: Town, own_glass: Glass
) -> None:
    """From the waiting screen: the page says what happened, and the adult on call gets a page."""
    await own_town.hire("ola", "counsellor")
    window = await own_glass.student()
    await window.ready()
    await window.choose()
    await expect(window.find("#screen-waiting")).to_be_visible()
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()
    await window.sees("#help-title", "We have asked a person to come")
    await window.page.click("#help [data-act=close]")
    await expect(window.find("#chat-title")).to_have_text("Waiting for a person")
    await window.say("it is about home")
    await expect(window.own()).to_have_text("Kept here. A person reads it when they come.")
    letter = await own_town.post.next()
    assert f"{own_town.origin}/staff/page/" in letter
    assert "home" not in letter


@pytest.mark.parametrize("own_town", [URGENT], indirect=True)
async def test_S9_who_read_that_nobody_can_answer_reads_that_somebody_has(
    own_town: Town, own_glass: Glass
) -> None:
    """As at night, when nobody is on call and somebody takes it: the sheet says so too."""
    window = await own_glass.student()
    await window.ready()
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()
    await window.sees("#help-title", "Nobody at school can answer right now")
    await window.sees(".care-card", "These people can talk with you")
    await own_town.hire("ola", "counsellor")
    adult = await own_glass.staff()
    await adult.come("ola")
    await adult.page.click(".case-link")
    await adult.page.click("#take")
    await window.sees("#help-title", "We have asked a person to come")
    await window.page.click("#help [data-act=close]")
    await window.sees(".care-card", "A trained adult has answered")


@pytest.mark.parametrize("own_town", [{"needs_staff": True}], indirect=True)
async def test_S9_a_person_comes_also_when_the_chat_is_closed_or_over(
    own_town: Town, own_glass: Glass
) -> None:
    """With an adult on call and no moderator: two presses on the closed screen, and on the last."""
    await own_town.hire("ola", "counsellor")
    window = await own_glass.student()
    await window.sign_in(await own_town.card())
    await window.page.get_by_label("A trained adult at school").check()
    await window.page.click("#understand-send")
    await expect(window.find("#screen-closed")).to_be_visible()
    for _ in range(2):
        await window.page.click("#help-open")
        await window.page.get_by_role("button", name="Yes, ask for a person").click()
        await window.sees("#help-title", "We have asked a person to come")
        await window.page.click("#help [data-act=close]")
        await expect(window.find("#screen-chat")).to_be_visible()
        await window.page.click("#menu-open")
        await window.page.click("[data-choice=leave]")
        await expect(window.find("#screen-ended")).to_be_visible()


async def test_S9_the_sheet_says_how_long_it_lately_took(
    town: Town, glass: Glass, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was measured stands above the button, and nothing where nothing was."""
    window = await glass.student()
    await window.ready()
    await window.page.click("#help-open")
    await expect(window.find("#help-body .button")).to_have_text("Yes, ask for a person")
    await expect(window.find("#help-body")).not_to_contain_text("nearly always")
    monkeypatch.setattr(help_minutes, "minutes_of", lambda _: 2)
    await town.server.talking.help_minutes.look()
    await window.page.reload()
    await expect(window.find("#screen-topics")).to_be_visible()
    await window.page.click("#help-open")
    await window.sees("#help-body", "someone nearly always looked within 2 minutes")
    monkeypatch.undo()
    await town.server.talking.help_minutes.look()


@asynccontextmanager
async def _away(window: StudentWindow) -> AsyncIterator[None]:
    """The page has lost its line meanwhile."""
    await window.context.set_offline(offline=True)
    await window.sees("#banner:not(:empty)", "You are offline.")
    yield
    seated = len(window.frames)
    await window.context.set_offline(offline=False)
    await until(lambda: _heard(window, seated))


async def _heard(window: StudentWindow, since: int) -> bool:
    return any(frame["t"] == "resumed" for frame in window.frames[since:])


async def _ask(window: StudentWindow) -> None:
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()
    await window.sees("#help-title", "We have asked a person to come")
    await window.page.click("#help [data-act=close]")


@pytest.mark.parametrize("voice", ["moderator", "adult"])
async def test_S9_whoever_was_helped_once_can_ask_again_in_that_chat(
    voice: Voice, own_town: Town, own_glass: Glass
) -> None:
    """The person came and went: the sheet has its button again, and the second call is heard."""
    await own_town.hire("ola", "counsellor")
    window, _ = await own_glass.pair()
    await _ask(window)
    guests = own_town.server.talking.guests
    (live,) = own_town.server.talking.rooms.all_open()
    here = window.find(f"[data-notice={voice}_here]")
    await guests.come(live.room.id, "mo", voice)
    await expect(here).to_be_visible()
    await guests.go(live.room.id, "mo", voice)
    await expect(here).to_have_count(0)
    await _ask(window)
    await expect(window.find("[data-notice=help_asked]")).to_be_visible()


async def test_S9_a_page_that_comes_back_offers_the_call_unless_it_still_stands(
    own_town: Town, own_glass: Glass
) -> None:
    """Whoever came and went while the page was away can be asked for again."""
    await own_town.hire("ola", "counsellor")
    window, _ = await own_glass.pair()
    await _ask(window)
    guests = own_town.server.talking.guests
    (live,) = own_town.server.talking.rooms.all_open()
    async with _away(window):
        pass
    await window.page.click("#help-open")
    await window.sees("#help-title", "We have asked a person to come")
    await expect(window.find("#help-body .button")).to_have_count(0)
    await window.page.click("#help [data-act=close]")
    async with _away(window):
        await guests.come(live.room.id, "mo", "moderator")
        await guests.go(live.room.id, "mo", "moderator")
    await _ask(window)


async def test_S9_whose_call_was_finished_and_nobody_came_can_ask_again(
    own_town: Town, own_glass: Glass
) -> None:
    """The page says so, and the sheet has its button again."""
    await own_town.hire("ola", "counsellor")
    window, _ = await own_glass.pair()
    await _ask(window)
    store, talking = own_town.server.talking.rooms._needs.store, own_town.server.talking
    (live,) = talking.rooms.all_open()
    row = t.items.update().values(done_at=1)
    await store.write(lambda conn, rows: [conn.execute(row) and None for _ in rows], 0)
    talking.answering.call_finished(live.room.id)
    await window.sees("[data-notice=call_over]", "Somebody has looked at this")
    await expect(window.find("[data-notice=help_asked]")).to_have_count(0)
    await _ask(window)
    await expect(window.find("[data-notice=call_over]")).to_have_count(0)
    await expect(window.find("[data-notice=help_asked]")).to_be_visible()


async def test_S9_whoever_was_written_to_is_no_longer_said_to_wait(
    own_town: Town, own_glass: Glass
) -> None:
    """A moderator has read and written: the head and every message say so, after a reload too."""
    for login, role in (("ola", "counsellor"), ("mo", "moderator")):
        await own_town.hire(login, role)
    window, moderator = await own_glass.student(), await own_glass.staff()
    await window.ready()
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()
    await window.page.click("#help [data-act=close]")
    await window.say("please come")
    await expect(window.own()).to_have_text("Kept here. A person reads it when they come.")
    await moderator.come("mo")
    await expect(moderator.find(".row")).to_have_count(1)
    for key in ("c", "m", "1", "Control+Enter"):
        await moderator.page.keyboard.press(key)
        if key == "c":
            await expect(moderator.find(".card-head h2")).to_be_focused()
    for again in (False, True):
        if again:
            await window.page.reload()
        await expect(window.find("#chat-title")).to_have_text("Your chat with a person")
        await expect(window.own()).to_have_text("Delivered")


async def test_S9_who_leaves_a_room_nobody_came_to_reads_what_became_of_the_call(
    own_town: Town, own_glass: Glass
) -> None:
    """Nobody else is spoken of, nothing is asked about no talk, and nobody is promised."""
    await own_town.hire("ola", "counsellor")
    window = await own_glass.student()
    await window.ready()
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()
    await window.page.click("#help [data-act=close]")
    await window.page.click("#menu-open")
    await window.sees("#menu-body", "The chat ends here.")
    await window.page.click("[data-choice=leave]")
    await window.sees("#ended-called", "If you still want a person, ask again.")
    await expect(window.find("#after")).to_be_hidden()
    await window.page.click("#ended-person")
    await expect(window.find("#chat-title")).to_have_text("Waiting for a person")


async def test_S14_that_a_person_was_asked_is_read_aloud_once(
    own_town: Town, own_glass: Glass
) -> None:
    """The sheet and the card say the same, and only one of them aloud."""
    await own_town.hire("ola", "counsellor")
    window = await own_glass.beside_one_unseen()
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()
    await window.sees(".care-card", "We have asked a person to come")
    said = await window.find("#announce").text_content()
    assert (said or "").count("We have asked a person to come") == 1
