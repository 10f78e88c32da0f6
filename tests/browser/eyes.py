"""What a browser test needs: somebody signed in on a page, and what that page may never say."""

from __future__ import annotations

from playwright.async_api import Browser, Page

from tests.browser.windows import let_in
from tests.journeys.conftest import PASSWORD, Running

HELD = "kill yourself you worthless freak"
PAGED = "i am going to kill myself tonight"


async def sign_in(
    browser: Browser,
    running: Running,
    login: str,
    role: str,
    path: str = "/staff",
    *,
    hire: bool = True,
    **context: object,
) -> Page:
    """A page of somebody new whose browser has signed in before; faults on it are kept.

    Without `hire` it is somebody who is on the staff already.
    """
    if hire:
        await running.people.add_staff(login, login.title(), role, PASSWORD)
    opened = await browser.new_context(base_url=running.origin, **context)  # type: ignore[arg-type]
    page = await opened.new_page()
    page.faults = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.faults.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda line: _note(page, line.type, line.text))
    await let_in(opened, running.people, login)
    await page.goto(path)
    await page.wait_for_selector("#sign-out", state="attached")
    await page.wait_for_load_state()
    return page


def _note(page: Page, kind: str, text: str) -> None:
    if kind == "error" and "Failed to load resource" not in text:
        page.faults.append(text)  # type: ignore[attr-defined]
