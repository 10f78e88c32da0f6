"""`make pictures`: plays a made-up conversation in the demo school and takes the README's pictures.

Everything is the product itself: the house of `make run` in a folder of its own, and Chromium. The
students are made up, and so is every word they say.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import house  # noqa: E402
from chat.settings import Server, Settings  # noqa: E402
from commands import demo  # noqa: E402 - the product is found once its folder is known

CHROMIUM = "/usr/bin/chromium"
PICTURES = ROOT / "docs" / "pictures"

PHONE = {"width": 390, "height": 760}
LAPTOP = {"width": 1120, "height": 720}

CALM = (
    (0, "hey. how was your week?"),
    (1, "rough. she stopped answering me and i don't know why"),
    (0, "that hurts. did something happen?"),
    (1, "not that i know. she just sits with the others now"),
    (0, "that happened to me last year. writing her a note helped, after a while"),
    (1, "maybe i will. can i text you? 07700 900123"),
    (0, "they hide numbers here. but you can write to me as long as you like"),
    (1, "ok. thank you. i did not know who to tell"),
)
UNKIND = (
    (0, "hi"),
    (1, "hi. what is it about"),
    (0, "i can't sleep before exams, not even a bit"),
    (1, "everyone else can. nobody likes you, loser"),
)
IN_DANGER = (
    (0, "do you have somebody you can talk to at home?"),
    (1, "no. it is loud there all the time"),
    (0, "that sounds lonely. i am glad you are here"),
    (1, "i think i want to end it tonight"),
    (0, "i am really glad you said that. stay here with me?"),
)


class School:
    """The demo school while it is open, and windows on it."""

    def __init__(self, browser: Browser, origin: str, people: Any, password: str) -> None:
        self._browser = browser
        self._origin = origin
        self._people = people
        self._password = password

    async def window(self, size: dict[str, int], scheme: str = "light") -> Page:
        """A profile of its own; half as many dots again as on an old screen."""
        context = await self._browser.new_context(
            base_url=self._origin,
            viewport=size,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-GB",
            reduced_motion="reduce",
        )
        return await context.new_page()

    async def student(self, size: dict[str, int], scheme: str = "light") -> Page:
        """Somebody in front of the topics."""
        (card,) = await self._people.issue_cards(1)
        page = await self.window(size, scheme)
        await page.goto("/")
        await page.fill("#card", card)
        await page.keyboard.press("Enter")
        await page.check("input[name=answer][value='1']")
        await page.click("#understand-send")
        await page.wait_for_selector("#screen-topics:not([hidden])")
        return page

    async def staff(self, login: str, size: dict[str, int]) -> Page:
        """Somebody of the staff, signed in."""
        page = await self.window(size)
        await page.goto("/staff")
        await page.fill("#login", login)
        await page.fill("#password", self._password)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#sign-out", state="attached")
        return page

    async def talk(
        self, pages: Sequence[Page], topic: int, said: Sequence[tuple[int, str]]
    ) -> None:
        """Two students choose the topic of that place in the list, meet, and say those lines."""
        for page in pages:
            await page.locator(".topic").nth(topic).click()
        for page in pages:
            await page.wait_for_selector("#screen-chat:not([hidden])")
        for who, text in said:
            page = pages[who]
            await page.fill("#text", text)
            await page.keyboard.press("Enter")
            own = page.locator(".message[data-who=me]").last
            await own.locator(".state:not(:text('Sending'))").wait_for()
            if await own.get_attribute("data-state") == "marked":
                await own.get_by_role("button").first.click()
                await own.locator(".state:text('Delivered')").wait_for()


async def take(page: Page, name: str) -> None:
    """One picture, once the page stands still."""
    await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")


async def student(school: School) -> None:
    """A conversation about a friend, with a number that was hidden: on a laptop and on a phone."""
    pages = await school.student(LAPTOP), await school.student(PHONE, "dark")
    await school.talk(pages, 0, CALM)
    await take(pages[0], "student")
    await take(pages[1], "student-phone-dark")


async def waiting(school: School) -> None:
    """Somebody who waits, and breathes meanwhile."""
    page = await school.student(PHONE)
    await page.locator(".topic").nth(3).click()
    await page.wait_for_selector("#screen-waiting:not([hidden])")
    await take(page, "waiting")
    await page.context.close()


async def staff(school: School) -> None:
    """An unkind message at the moderators' desk, and a case on the phone of the adult on call."""
    moderator = await school.staff("moderator", {"width": 1280, "height": 800})
    for topic, said in ((1, IN_DANGER), (2, UNKIND)):
        pages = await school.student(LAPTOP), await school.student(LAPTOP)
        await school.talk(pages, topic, said)
    await moderator.locator(".row").nth(1).click()
    await moderator.wait_for_selector(".card-head")
    await moderator.mouse.move(0, 0)
    await take(moderator, "moderator")
    adult = await school.staff("oncall", PHONE)
    await adult.click(".case-link")
    await adult.wait_for_selector(".case-top")
    await take(adult, "incident")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def main() -> None:
    """Open the demo school in a folder of its own, and take every picture."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        port, bell_port = free_port(), free_port()
        settings = demo.settings(Settings(server=Server(port=port, data=folder)))
        async with house.open_ground(settings) as ground, async_playwright() as driver:
            server = house.Server(ground)
            bell = await demo.furnish(ground, bell_port)
            await server.start()
            browser = await driver.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"]
            )
            school = School(browser, server.origins[0], ground.people, str(bell.keys["password"]))
            for scene in (student, waiting, staff):
                await scene(school)
            await browser.close()
            await server.close()
            await bell.close()


if __name__ == "__main__":
    asyncio.run(main())
