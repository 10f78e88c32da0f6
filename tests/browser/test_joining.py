"""An adult on call in the students' chat: a page of staff beside two students' pages."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Route, expect
from sqlalchemy import select

from chat.rooms import joining
from moderation.records import tables as t
from moderation.records.incidents import THERE_MS
from tests.browser.sight import Sight
from tests.browser.town import Town
from tests.browser.windows import DISCLOSURE, Glass, StaffWindow, StudentWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

HERE = "An adult from your school is in this chat"


_UNCOVERED = """() => document.querySelector("#say-it").getBoundingClientRect().bottom
    <= document.querySelector(".take").getBoundingClientRect().top"""
"""Whether writing and sending stand above what is fixed at the foot of the window."""


def _notice(student: StudentWindow) -> Locator:
    """What tells a student that an adult is there."""
    return student.page.locator(".care-card", has_text=HERE)


def _bubble(student: StudentWindow, words: str) -> Locator:
    """A message in the conversation, not the sentence that reads it aloud."""
    return student.page.locator(".bubble", has_text=words)


async def _taken(town: Town, glass: Glass) -> tuple[StaffWindow, StudentWindow, StudentWindow]:
    """Ola Adeyemi has the incident that the first of two students raised."""
    await town.hire("ola", "counsellor", "Ola Adeyemi")
    one, other = await glass.pair()
    await one.say(DISCLOSURE)
    await expect(one.own()).to_have_text("Delivered")
    adult = await glass.staff(viewport={"width": 360, "height": 740})
    await adult.come("ola")
    await adult.page.click(".case-link")
    await adult.page.click("#take")
    await expect(adult.find("#join")).to_be_visible()
    return adult, one, other


async def _joined(town: Town, glass: Glass) -> tuple[StaffWindow, StudentWindow, StudentWindow]:
    """She is in their chat as well, and the first of them sees it."""
    adult, one, other = await _taken(town, glass)
    await adult.page.click("#join")
    await expect(_notice(one)).to_be_visible()
    return adult, one, other


async def test_S10_whoever_disclosed_is_met_by_the_adult_though_the_other_student_has_left(
    own_town: Town, own_glass: Glass
) -> None:
    """They read that the other one left and that this chat stays; the adult comes and is heard."""
    adult, one, other = await _taken(own_town, own_glass)
    await other.page.click("#menu-open")
    await other.sees("[data-choice=leave]", "The chat ends for you.")
    await other.page.click("[data-choice=leave]")
    await other.sees("#ended-called", "We have called a trained adult about this.")
    await one.sees(".care-card[data-notice=peer_gone]", "This chat stays open for you.")
    await one.sees("#chat-cards", "A trained adult has answered")
    await expect(one.find("#chat-title")).to_have_text("Waiting for a person")
    await expect(one.own()).to_have_text("Delivered")
    await one.say("is anybody there")
    await expect(one.own()).to_have_text("Kept here. A person reads it when they come.")
    await Sight(one.page).check("left with an adult called")
    await one.page.reload()
    await one.sees(".care-card[data-notice=peer_gone]", "The other student has left")
    await expect(one.own()).to_have_text("Kept here. A person reads it when they come.")
    await adult.sees(".talk", "has left this chat. It stays open for the other student.")
    await adult.page.click("#join")
    await expect(_notice(one)).to_be_visible()
    await adult.page.fill("#say", "I am here now.")
    await adult.page.click("#say-it")
    await expect(_bubble(one, "I am here now.")).to_be_visible()
    await one.say("thank you")
    await adult.sees("#live", "thank you")
    await expect(_bubble(other, "I am here now.")).to_have_count(0)
    await other.page.click("#screen-ended [data-act=topics]")
    await expect(other.find("#screen-topics")).to_be_visible()


async def test_P9_a_school_adult_joins_and_both_students_see_it(
    own_town: Town, own_glass: Glass
) -> None:
    """Role and no name on either page, words arrive as the adult's, and going is seen as well.

    So does the adult when one of them leaves, and the newest words stay in sight.
    """
    adult, one, other = await _taken(own_town, own_glass)
    await other.say("stay here with me. " * 40)
    await expect(other.own()).to_have_text("Delivered")
    await adult.page.click("#join")
    for student in (one, other):
        await expect(_notice(student)).to_be_visible()
    await adult.sees("#live", "stay here")
    await expect(adult.find("#say")).to_be_focused()
    assert await adult.page.evaluate(_UNCOVERED)
    await adult.page.fill("#say", "Hello, I am here with you both.")
    await adult.page.click("#say-it")
    for student in (one, other):
        await expect(_bubble(student, "Hello, I am here with you both.")).to_be_visible()
        assert "Adeyemi" not in await student.page.content() + "".join(student.heard)
    await other.say("thank you for coming")
    await adult.sees("#live", "thank you for coming")
    await adult.page.check("#to-alone")
    await adult.page.fill("#say", "Shall we talk, only the two of us?")
    await adult.page.click("#say-it")
    await expect(_bubble(one, "only the two of us")).to_be_visible()
    assert "only the two of us" not in "".join(other.heard)
    await Sight(adult.page).check("in the chat")
    await adult.page.set_viewport_size({"width": 360, "height": 740})
    await adult.page.evaluate("live.scrollTop = live.scrollHeight")
    await other.page.click("#menu-open")
    await other.page.click("[data-choice=leave]")
    await adult.sees(".chat", "has left this chat. It stays open for the other student.")
    await expect(adult.find("#to-both")).to_be_hidden()
    assert await adult.page.evaluate("live.scrollTop + live.clientHeight > live.scrollHeight - 2")
    await adult.page.click("#leave-chat")
    await expect(adult.find("#join")).to_be_visible()
    for student in (one, other):
        await expect(_notice(student)).to_have_count(0)


async def test_P9_what_an_adult_says_instead_is_said_though_the_first_got_through(
    own_town: Town, own_glass: Glass
) -> None:
    """An answer is lost: the same words again are said once, other words are other words."""
    adult, one, _ = await _joined(own_town, own_glass)

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.abort()

    for words in ("I am here.", "I am here, and I have time."):
        await adult.page.route("**/say", lost, times=1)
        await adult.page.fill("#say", words)
        await adult.page.click("#say-it")
        await expect(_bubble(one, words)).to_be_visible()
        async with adult.page.expect_response("**/chat?*"):
            pass
        await adult.sees(".chat .trouble", "That did not reach the server")
    await adult.page.click("#say-it")
    await expect(adult.find("#say")).to_have_value("")
    assert await _bubble(one, "I have time").count() == 1


async def test_S10_students_see_that_an_adult_has_answered(
    own_town: Town, own_glass: Glass
) -> None:
    """From *I've got this* on, after a reload too; the questions on the card stay with answers."""
    await own_town.hire("ola", "counsellor", "Ola Adeyemi")
    one, other = await own_glass.pair(viewport={"width": 360, "height": 740})
    await one.say(DISCLOSURE)
    await one.sees(".care-card .care-title", "We have called a trained adult")
    await one.page.get_by_role("button", name="I don’t mind").click()
    await expect(one.page.get_by_role("button", name="I don’t mind", pressed=True)).to_be_visible()
    await expect(one.find(".care-card .button").last).to_have_text("Okay")
    adult = await own_glass.staff(viewport={"width": 360, "height": 740})
    await adult.come("ola")
    await adult.page.click(".case-link")
    await expect(adult.find("#take")).to_be_visible()
    await expect(one.find(".care-card .care-title")).to_have_text("We have called a trained adult")
    await adult.page.click("#take")
    for student in (one, other):
        await expect(student.find(".care-card .care-title")).to_have_text(
            "A trained adult has answered"
        )
    await other.sees(".care-card", "You did your part.")
    await one.page.reload()
    await expect(one.find(".care-card .care-title")).to_have_text("A trained adult has answered")
    await expect(one.page.get_by_role("button", name="I don’t mind", pressed=True)).to_be_visible()
    await Sight(one.page).check("an adult has answered")


