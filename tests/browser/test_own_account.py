"""What an account keeps of its own, in real browsers: a new one is told, keys go along."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.sight import Sight
from tests.browser.town import Town
from tests.browser.windows import Glass

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_somebody_is_told_of_a_sign_in_with_a_new_browser(town: Town, glass: Glass) -> None:
    """On every page of the browser used before; the new one says nothing of itself."""
    await town.hire("mo", "moderator")
    mine, other = await glass.staff(), await glass.staff()
    await mine.sign_in("mo")
    await other.sign_in("mo")
    await expect(other.find("p.news")).to_have_count(0)
    await mine.page.reload()
    await mine.sees("p.news", "with a browser that was not used before")
    await mine.page.click("p.news a")
    await mine.sees("#browser-when", "on ")
    await Sight(mine.page).check("a sign-in with a new browser")
    await other.page.goto("/staff/account")
    await expect(other.find("#browser")).to_have_count(0)
    await mine.page.click("#browser-mine")
    await expect(mine.find("#browser")).to_have_count(0)
    await expect(mine.find("#main")).to_be_focused()
    await mine.page.goto("/staff/rota")
    await expect(mine.find("p.news")).to_have_count(0)


async def test_somebody_who_was_not_there_ends_every_session(town: Town, glass: Glass) -> None:
    """One press signs out the new browser as well as this one."""
    await town.hire("bea", "moderator")
    mine, other = await glass.staff(), await glass.staff()
    await mine.sign_in("bea")
    await other.sign_in("bea")
    await mine.page.goto("/staff/account")
    await mine.page.click("#browser-not")
    await expect(mine.find("h1")).to_have_text("Staff sign-in")
    await other.page.goto("/staff/account")
    await expect(other.find("h1")).to_have_text("Staff sign-in")


async def test_whoever_looks_at_no_page_has_a_letter_about_it(town: Town, glass: Glass) -> None:
    """It says no name and no address, and its link leads through signing in to the own account."""
    await town.hire("ola", "counsellor")
    for _ in range(2):
        await (await glass.staff()).sign_in("ola")
    letter = await town.post.next()
    assert "somebody signed in as you with a new browser" in letter
    assert "ola" not in letter.lower()
    link = re.search(rf"{re.escape(town.origin)}/staff/page/\S+", letter)
    assert link is not None
    third = await glass.staff()
    await third.sign_in("ola", link[0])
    await expect(third.find("h1")).to_have_text("Your account")


async def test_M4_changed_keys_are_there_in_another_browser(town: Town, glass: Glass) -> None:
    """Kept with the account: a moderator who changes the desk finds their own keys."""
    await town.hire("kit", "moderator")
    here, there = await glass.staff(), await glass.staff()
    await here.sign_in("kit")
    await expect(here.find("#link[data-state=live]")).to_be_visible()
    await here.page.keyboard.press("?")
    await here.page.click("[data-change=L]")
    async with here.page.expect_response("**/api/account/keys") as kept:
        await here.page.keyboard.press("y")
    assert (await kept.value).ok
    async with here.page.expect_response("**/api/account/keys"):
        await here.page.uncheck("#single")
    await there.sign_in("kit")
    await expect(there.find("#rooms-open kbd")).to_have_text("Y")
    await there.page.click("#keys")
    await expect(there.find("#single")).not_to_be_checked()
