"""A line that dies in silence, and refusals: what a student asked for is done, or told undone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import WebSocketRoute, expect

from chat.errors import refusal
from moderation.records import items, rooms
from tests.browser.town import Town, until
from tests.browser.windows import Glass, StudentWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

LOST_MS = 8_000
"""After so long without an answer the page takes its connection for lost (socket.js)."""

STOPS = (4501, 4504)
"""After these a page does not come back by itself: opened in another place, and gone wrong."""

REFUSED = json.dumps({"t": "error", "code": "unavailable", "words": "We cannot keep that."})


class Line:
    """What passes between a page and the house; every new connection is a good one."""

    def __init__(self) -> None:
        self.refuses = ""
        self._kill: Callable[[str], None] = lambda _way: None
        self.stop: Callable[[int], Awaitable[None]]
        """Ends the connection as the house would, with a code after which no page comes back."""

    @classmethod
    async def of(cls, window: StudentWindow) -> Line:
        """The line of a window that has not been opened yet, and whose clock can be put forward."""
        line = cls()
        await window.page.clock.install()
        await window.page.route_web_socket("**/ws", line._opened)
        return line

    def die(self, way: str) -> None:
        """The connection takes in what it is given, and passes nothing on: "up" or "down"."""
        self._kill(way)

    def _opened(self, page: WebSocketRoute) -> None:
        house, dead = page.connect_to_server(), set[str]()
        self._kill = dead.add
        self.stop = lambda code: page.close(code=code)

        def up(frame: str | bytes) -> None:
            if "up" in dead:
                return
            if json.loads(frame)["t"] == self.refuses:
                page.send(REFUSED)
            else:
                house.send(frame)

        page.on_message(up)
        house.on_message(lambda frame: None if "down" in dead else page.send(frame))


async def _asks_for_a_person(window: StudentWindow) -> None:
    await window.page.click("#help-open")
    await window.page.get_by_role("button", name="Yes, ask for a person").click()


async def _a_chat(glass: Glass) -> tuple[StudentWindow, StudentWindow, Line]:
    """Two students in a chat, and the line of the first."""
    one, other = await glass.student(), await glass.student()
    line = await Line.of(one)
    for window in (one, other):
        await window.ready()
        await window.choose()
    for window in (one, other):
        await expect(window.find("#screen-chat")).to_be_visible()
    return one, other, line


@pytest.mark.parametrize("way", ["up", "down"])
async def test_S9_a_person_is_called_although_the_line_was_dead(
    own_town: Town, own_glass: Glass, way: str
) -> None:
    """Whether the call was lost or its answer: the page asks again, and one call is waiting."""
    await own_town.hire("ola", "counsellor")
    window = await own_glass.student()
    line = await Line.of(window)
    await window.ready()
    line.die(way)
    await _asks_for_a_person(window)
    await window.sees("#help-body", "Asking…")
    await window.page.clock.fast_forward(LOST_MS)
    await window.sees("#help-title", "We have asked a person to come")
    waiting = await own_town.store.read(items.open_items, "test")
    assert [item.kind for item in waiting] == ["help"]


@pytest.mark.parametrize("way", ["up", "down"])
async def test_S12_who_blocks_over_a_dead_line_never_comes_back_to_that_peer(
    town: Town, glass: Glass, way: str
) -> None:
    """The page stays out of the chat, the peer is told that it is over, and they never meet."""
    one, other, line = await _a_chat(glass)
    line.die(way)
    await one.page.click("#menu-open")
    await one.page.click("[data-choice=block]")
    await expect(one.find("#screen-ended")).to_be_visible()
    await one.page.evaluate("() => { window.seen = []; }")
    await one.page.evaluate("""() => new MutationObserver(() => window.seen.push(
      document.body.dataset.screen)).observe(document.body, { attributes: true })""")
    await one.page.clock.fast_forward(LOST_MS)
    await other.sees("#over-title", "has left the chat")
    for student in list(town.server.talking.students.here):
        assert await town.store.read(rooms.blocked_peers, student)
    await expect(one.find("#banner")).to_have_text("")
    assert "chat" not in await one.page.evaluate("() => window.seen")
    await expect(one.find("#undone")).to_have_text("")


async def test_S6_a_report_that_does_not_get_through_says_so_and_can_be_made_again(
    glass: Glass,
) -> None:
    """Refused again and again: one card, with a button that makes the same report once more."""
    one, _, line = await _a_chat(glass)
    line.refuses = "report"
    await _report(one)
    card = one.find("#undone [data-undone=report]")

    async def given_up() -> bool:
        await one.page.clock.fast_forward(3_000)
        return await card.is_visible()

    await until(given_up)
    await expect(card).to_contain_text("No moderator has been told yet")
    await expect(one.find("#chat-cards")).to_have_text("")
    line.refuses = ""
    await one.page.get_by_role("button", name="Try again").click()
    await one.sees("#chat-cards", "Thank you for telling us")
    await expect(card).to_have_count(0)


async def test_S9_a_call_that_stands_is_no_answer_to_one_that_fails(
    own_town: Town, own_glass: Glass
) -> None:
    """Asked again over a line that is lost, then refused: the page never says that it worked."""
    await own_town.hire("ola", "counsellor")
    window = await own_glass.student()
    line = await Line.of(window)
    await window.ready()
    await _asks_for_a_person(window)
    await window.sees("#help-title", "We have asked a person to come")
    line.refuses = "help"
    line.die("up")
    await window.find("#ended-person").dispatch_event("click")
    await window.sees("#help-body", "Asking…")
    await window.page.clock.fast_forward(LOST_MS)

    async def given_up() -> bool:
        await window.page.clock.fast_forward(3_000)
        return await window.find("#help-title").text_content() == "We could not ask just now"

    await until(given_up)


@pytest.mark.parametrize("code", STOPS)
async def test_S9_a_person_is_asked_for_also_on_a_page_that_was_stopped(
    own_town: Town, own_glass: Glass, code: int
) -> None:
    """Whoever presses there is here again: the call goes out, and the page says so."""
    await own_town.hire("ola", "counsellor")
    window = await own_glass.student()
    line = await Line.of(window)
    await window.ready()
    await line.stop(code)
    await expect(window.find("#screen-stopped")).to_be_visible()
    await _asks_for_a_person(window)
    await window.sees("#help-title", "We have asked a person to come")
    waiting = await own_town.store.read(items.open_items, "test")
    assert [item.kind for item in waiting] == ["help"]


async def test_S6_whoever_is_signed_out_hears_that_their_words_may_not_have_gone(
    own_town: Town, own_glass: Glass
) -> None:
    """The words are gone from the screen, and so is the call of whoever sat here."""
    await own_town.hire("ola", "counsellor")
    one, _, line = await _a_chat(own_glass)
    await _asks_for_a_person(one)
    await one.sees("#help-title", "We have asked a person to come")
    await one.page.click("#help [data-act=close]")
    line.die("up")
    await one.say("this goes nowhere")
    await expect(one.own()).to_have_text("Sending…")
    await line.stop(refusal("bad_ticket").close or 0)
    await one.sees("#card-error", "What you wrote last may not have been sent.")
    assert "this goes nowhere" not in await one.page.content()
    await one.page.fill("#card", await own_town.card())
    await one.page.keyboard.press("Enter")
    await expect(one.find("#screen-understand")).to_be_visible()
    await one.page.click("#help-open")
    await one.sees("#help-body", "Yes, ask for a person")


async def test_S16_whoever_signs_in_next_is_shown_nothing_of_the_chat_before(
    town: Town, glass: Glass
) -> None:
    """Its receipt is on the page no more, before anybody else signs in there."""
    one, _, line = await _a_chat(glass)
    await one.page.click("#menu-open")
    await one.page.click("[data-choice=leave]")
    await one.page.click("#receipt summary")
    await one.page.click("#receipt-show")
    receipt = await one.find(".receipt-code").text_content()
    await line.stop(refusal("bad_ticket").close or 0)
    await one.sees("#card-error", "You have been signed out.")
    assert receipt
    assert receipt not in await one.page.content()
    await one.page.fill("#card", await town.card())
    await one.page.keyboard.press("Enter")
    await one.understand()


async def test_S12_a_report_that_the_end_of_the_line_cut_off_can_be_made_again(
    glass: Glass,
) -> None:
    """The page was stopped before the answer came: it says so, and its button makes the report."""
    one, _ = await glass.pair()
    line = await Line.of(one)
    await one.page.reload()
    await expect(one.find("#screen-chat")).to_be_visible()
    line.die("up")
    await _report(one)
    await line.stop(STOPS[0])
    await expect(one.find("#screen-stopped")).to_be_visible()
    await one.page.get_by_role("button", name="Try again").click()
    await one.sees("#chat-cards", "Thank you for telling us")
    await expect(one.find("#undone")).to_have_text("")


async def _report(window: StudentWindow) -> None:
    await window.page.click("#menu-open")
    await window.page.click("[data-choice=report]")
    await window.page.get_by_label("They are being unkind").check()
    await window.page.get_by_role("button", name="Tell a moderator").click()


async def test_S3_leave_now_leaves_also_while_the_line_is_in_trouble(glass: Glass) -> None:
    """Whatever the banner says, the page goes and the tab forgets."""
    window = await glass.student()
    line = await Line.of(window)
    await window.ready()
    line.die("up")
    await window.choose()
    await window.page.clock.fast_forward(3_000)
    await expect(window.find("#banner")).not_to_have_text("")
    await window.page.click("#leave")
    await window.page.wait_for_url("**/away")
    assert await window.page.evaluate("() => sessionStorage.length") == 0