async def test_P9_a_restart_does_not_throw_the_adult_out(own_town: Town, own_glass: Glass) -> None:
    """The page comes back into the chat by itself, and what is said then is read."""
    adult, _, other = await _joined(own_town, own_glass)
    await own_town.close()
    await own_town.open()
    await other.say("are you still there?")
    await adult.sees("#live", "are you still there?")
    await adult.page.fill("#say", "Yes, I am.")
    await adult.page.click("#say-it")
    await expect(_bubble(other, "Yes, I am.")).to_be_visible()


async def test_P9_nobody_is_shown_an_adult_who_has_gone(
    own_town: Town, own_glass: Glass, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that vanished without a word counts as gone after its time, made short here."""
    adult, one, _ = await _joined(own_town, own_glass)
    monkeypatch.setattr(joining, "AWAY", 0.5)
    await adult.context.set_offline(True)
    await expect(_notice(one)).to_have_count(0)


async def test_P12_only_what_was_drawn_in_sight_calls_no_adult_in_the_chat(
    own_town: Town, own_glass: Glass
) -> None:
    """A tab behind another draws it and says nothing; brought to the front it says so at once."""
    adult, one, _ = await _joined(own_town, own_glass)
    lasts = await _due(own_town)
    await adult.page.evaluate(_HIDDEN, True)
    await one.say("i took them all")
    await adult.sees("#live", "i took them all")
    for _ in range(3):
        async with adult.page.expect_response("**/chat?read_to=*"):
            pass
    assert await _due(own_town) < lasts - THERE_MS
    await adult.page.evaluate(_HIDDEN, False)
    for _ in range(3):
        async with adult.page.expect_response("**/chat?read_to=*"):
            pass
    assert await _due(own_town) == lasts


_HIDDEN = "is => Object.defineProperty(document, 'hidden', { get: () => is, configurable: true })"


async def _due(town: Town) -> int:
    """When the only incident moves by itself."""
    (due,) = await town.store.read(lambda conn: list(conn.scalars(select(t.incidents.c.due_at))))
    assert due is not None
    return int(due)


@pytest.mark.parametrize("own_town", [{"unattended_urgent": 1.0}], indirect=True)
async def test_S9_alone_in_a_room_words_are_kept_until_somebody_reads_them(
    own_town: Town, own_glass: Glass
) -> None:
    """Nothing is called delivered while nobody is there; it is once the adult has come."""
    await own_town.hire("ola", "counsellor", "Ola Adeyemi")
    window = await own_glass.student()
    await window.ready()
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()
    await window.sees("#help-title", "We have asked a person to come")
    await window.page.click("#help [data-act=close]")
    await window.say("hello?")
    await expect(window.own()).to_have_text("Kept here. A person reads it when they come.")
    adult = await own_glass.staff(viewport={"width": 360, "height": 740})
    await adult.come("ola")
    await adult.page.click(".case-link")
    await adult.page.click("#take")
    await window.sees(".care-card", "A trained adult has answered")
    await adult.sees(".chat", "The student sees that an adult is there.")
    await adult.sees("#case", "The student is alone in this chat")
    await adult.page.click("#join")
    await expect(adult.find("#say")).to_be_focused()
    await expect(adult.find("[name=to]")).to_have_count(0)
    await expect(_notice(window)).to_be_visible()
    await expect(window.own()).to_have_text("Delivered")
