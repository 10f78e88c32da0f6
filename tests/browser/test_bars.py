"""A bar that was a mistake, seen and undone in the moderators' console."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.test_desk_acts import claimed, keys
from tests.browser.windows import Glass

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_a_student_kept_out_by_mistake_is_let_in_again(own_glass: Glass) -> None:
    """The list says who, until when and why; with a reason the student's page opens by itself.

    Without a connection nothing waits to be done later, and what was written stays.
    """
    window, one, _ = await claimed(own_glass)
    await keys(window, "b", "1")
    await expect(window.find(".notice[data-kind=ok]")).to_have_text("Bar: confirmed.")
    await expect(one.find("#closed-title")).to_have_text("You cannot use the chat right now")
    await one.page.click("#closed-again")
    await expect(one.find("#closed-title")).to_be_visible()
    dialog = window.find("#bars")
    await window.page.click("#bars-open")
    await expect(dialog.locator(".kept li")).to_have_count(1)
    await expect(dialog.locator(".kept li")).to_contain_text("Mo")
    await dialog.get_by_role("button", name="Let in again").click()
    let_in = dialog.get_by_role("button", name="Let them in")
    await let_in.click()
    await expect(dialog.locator("#lift-why")).to_have_js_property(
        "validity.valueMissing", value=True
    )
    await dialog.get_by_role("button", name="It was the wrong student").click()
    await window.context.set_offline(True)
    await expect(window.find("#link")).to_contain_text("No network")
    await let_in.click()
    await expect(dialog.locator(".trouble")).to_contain_text("nothing was changed")
    await window.context.set_offline(False)
    await expect(window.find("#link")).to_have_text("Live")
    await let_in.click()
    await expect(dialog.locator(".said")).to_contain_text("may come in again.")
    await expect(dialog.locator(".empty")).to_have_text("Nobody is kept out.")
    await expect(one.find("#screen-topics")).to_be_visible()
    await expect(one.find("#screen-closed")).to_be_hidden()
