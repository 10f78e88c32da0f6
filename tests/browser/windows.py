"""Windows of a real browser: whose they are, what passed through them, and what went wrong."""

from __future__ import annotations

import json
from typing import Any, TypeVar
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    WebSocket,
    expect,
)

from moderation.people.people import People
from tests.browser.town import Town
from tests.clients import Student, pair
from tests.journeys.conftest import PASSWORD
from web.guard import COOKIE

HELD = "kill yourself you worthless freak"
DISCLOSURE = "i am going to kill myself tonight"

RIGHT_ANSWER = "A trained adult at school"

PHONE = {"width": 360, "height": 740}
"""The viewport of a small phone."""

EXPECTED = ("Failed to load resource", "WebSocket connection to", "net::ERR_")
"""What Chromium itself writes to the console when a test takes the network or the server away."""


async def let_in(context: BrowserContext, people: People, login: str) -> None:
    """That browser has the cookie of a sign-in, as `web/guard.py` sets it."""
    token = await people.sign_in_staff(login, PASSWORD)
    assert token is not None
    kept = {"name": COOKIE, "value": token, "domain": "localhost", "path": "/"}
    safe = {"secure": True, "httpOnly": True, "sameSite": "Strict"}
    await context.add_cookies([kept | safe])  # type: ignore[list-item]


