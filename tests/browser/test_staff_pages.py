"""Staff pages together with students' pages; each page by itself is tested in `tests/web`."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.town import Town
from tests.browser.windows import DISCLOSURE, HELD, Glass, StaffWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

CLOSED = {"needs_staff": True}
MEETING = {"topics", "waiting", "matched", "resumed"}


async def test_M1_a_report_and_a_call_for_help_reach_the_desk(own_glass: Glass) -> None:
    """Both are on the moderator's list without a touch, and neither peer hears of the report."""
    moderator = await own_glass.moderator()
    one, other = await own_glass.pair()
    await one.page.click("#menu-open")
    await one.page.click("[data-choice=report]")
    await one.page.get_by_label("They want to know who I am").check()
    await one.page.get_by_role("button", name="Tell a moderator").click()
    await expect(moderator.find(".row")).to_have_count(1)
    await one.page.click("#help-open")
    await one.page.get_by_role("button", name="Yes, ask for a person").click()
    await expect(moderator.find(".row")).to_have_count(2)
    assert {frame["t"] for frame in other.frames} <= MEETING


async def test_a_button_that_cannot_be_pressed_looks_so_under_the_pointer(
    own_glass: Glass,
) -> None:
    """Whoever has just pressed it has the pointer there, and still reads what it says."""
    window = await own_glass.staff(reduced_motion="reduce")
    await window.page.goto("/staff")
    button = window.find("#enter")
    quiet = re.compile(r"rgb\(236, 228, 213\)")
    await expect(button).not_to_have_css("background-color", quiet)
    await button.evaluate("one => one.setAttribute('aria-disabled', 'true')")
    await expect(button).to_have_css("background-color", quiet)
    await button.hover(force=True)
    await expect(button).to_have_css("background-color", quiet)


async def test_M2_of_two_who_claim_at_once_one_decides_for_the_student(
    own_town: Town, own_glass: Glass
) -> None:
    """The loser sees who has it and no word; one decision arrives; so it goes 200 times more."""
    both = [await own_glass.moderator(login) for login in ("ana", "ben")]
    one, other = await own_glass.pair()
    await one.say(HELD)
    for window in both:
        await expect(window.find(".row")).to_have_count(1)
        await window.page.evaluate("() => document.querySelector('.row').focus()")
    for window in both:
        await window.page.evaluate("() => document.querySelector('.row').click()")
    for window in both:
        await window.page.wait_for_selector(".row[data-state=mine], .row[data-state=taken]")
    (winner,) = [each for each in both if await each.find(".row[data-state=mine]").count()]
    (loser,) = [each for each in both if each is not winner]
    await loser.sees(".row .about", f"{'Ana' if winner is both[0] else 'Ben'} has it")
    await loser.page.keyboard.press("r")
    await expect(winner.find(".card-head h2")).to_be_focused()
    await winner.page.keyboard.press("w")
    await winner.page.keyboard.press("1")
    await expect(one.own()).to_contain_text("Not sent. A person read it")
    await loser.sees(".row[data-state=gone] .about", "No longer here")
    await expect(other.peer_said).to_have_count(0)
    assert HELD not in await loser.page.content()
    await _race(own_town, both)


RACE = """(items) => new Promise((done) => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws?as=staff`);
    const won = [], lost = [];
    const claim = (item) => socket.send(JSON.stringify({ t: "claim", item }));
    socket.onopen = () => items.forEach(claim);
    socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.t === "opened") won.push(frame.item.id);
        if (frame.t === "error") lost.push(frame.code);
        if (won.length + lost.length === items.length) { socket.close(); done([won, lost]); }
    };
})"""
"""Claims every item at once, over a connection of this browser; answers what it got."""


async def _race(town: Town, both: list[StaffWindow]) -> None:
    """Two browsers ask for the same two hundred items at once: each item has one winner."""
    ids = await town.fill(200)
    results = await asyncio.gather(*(window.page.evaluate(RACE, ids) for window in both))
    (ana, told_ana), (ben, told_ben) = results
    assert sorted(ana + ben) == sorted(ids)
    assert set(told_ana + told_ben) == {"already_claimed"}
    assert len(told_ana) == len(ben)


