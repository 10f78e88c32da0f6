"""The demo school of `make run` while it is open, and windows on it in a real Chromium.

For what looks at pages outside the tests: the pictures of the README and the benchmarks of pages.
"""

from __future__ import annotations

import socket
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

import house
from chat.settings import Server, Settings
from commands import demo
from house.ground import Ground

CHROMIUM = "/usr/bin/chromium"

PHONE: ViewportSize = {"width": 390, "height": 760}
LAPTOP: ViewportSize = {"width": 1120, "height": 720}
DESK: ViewportSize = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class School:
    """The school, and how to come in; all its staff have one password."""

    ground: Ground
    origin: str
    password: str
    browser: Browser

    async def window(self, size: ViewportSize, scheme: str = "light") -> Page:
        """A profile of its own, without motion."""
        context = await self.browser.new_context(
            base_url=self.origin,
            viewport=size,
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-GB",
            reduced_motion="reduce",
        )
        return await context.new_page()

    async def student(self, size: ViewportSize, scheme: str = "light") -> Page:
        """Somebody in front of the topics."""
        (card,) = await self.ground.people.issue_cards(1)
        page = await self.window(size, scheme)
        await page.goto("/")
        await page.fill("#card", card)
        await page.keyboard.press("Enter")
        await page.check("input[name=answer][value='1']")
        await page.click("#understand-send")
        await page.wait_for_selector("#screen-topics:not([hidden])")
        return page

    async def pair(self, pages: Sequence[Page], topic: int = 0) -> None:
        """Two students choose the topic of that place in the list, and meet."""
        for page in pages:
            await page.locator(".topic").nth(topic).click()
        for page in pages:
            await page.wait_for_selector("#screen-chat:not([hidden])")

    async def staff(self, login: str, size: ViewportSize) -> Page:
        """Somebody of the staff, signed in."""
        page = await self.window(size)
        await page.goto("/staff")
        await page.fill("#login", login)
        await page.fill("#password", self.password)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#sign-out", state="attached")
        return page


@asynccontextmanager
async def open_school() -> AsyncIterator[School]:
    """The demo school in a folder of its own, until the block ends."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        port, bell_port = _free_port(), _free_port()
        settings = demo.settings(Settings(server=Server(port=port, data=folder)))
        ground = await stack.enter_async_context(house.open_ground(settings))
        driver = await stack.enter_async_context(async_playwright())
        server = house.Server(ground)
        bell = await demo.furnish(ground, bell_port)
        stack.push_async_callback(bell.close)
        await server.start()
        stack.push_async_callback(server.close)
        browser = await driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"]
        )
        stack.push_async_callback(browser.close)
        yield School(ground, server.origins[0], str(bell.keys["password"]), browser)


def _free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
