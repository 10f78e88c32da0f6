"""A student discloses: what both read of the adult, and how they would like to be met."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from chat.rooms import wishing
from tests.browser.sight import Sight
from tests.browser.town import Town
from tests.browser.windows import DISCLOSURE, PHONE, Glass

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_S10_a_disclosure_is_delivered_and_both_hear_of_the_adult(
    own_town: Town, own_glass: Glass
) -> None:
    """Calm cards on both pages; neither blocks, takes the focus, or stops anybody from writing."""
    await own_town.hire("ola", "counsellor")
    one, other = await own_glass.pair()
    await other.page.focus("#text")
    await one.say(DISCLOSURE)
    await expect(one.own()).to_have_text("Delivered")
    await one.sees(".care-card", "It was right to say it.")
    await one.sees(".care-card", "You can keep typing.")
    await other.sees(".care-card", "You did well to listen.")
    for window in (one, other):
        await expect(window.find("#text")).to_be_focused()
        await window.say("still here")
        await expect(window.own()).to_have_text("Delivered")
    await one.page.get_by_role("button", name="Okay").click()
    await expect(one.find(".care-card")).to_have_count(0)


async def test_S9_who_listened_reads_numbers_to_call_while_nobody_can_be_reached(
    own_town: Town, own_glass: Glass
) -> None:
    """Both do, after a reload too, until somebody can be; the cards say that, and who has it."""
    one, other = await own_glass.pair()
    await one.say(DISCLOSURE)
    await one.sees("#help-title", "Nobody at school can answer right now")
    await one.page.reload()
    await one.sees(".care-card[data-notice=no_adult]", "These people can talk with you")
    await other.sees(".care-card[data-notice=peer_no_adult]", "You did well to listen.")
    await expect(other.find(".care-card[data-notice=peer_no_adult] a").first).to_be_visible()
    await own_town.hire("ola", "counsellor")
    await one.sees(".care-card", "We have called a trained adult")
    await other.sees(".care-card", "We have called a trained adult")
    for window in (one, other):
        await expect(window.find("[data-notice$=no_adult]")).to_have_count(0)
    adult = await own_glass.staff()
    await adult.come("ola", "/staff/incidents")
    await adult.page.click(".case-link")
    await adult.page.get_by_role("button", name="I’ve got this").first.click()
    await other.sees(".care-card", "A trained adult has answered")


async def test_S10_what_was_disclosed_stays_in_sight_and_a_reload_forgets_no_adult(
    own_town: Town, own_glass: Glass
) -> None:
    """The card takes its room from above the words, on a phone too, and comes back with them."""
    await own_town.hire("ola", "counsellor")
    one, other = await own_glass.pair(viewport={"width": 360, "height": 740})
    await one.say("it goes on and on " * 30)
    await expect(one.own()).to_have_text("Delivered")
    await one.say(DISCLOSURE)
    for window, who in ((one, "me"), (other, "peer")):
        await window.sees(".care-card", "We have called a trained adult")
        said = window.find(f".message[data-who={who}] .bubble").last
        await expect(said).to_have_text(DISCLOSURE)
        await expect(said).to_be_in_viewport()
        await window.page.reload()
        await window.sees(".care-card", "We have called a trained adult")


async def test_S10_a_student_says_how_to_be_met_and_the_adult_reads_it(
    own_town: Town, own_glass: Glass
) -> None:
    """By tap and by key, without losing the place to write; the peer's page has none of it."""
    await own_town.hire("ola", "counsellor")
    one, other = await own_glass.pair(viewport=PHONE, has_touch=True)
    adult = await own_glass.staff(viewport=PHONE, has_touch=True)
    await adult.come("ola", "/staff/incidents")
    await one.say(DISCLOSURE)
    await one.sees(".wishes", "How would you like to meet the adult?")
    await expect(one.find("#text")).to_be_focused()
    await adult.page.click(".case-link")
    await adult.sees(".happened", DISCLOSURE)
    await expect(adult.find(".met")).to_have_count(0)
    await one.page.get_by_role("button", name="Here in the chat").tap()
    await one.sees(".wishes-status", "The adult can see this.")
    await adult.sees(".met", "How they would like to be met: Here in the chat")
    await one.page.get_by_role("button", name="Someone could overhear").focus()
    await one.page.keyboard.press("Enter")
    await adult.sees(".met", "What may make it hard: Someone could overhear")
    await one.page.reload()
    picked = one.find(".wishes [aria-pressed=true]")
    await expect(picked).to_have_text(["Here in the chat", "Someone could overhear"])
    await one.page.get_by_role("button", name="I don’t mind").tap()
    await expect(picked).to_have_text(["I don’t mind", "Someone could overhear"])
    await adult.sees(".met", "How they would like to be met: They do not mind")
    await expect(other.find(".wishes")).to_have_count(0)
    assert not [frame for frame in other.frames if frame["t"] == "wishes"]
    await Sight(one.page).check("how to be met")
    await Sight(adult.page).check("a case with the student's answers")


async def test_S10_an_answer_that_is_not_kept_says_so(
    own_town: Town, own_glass: Glass, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is shown as picked that the adult cannot see."""
    monkeypatch.setattr(wishing, "wish", lambda _, rows: [None] * len(rows))
    await own_town.hire("ola", "counsellor")
    one = await own_glass.beside_one_unseen()
    await one.say(DISCLOSURE)
    await one.sees(".wishes", "You can skip this.")
    await one.page.get_by_role("button", name="Here in the chat").click()
    await one.sees(".wishes-status", "We could not save that.")
    await expect(one.find(".wishes [aria-pressed=true]")).to_have_count(0)


async def test_S10_whoever_is_left_alone_still_reads_that_an_adult_was_called(
    own_town: Town, own_glass: Glass
) -> None:
    """Who disclosed goes and the cards with the room: the page says so, and offers a person."""
    await own_town.hire("ola", "counsellor")
    one, other = await own_glass.pair(viewport=PHONE)
    await one.say(DISCLOSURE)
    await other.page.get_by_role("button", name="Okay").click()
    await one.sees(".care-card", "It was right to say it.")
    await one.page.click("#menu-open")
    await one.page.click("[data-choice=leave]")
    await other.sees("#over-title", "has left the chat.")
    for window, words in ((other, "#over-called"), (one, "#ended-called")):
        await window.sees(words, "We have called a trained adult about this.")
    await Sight(other.page).check("left alone")
    await other.page.click("#over-person")
    await expect(other.find("#chat-title")).to_have_text("Waiting for a person")