class Window:
    """One browser profile with one page. `foreign`, `faults` and `dialogs` must stay empty."""

    def __init__(self, town: Town, context: BrowserContext, page: Page) -> None:
        self.town = town
        self.context = context
        self.page = page
        self.heard: list[str] = []
        self.foreign: list[str] = []
        self.faults: list[str] = []
        self.dialogs: list[str] = []
        self._watch(page)
        context.on("page", self._watch)

    @property
    def frames(self) -> list[dict[str, Any]]:
        """Every frame the page was sent."""
        return [json.loads(frame) for frame in self.heard]

    def find(self, selector: str, **narrowed: Any) -> Locator:
        return self.page.locator(selector, **narrowed)

    async def sees(self, selector: str, text: str) -> None:
        await expect(self.page.locator(selector)).to_contain_text(text)

    def _watch(self, page: Page) -> None:
        page.on("requestfailed", lambda asked: self._asked(asked.url))  # see `HERE_ALONE`
        page.on("websocket", self._connected)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._noted)
        page.on("dialog", self._asked_by)

    def _asked(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.town.origin).netloc:
            self.foreign.append(url)

    def _connected(self, socket: WebSocket) -> None:
        self._asked(socket.url)
        socket.on("framereceived", lambda frame: self.heard.append(str(frame)))

    def _noted(self, line: ConsoleMessage) -> None:
        if line.type == "error" and not any(known in line.text for known in EXPECTED):
            self.faults.append(line.text)

    async def _asked_by(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self.dialogs.append(dialog.message)
        await dialog.accept()


class StudentWindow(Window):
    """A student's window."""

    async def visit(self) -> None:
        await self.page.goto("/")
        await expect(self.find("#screen-signin")).to_be_visible()

    async def sign_in(self, card: str) -> None:
        await self.visit()
        await self.page.fill("#card", card)
        await self.page.keyboard.press("Enter")

    async def understand(self) -> None:
        await self.page.get_by_label(RIGHT_ANSWER).check()
        await self.page.click("#understand-send")
        await expect(self.find("#screen-topics")).to_be_visible()

    async def ready(self) -> None:
        """Somebody in front of the topics whose tab has signed in, and understood, before."""
        people = self.town.people
        token = await people.sign_in_student(await self.town.card())
        assert token is not None
        await people.sessions.understood(token)
        remember = f"sessionStorage.setItem('token', '{token}')"
        async with await self.page.add_init_script(remember):
            await self.page.goto("/")
        await expect(self.find("#screen-topics")).to_be_visible()

    async def choose(self, topic: str = "Anything at all") -> None:
        await self.page.click(f".topic:text-is({topic!r})")

    async def say(self, text: str) -> None:
        await self.page.fill("#text", text)
        await self.page.keyboard.press("Enter")

    def own(self, place: int = -1) -> Locator:
        """The words about an own message: what became of it."""
        return self.find(".message[data-who=me] .state").nth(place)

    @property
    def peer_said(self) -> Locator:
        return self.find(".message[data-who=peer] .bubble")

    async def token(self) -> str:
        token = await self.page.evaluate("() => sessionStorage.getItem('token')")
        assert isinstance(token, str)
        return token


class StaffWindow(Window):
    """A window of somebody on the staff."""

    async def come(self, login: str, path: str = "/staff") -> None:
        """Somebody on a page whose browser has signed in before."""
        await let_in(self.context, self.town.people, login)
        await self.page.goto(path)
        await self.inside()

    async def sign_in(self, login: str, path: str = "/staff") -> None:
        """Somebody on a page, through the sign-in page."""
        await self.page.goto(path)
        await self.page.fill("#login", login)
        await self.page.fill("#password", PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.inside()

    async def inside(self) -> None:
        """A page for those who are signed in is there, and its scripts listen."""
        await self.page.wait_for_selector("#sign-out", state="attached")
        await self.page.wait_for_load_state()

    async def decide(self, key: str, told: str) -> None:
        """Claim what is most pressing and decide about it, by keys."""
        await self.page.keyboard.press("c")
        await expect(self.find(".card-head h2")).to_be_focused()
        await self.page.keyboard.press(key)
        if key != "r":
            await self.page.keyboard.press("1")
        await expect(self.find(".notice[data-kind=ok]")).to_have_text(f"{told}: confirmed.")


W = TypeVar("W", bound=Window)


class Glass:
    """Opens windows on a town, and looks at all of them before closing them."""

    def __init__(self, browser: Browser, town: Town) -> None:
        self._browser = browser
        self._town = town
        self._windows: list[Window] = []
        self._unseen: list[Student] = []

    async def student(self, **profile: Any) -> StudentWindow:
        return await self._open(StudentWindow, profile)

    async def staff(self, **profile: Any) -> StaffWindow:
        return await self._open(StaffWindow, profile)

    async def moderator(self, login: str = "mo") -> StaffWindow:
        """A new moderator in front of the queue."""
        await self._town.hire(login, "moderator")
        window = await self.staff()
        await window.come(login)
        await expect(window.find("#link")).to_have_text("Live")
        return window

    async def pair(self, **profile: Any) -> tuple[StudentWindow, StudentWindow]:
        """Two students who have met."""
        one, other = await self.student(**profile), await self.student(**profile)
        for window in (one, other):
            await window.ready()
            await window.choose()
        for window in (one, other):
            await expect(window.find("#screen-chat")).to_be_visible()
        return one, other

    async def unseen_pair(self, cards: list[str] | None = None) -> list[Student]:
        """Two students who have met, perhaps with these cards, and on whose pages nobody looks."""
        given = cards or await self._town.people.issue_cards(2)
        self._unseen += await pair(self._town.origin, given, "anything")
        return self._unseen[-2:]

    async def beside_one_unseen(self, **profile: Any) -> StudentWindow:
        """A student who has met one on whose page nobody looks."""
        other = await Student.ready(self._town.origin, await self._town.card())
        self._unseen.append(other)
        await other.send("join", topic="anything")
        window = await self.student(**profile)
        await window.ready()
        await window.choose()
        await expect(window.find("#screen-chat")).to_be_visible()
        return window

    async def close(self) -> None:
        """Whatever a test is about: on no page did anything leave the origin, break or ask."""
        for student in self._unseen:
            await student.close()
        for window in self._windows:
            await window.context.close()
        for window in self._windows:
            assert (window.foreign, window.faults, window.dialogs) == ([], [], [])

    async def _open(self, kind: type[W], profile: dict[str, Any]) -> W:
        context = await self._browser.new_context(base_url=self._town.origin, **profile)
        window = kind(self._town, context, await context.new_page())
        self._windows.append(window)
        return window
