"""One Chromium for the whole run; for each test a house of its own, and windows on it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.town import PATIENCE, Town, post_office
from tests.browser.windows import Glass

CHROMIUM = "/usr/bin/chromium"

QUIET = (
    "--no-sandbox",  # tests may run as root
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=PATIENCE * 1000)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A real Chromium, started once."""
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"{CHROMIUM} is missing: sh tests/machine.sh chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """An open house with nobody in it; an indirect parameter changes its settings."""
    async with AsyncExitStack() as stack:
        post = await stack.enter_async_context(post_office())
        opened = Town(tmp_path, post, **getattr(request, "param", {}))
        stack.push_async_callback(opened.close)
        await opened.open()
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def glass(chromium: Browser, town: Town) -> AsyncIterator[Glass]:
    """Windows on the town."""
    windows = Glass(chromium, town)
    yield windows
    await windows.close()
