"""The administrator's page and invitations, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from moderation.people.appointing import Account
from moderation.roles import Role
from tests.browser.sight import violations
from tests.browser.town import Town
from tests.browser.windows import Glass

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_somebody_is_invited_comes_and_goes(own_town: Town, own_glass: Glass) -> None:
    """A link by hand, an account made of it, once, and closed again: by the pages alone."""
    await own_town.hire("ada", "administrator")
    ada = await own_glass.staff(viewport={"width": 1280, "height": 900})
    await ada.come("ada")
    await expect(ada.find("h1")).to_have_text("People")
    await ada.page.fill("#new-name", "May Moss")
    await ada.page.fill("#new-login", "may")
    await ada.page.select_option("#new-role", label="Counsellor")
    await ada.page.click("text=Make a link")
    await expect(ada.find("#link-value")).to_contain_text("/staff/welcome#")
    link = await ada.find("#link-value").inner_text()
    assert await violations(ada.page) == []
    await expect(ada.find("#invitations")).to_contain_text("May Moss")
    await ada.page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined })"  # as on plain http
    )
    await ada.page.click("#copy")
    await ada.sees("#said", "The link is selected: copy it yourself.")
    assert await ada.page.evaluate("String(getSelection())") == link

    may = await own_glass.staff(viewport={"width": 360, "height": 740})
    await may.page.goto(link)
    await expect(may.find("#about")).to_have_text("You are invited as Counsellor.")
    assert "#" not in may.page.url
    assert await violations(may.page) == []
    await may.page.fill("#password", "safeguarding1234")
    await may.page.click("#enter")
    await expect(may.find("#trouble")).to_contain_text("everybody tries first")
    await may.page.fill("#password", "tea with oat milk")
    await may.page.click("#enter")
    await expect(may.find("h1")).to_have_text("Incidents")

    late = await own_glass.staff()
    await late.page.goto(link)
    await expect(late.find("#about")).to_contain_text("does not work any more")
    await expect(late.find("#back a")).to_have_text("Sign in")

    await ada.page.reload()
    person = ada.find("#people .person", has_text="May Moss")
    await person.locator("summary").click()
    await person.get_by_text("Close the account").click()
    await expect(ada.find("#sure-title")).to_have_text("Close the account of May Moss?")
    assert await violations(ada.page) == []
    await ada.page.click("#sure-yes")
    await expect(person).to_contain_text("closed on")
    await may.page.goto("/staff/incidents")
    await expect(may.find("h1")).to_have_text("Staff sign-in")


async def test_an_account_that_ended_is_opened_again(own_town: Town, own_glass: Glass) -> None:
    """With a new last day somebody is here as before; of one that was closed nothing is offered.

    Who has left with the term can be closed out too: then the other rank alone agrees to the next.
    """
    roles = {"ada": "administrator", "mo": "moderator", "bo": "moderator", "lee": "counsellor"}
    for login, role in roles.items():
        await own_town.hire(login, role)
    await own_town.people.disable_staff("bo")
    accounts = own_town.people.accounts
    for one in [each for each in await accounts.everybody() if each.login in {"mo", "lee"}]:
        await accounts.expire(Account("console", Role.ADMINISTRATOR), one.id, 1_000)
    await accounts.close_expired()
    ada = await own_glass.staff()
    await ada.come("ada")
    left = ada.find("#people .person", has_text="lee")
    await left.locator("summary").click()
    await left.get_by_role("button", name="Close the account").click()
    await ada.page.click("#sure-yes")
    await expect(left).to_contain_text("closed on")
    ended = ada.find("#people .person", has_text="ended on")
    await ended.locator("summary").click()
    assert await violations(ada.page) == []
    await ended.locator("input[type=date]").fill("2099-01-20")
    await ended.get_by_text("Save the last day").click()
    await expect(ada.find("#people .person", has_text="until 20 January 2099")).to_have_count(1)
    closed = ada.find("#people .person", has_text="closed on")
    await expect(closed).to_have_count(2)
    await expect(closed.locator("summary")).to_have_count(0)