async def test_M3_the_item_of_a_closed_tab_comes_back(
    own_town: Town, own_glass: Glass, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague sees it free again, and decides; the wait before that is made short here."""
    monkeypatch.setattr(own_town.server.talking.desk.claims, "_keep", 0.1)
    gone = await own_glass.moderator("ana")
    stays = await own_glass.moderator("ben")
    one, other = await own_glass.pair()
    await one.say(HELD)
    await expect(gone.find(".row")).to_have_count(1)
    await gone.page.keyboard.press("c")
    await stays.page.wait_for_selector(".row[data-state=taken]")
    await gone.page.close()
    await expect(stays.find(".row[data-state=taken]")).to_have_count(0)
    await stays.decide("r", "Release")
    await expect(other.peer_said).to_have_text([HELD])


async def test_M7_what_the_writer_took_back_cannot_be_decided(own_glass: Glass) -> None:
    """The card says so by itself and offers no release; then it can be closed, and is."""
    moderator = await own_glass.moderator()
    one, other = await own_glass.student(), await own_glass.student()
    await one.page.clock.install()
    for window in (one, other):
        await window.ready()
        await window.choose()
    await one.say(HELD)
    await expect(moderator.find(".row")).to_have_count(1)
    await moderator.page.keyboard.press("c")
    await expect(moderator.find(".card-head h2")).to_be_focused()
    await one.page.clock.fast_forward(125_000)
    await one.page.get_by_role("button", name="Take it back").click()
    await expect(one.own()).to_contain_text("Taken back.")
    await moderator.sees(".lines li[data-this]", "taken back")
    await expect(moderator.find("[data-act=release]")).to_have_count(0)
    await moderator.sees(".row", "Look")
    await moderator.page.keyboard.press("d")
    await expect(moderator.find(".notice[data-kind=ok]")).to_have_text("Done: confirmed.")
    await expect(moderator.find(".row")).to_have_count(0)
    await expect(other.peer_said).to_have_count(0)


async def test_M3_M9_what_waits_grows_warmer_and_what_is_left_alone_goes_back(
    own_town: Town, own_glass: Glass
) -> None:
    """Amber after half a minute, red after one; a card nobody touches warns, then goes back."""
    await own_town.hire("mo", "moderator")
    moderator = await own_glass.staff()
    await moderator.page.clock.install()
    await moderator.come("mo")
    one, _ = await own_glass.unseen_pair()
    await one.say(HELD)
    for heat in ("", "amber", "red"):
        await _warmed(moderator, heat)
    await moderator.page.keyboard.press("c")
    await expect(moderator.find(".card-head h2")).to_be_focused()
    touched = datetime.fromtimestamp(await moderator.page.evaluate("Date.now() / 1000"), UTC)
    await moderator.page.clock.set_system_time(touched + timedelta(seconds=61))
    await moderator.page.clock.run_for(1_000)
    await moderator.sees("#alarm", "Still reading? This goes back to the queue in")
    await moderator.page.clock.set_system_time(touched + timedelta(seconds=92))
    await moderator.page.clock.run_for(1_000)
    await moderator.sees(".notice", "Nobody touched this page for a while")
    await expect(moderator.find(".notice[data-kind=ok]")).to_have_count(0)
    await expect(moderator.find(".row[data-state='']")).to_have_count(1)


async def _warmed(moderator: StaffWindow, heat: str) -> None:
    """The page's clock runs until the item is that warm; what the server tells sets it right."""
    for _ in range(400):
        found = await moderator.find(".row time").get_attribute("data-heat")
        if found == heat:
            return
        await moderator.page.clock.run_for(2_000)
    raise AssertionError(f"never {heat}, at last {found}")


@pytest.mark.parametrize("own_town", [CLOSED], indirect=True)
async def test_M11_without_a_moderator_nobody_new_is_matched(
    own_town: Town, own_glass: Glass
) -> None:
    """Once the last one has gone who waits is told, and who comes finds it closed, and numbers."""
    await own_town.hire("ola", "counsellor")
    moderator = await own_glass.moderator()
    one, other = await own_glass.student(), await own_glass.student()
    await one.ready()
    waits = await own_glass.student()
    await waits.ready()
    await waits.choose()
    await waits.sees("#waiting-estimate", "We cannot say yet how long it will take.")
    await moderator.page.click(".menu-open")
    await moderator.page.click("#sign-out")
    await moderator.page.wait_for_url("**/staff/sign-in*")
    await waits.sees("#waiting-estimate", "Nobody is free to look after new chats")
    await one.choose()
    await expect(one.find("#closed-title")).to_have_text("The chat is closed right now")
    await other.sign_in(await own_town.card())
    await other.page.get_by_label("A trained adult at school").check()
    await other.page.click("#understand-send")
    await expect(other.find("#closed-title")).to_have_text("The chat is closed right now")


async def test_P12_one_conversation_is_one_incident_and_another_still_rings(
    own_town: Town, own_glass: Glass
) -> None:
    """A second disclosure is counted on the same case; one in another room pages anew."""
    await own_town.hire("ola", "counsellor")
    adult = await own_glass.staff(viewport={"width": 360, "height": 740})
    await adult.come("ola")
    one, _ = await own_glass.unseen_pair()
    for _ in range(2):
        await one.until("ack", cid=await one.say(DISCLOSURE))
    await own_town.post.next()
    third, _ = await own_glass.unseen_pair()
    await third.say(DISCLOSURE)
    await own_town.post.next()
    await expect(adult.find(".case-link")).to_have_count(2)
    assert len(own_town.post.letters) == 2
    await adult.sees("#cases", "2 times")
