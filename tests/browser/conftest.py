"""One Chromium for the whole run; houses, and windows on them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.town import PATIENCE, Town, post_office, until
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
