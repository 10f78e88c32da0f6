"""What would tell who somebody is: marked before it goes on, on two real pages."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.sight import Sight
from tests.browser.windows import Glass

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_S11_the_peer_never_has_what_would_give_somebody_away(glass: Glass) -> None:
    """Number, address and full name are in neither the peer's page nor any of its frames."""
    one, other = await glass.pair()
    secrets = {
        "my number is 07700 900123": "900123",
        "write to sam.lee@example.org": "sam.lee",
        "my name is Jonas Weber": "Weber",
    }
    for text in secrets:
        await one.say(text)
        await expect(one.page.get_by_role("button", name="Send it without this")).to_be_focused()
        await one.page.keyboard.press("Enter")
        await expect(one.own()).to_contain_text("We hid part of this")
    await expect(other.peer_said).to_have_count(3)
    carried = await other.page.content() + "".join(other.heard)
    for secret in secrets.values():
        assert secret not in carried


async def test_S11_the_words_are_marked_before_anything_goes_on(glass: Glass) -> None:
    """Marked in place, with the way out in focus; the peer hears nothing until it is pressed."""
    one, other = await glass.pair()
    await one.say("hi")
    await expect(other.peer_said).to_have_text(["hi"])
    await one.say("😀 my number is 07700 900123, ok?")
    without = one.page.get_by_role("button", name="Send it without this")
    await expect(without).to_be_focused()
    await expect(one.find(".bubble mark")).to_have_text("07700 900123")
    await expect(one.own()).to_contain_text("Not sent yet.")
    await Sight(one.page).check("a message that is marked")
    assert len([frame for frame in other.frames if frame["t"] == "message"]) == 1
    await one.page.keyboard.press("Enter")
    await expect(one.own()).to_contain_text("Delivered. We hid part of this")
    await expect(one.find(".bubble mark")).to_have_count(0)
    await expect(one.find("#text")).to_be_focused()
    await expect(other.peer_said).to_have_text(["hi", "😀 my number is [hidden], ok?"])


async def test_S11_what_is_marked_can_be_changed(glass: Glass) -> None:
    """It goes back into the box, what was written stays in sight, and nobody else ever has it."""
    one, other = await glass.pair()
    await one.say("my number is 07700 900123")
    await one.page.get_by_role("button", name="Change it").click()
    await expect(one.find("#text")).to_have_value("my number is 07700 900123")
    await expect(one.find("#text")).to_be_focused()
    await expect(one.own()).to_contain_text("Not sent.")
    await one.page.fill("#text", "i will not say it here")
    await one.page.keyboard.press("Enter")
    await expect(one.own()).to_have_text("Delivered")
    await expect(other.peer_said).to_have_text(["i will not say it here"])
    assert "900123" not in "".join(other.heard)


async def test_S11_whoever_writes_on_keeps_the_focus(glass: Glass) -> None:
    """Somebody who is in the middle of the next message is told politely, and not moved."""
    one = await glass.beside_one_unseen()
    await one.context.set_offline(offline=True)
    await one.say("my number is 07700 900123")
    await one.page.fill("#text", "and then")
    await one.context.set_offline(offline=False)
    await one.sees(".bubble mark", "07700 900123")
    await one.sees("#announce", "Not sent yet.")
    await expect(one.find("#text")).to_be_focused()
