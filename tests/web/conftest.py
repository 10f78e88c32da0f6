"""The site every test of the pages begins with, and a browser for those that look at one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.journeys.conftest import rules, running  # noqa: F401 - fixtures
from tests.web.site import Site, open_site

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site of its own."""
    async with open_site(tmp_path) as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        await opened.close()
