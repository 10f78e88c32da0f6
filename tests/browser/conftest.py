"""One Chromium for the whole run; houses, and windows on them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from moderation.pipeline import Judge
from tests.browser.town import PATIENCE, Town, post_office, until
from tests.browser.windows import Glass
from tests.journeys.conftest import Running, an_open_house, in_time, rules, settings

__all__ = ["rules"]

SHELL = "/usr/bin/chromium-headless-shell"
"""Chromium without the windows that nobody looks at: a page opens in a fifth of the time."""
WHOLE = "/usr/bin/chromium"
"""With them, and with what a device shows outside a page: notifications."""

HERE_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
"""No other machine has an address: what is asked of one fails, and a window hears of what failed.
Hearing of every request is an eighth of what a page costs."""

QUIET = (
    HERE_ALONE,
    "--no-sandbox",  # tests may run as root
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",  # there is none; without a process that plays one, pages cost an eighth less
    "--in-process-gpu",  # nor one that puts together what was drawn: a tenth
    "--disable-site-isolation-trials",  # all pages are of one site: no second process for each
)

expect.set_options(timeout=PATIENCE * 1000)


@asynccontextmanager
async def _started(program: str) -> AsyncIterator[Browser]:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is missing: sh tests/machine.sh")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A real Chromium, started once."""
    async with _started(SHELL) as browser:
        yield browser


@asynccontextmanager
async def _open_town(folder: Path, changes: dict[str, object]) -> AsyncIterator[Town]:
    async with post_office() as post, AsyncExitStack() as stack:
        opened = Town(folder, post, **changes)
        stack.push_async_callback(opened.close)
        await opened.open()
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """An open house for all tests of a file; an indirect parameter changes its settings."""
    folder = tmp_path_factory.mktemp("town")
    async with _open_town(folder, getattr(request, "param", {})) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def glass(chromium: Browser, town: Town) -> AsyncIterator[Glass]:
    """Windows on the town; afterwards nobody is left in it."""
    windows = Glass(chromium, town)
    yield windows
    await windows.close()
    await until(town.empty)


@pytest_asyncio.fixture(loop_scope="session")
async def own_town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """An open house for one test, where it matters what was before or comes after."""
    async with _open_town(tmp_path, getattr(request, "param", {})) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def own_glass(chromium: Browser, own_town: Town) -> AsyncIterator[Glass]:
    """Windows on a town of its own."""
    windows = Glass(chromium, own_town)
    yield windows
    await windows.close()


@pytest_asyncio.fixture(loop_scope="session")
async def device(own_town: Town) -> AsyncIterator[Glass]:
    """Windows on a town of its own, on a device that shows notifications."""
    async with _started(WHOLE) as browser:
        windows = Glass(browser, own_town)
        yield windows
        await windows.close()


@pytest_asyncio.fixture(loop_scope="session")
async def running(tmp_path: Path, rules: Judge) -> AsyncIterator[Running]:
    """An open house for one test, with nobody in it."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """The one Chromium; whatever a test opens in it is closed afterwards."""
    yield chromium
    for context in list(chromium.contexts):
        await context.close()
