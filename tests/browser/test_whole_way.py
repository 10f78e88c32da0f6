"""The whole way, once: two students, a moderator and an adult on call in four real windows."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import expect

from moderation.records import pages
from tests.browser.town import Town
from tests.browser.windows import DISCLOSURE, HELD, Glass, StaffWindow, StudentWindow
from tests.journeys.conftest import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

NUMBER = "07700 900123"
INSULTS = (HELD, "nobody likes you, you fat ugly pig, just die")
NEVER = ("kill", "myself", "tonight", "going")
AGAIN = {"repeat_seconds": 1.0}
"""Whoever does not answer is paged again at once."""


@pytest.mark.parametrize("own_town", [AGAIN], indirect=True)
async def test_the_whole_way_of_a_conversation(own_town: Town, own_glass: Glass) -> None:
    """Meeting, talking, a hidden number, two held messages, a page, and the adult who takes it."""
    await own_town.hire("mo", "moderator")
    await own_town.hire("ola", "counsellor")
    moderator = await own_glass.staff()
    await moderator.sign_in("mo")
    one, other = await own_glass.student(), await own_glass.student()
    for window in (one, other):
        await window.sign_in(await own_town.card())
        await window.understand()
        await window.choose()
    await _talk(one, other)
    await _a_number_arrives_hidden(one, other)
    await _two_are_held(one, other, moderator)
    await _a_disclosure(one, other)
    await _the_adult(own_town, await own_glass.staff())


async def _talk(one: StudentWindow, other: StudentWindow) -> None:
    await one.say("hi, rough week?")
    await expect(one.own()).to_have_text("Delivered")
    await expect(other.peer_said).to_have_text(["hi, rough week?"])
    await other.say("yes. everybody is on at me about exams")
    await expect(one.peer_said).to_have_text(["yes. everybody is on at me about exams"])


async def _a_number_arrives_hidden(one: StudentWindow, other: StudentWindow) -> None:
    await one.say(f"text me on {NUMBER} ok")
    await one.page.get_by_role("button", name="Send it without this").click()
    await expect(one.own()).to_contain_text("Delivered. We hid part of this")
    await expect(other.peer_said).to_have_count(2)
    await expect(other.peer_said.last).to_contain_text("text me on")
    for carried in (await other.page.content(), *other.heard):
        assert "900123" not in carried
        assert "07700" not in carried


async def _two_are_held(one: StudentWindow, other: StudentWindow, moderator: StaffWindow) -> None:
    before = await other.peer_said.count()
    await one.say(INSULTS[0])
    await expect(one.own()).to_contain_text("A person is checking this")
    await expect(moderator.find(".row:not([data-state=gone])")).to_have_count(1)
    await moderator.decide("w", "Withhold")
    await expect(one.own()).to_contain_text("Not sent. A person read it")
    await one.say(INSULTS[1])
    await expect(one.own()).to_contain_text("A person is checking this")
    await expect(moderator.find(".row:not([data-state=gone])")).to_have_count(1)
    await moderator.decide("r", "Release")
    await expect(one.own()).to_have_text("Delivered")
    await expect(other.peer_said).to_have_count(before + 1)
    await expect(other.peer_said.last).to_have_text(INSULTS[1])
    assert INSULTS[0] not in "".join(other.heard)


async def _a_disclosure(one: StudentWindow, other: StudentWindow) -> None:
    await one.say(DISCLOSURE)
    await expect(one.own()).to_have_text("Delivered")
    await expect(other.peer_said.last).to_have_text(DISCLOSURE)
    await one.sees(".care-card", "We have called a trained adult")
    await other.sees(".care-card", "You did well to listen.")
    await expect(one.find("#text")).to_be_focused()


async def _the_adult(town: Town, adult: StaffWindow) -> None:
    first, second = await town.post.next(), await town.post.next()
    code, link = _what_it_says(town, first)
    again, other_link = _what_it_says(town, second)
    assert again == code, "paged again while nobody has it"
    assert other_link != link, "every page has a link of its own"
    await adult.page.goto(link)
    await adult.page.fill("#login", "ola")
    await adult.page.fill("#password", PASSWORD)
    await adult.page.keyboard.press("Enter")
    await adult.page.wait_for_url(f"**/staff/incidents/{code}")
    await expect(adult.find("blockquote")).to_contain_text(DISCLOSURE)
    await adult.sees(".talk", "everybody is on at me about exams")
    await adult.page.click("#take")
    await adult.sees(".standing", "You have this since")
    paged = await _nothing_is_due(town, code)
    await adult.page.fill("#note", "phoned the house tutor")
    await adult.page.click("#add-note")
    await adult.sees(".notes ol", "phoned the house tutor")
    await adult.page.click("#with-student")
    await adult.page.check("#outcome-spoken_to")
    await adult.page.fill("#record-done", "the tutor is with them")
    await adult.page.check("#told-0")
    await adult.page.fill("#record-why", "there was a plan for tonight")
    await adult.page.check("#follow-1")
    await adult.page.click("#resolve-it")
    await expect(adult.find(".standing")).to_have_text("Resolved")
    assert await _nothing_is_due(town, code, after_ms=10**9) == paged


def _what_it_says(town: Town, letter: str) -> tuple[str, str]:
    """Code and link of a page, which says nothing else that a stranger may not read."""
    found = re.search(rf"{re.escape(town.origin)}/staff/page/\S+", letter)
    code = re.match(r"Peerline (\S+):", letter)
    assert found is not None
    assert code is not None
    for word in NEVER:
        assert word not in letter.lower().replace(found[0].lower(), "")
    return code[1], found[0]


async def _nothing_is_due(town: Town, code: str, after_ms: int = 60_000) -> int:
    """Neither now nor after sixty more rounds; answers how many letters were sent."""
    await town.server.on_call.duty.settle()
    later = int(time.time() * 1000) + after_ms
    policy = town.server.on_call.incidents._policy
    due = await town.store.read(pages.agenda, policy, later)
    assert due.pages == ()
    assert code not in due.incidents
    return len(town.post.letters)
