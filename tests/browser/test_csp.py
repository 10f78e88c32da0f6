"""What the pages may load and do, and that text stays text wherever somebody reads it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Error, expect

from tests.browser.payloads import PAYLOADS
from tests.browser.town import Town
from tests.browser.windows import DISCLOSURE, HELD, Glass, StaffWindow, StudentWindow, Window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

FAST = {"messages_per_10_seconds": 10_000}
NASTY = ('<img src=x onerror="alert(1)">', '"><script>window.broken=1</script>')
GROUPS = tuple("\n".join(PAYLOADS[start : start + 10]) for start in range(0, 50, 10))

SET_MARKUP = "() => { document.body.innerHTML = '<img src=x onerror=alert(1)>'; }"
RUN_INLINE = """() => {
  const script = document.createElement("script");
  script.append("window.broken = 1");
  document.body.append(script);
}"""

FOREIGN = """() => [...document.querySelectorAll(
  "main :is(script, img, image, iframe, object, embed, video, audio, math, marquee,"
  + " details[ontoggle],"
  + " template, base, style, link, body, input[autofocus], animate, set, select[autofocus], b)"
)].map((one) => one.outerHTML)"""
"""Elements that no page of ours has in its main part, so that one there came out of a message."""


async def test_every_page_has_a_policy_without_exceptions(own_town: Town, own_glass: Glass) -> None:
    """Only our own files, no inline script or style, no eval, no markup made of strings."""
    await own_town.hire("lee", "safeguarding_lead")
    window = await own_glass.staff()
    await window.come("lee")
    paths = ("/", "/away", "/staff/sign-in", "/staff/queue", "/staff/incidents", "/nothing")
    inside = ("/staff/queue", "/staff/incidents", "/staff/incidents/ABC-2345")
    for path in (*paths, "/staff/incidents/ABC-2345"):
        answer = await window.page.goto(path)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none';"), path
        assert "unsafe" not in policy
        assert "http" not in policy
        made = "worker" if path in inside else "'none'"
        assert f"require-trusted-types-for 'script'; trusted-types {made}" in policy


async def test_the_policy_holds_in_a_real_browser(glass: Glass) -> None:
    """Markup out of a string is refused, and an inline script that got in all the same is dead."""
    window = await glass.student()
    await window.visit()
    with pytest.raises(Error, match="TrustedHTML"):
        await window.page.evaluate(SET_MARKUP)
    await window.page.evaluate(RUN_INLINE)
    await window.page.evaluate("() => fetch('https://elsewhere.example/').catch(() => {})")
    assert await window.page.evaluate("() => window.broken") is None
    refused = [line for line in window.faults if re.search("Content Security Policy|Trusted", line)]
    assert len(refused) == len(window.faults) >= 1
    window.faults.clear()
    window.foreign.clear()


@pytest.mark.parametrize("own_town", [FAST], indirect=True)
async def test_fifty_payloads_stay_text_on_every_page(own_town: Town, own_glass: Glass) -> None:
    """As messages, handles, names, reasons and notes: on the peer's, moderator's, adult's pages."""
    await own_town.hire("mo", "moderator", NASTY[0])
    await own_town.hire("ola", "counsellor", NASTY[1])
    one, other = await _sit_down(own_town, own_glass)
    await _say_all(one, other)
    moderator, adult = await own_glass.staff(), await own_glass.staff()
    await moderator.come("mo")
    await _moderator_reads(one, moderator)
    await one.say(DISCLOSURE)
    await expect(other.peer_said.last).to_have_text(DISCLOSURE)
    await adult.come("ola")
    await _adult_reads(adult)
    for window in (one, other, moderator, adult):
        await _is_unbroken(window)


async def _sit_down(town: Town, glass: Glass) -> list[StudentWindow]:
    cards = await town.seat(*NASTY)
    windows = [await glass.student() for _ in cards]
    for window, card in zip(windows, cards, strict=True):
        await window.sign_in(card)
        await expect(window.find("#screen-chat")).to_be_visible()
    assert [await window.page.inner_text("#chat-title") for window in windows] == [*NASTY[::-1]]
    return windows


async def _say_all(one: StudentWindow, other: StudentWindow) -> None:
    await one.page.focus("#text")
    for start in range(0, len(PAYLOADS), 25):
        for text in PAYLOADS[start : start + 25]:
            # Faster than anybody types: the box is filled without telling the peer of each key.
            await one.page.evaluate("(text) => { document.activeElement.value = text; }", text)
            await one.page.keyboard.press("Enter")
        await expect(other.peer_said).to_have_count(start + 25)
    for text in GROUPS:
        await one.say(text)
    await expect(other.peer_said).to_have_count(len(PAYLOADS) + len(GROUPS))
    for window in (one, other):
        assert await window.find(".bubble").all_text_contents() == [*PAYLOADS, *GROUPS]
        assert await window.find(".bubble *").count() == 0
    await expect(other.find(".author").first).to_have_text(NASTY[0])


async def _moderator_reads(one: StudentWindow, moderator: StaffWindow) -> None:
    await one.say(HELD)
    await moderator.page.click(".row[data-risk=held]")
    await expect(moderator.find(".lines li")).to_have_count(20)
    shown = await moderator.find(".lines li > p:last-child").all_text_contents()
    assert shown[-6:-1] == [*GROUPS]
    await expect(moderator.find(".lines .by strong").last).to_have_text(NASTY[0])
    await moderator.page.keyboard.press("w")
    await moderator.page.fill("#reason", PAYLOADS[12])
    await moderator.page.keyboard.press("Control+Enter")
    await expect(moderator.find(".notice[data-kind=ok]")).to_have_text("Withhold: confirmed.")
    await expect(moderator.find("header .who")).to_have_text(NASTY[0])


async def _adult_reads(adult: StaffWindow) -> None:
    await adult.page.click(".case-link")
    await adult.sees(".talk", GROUPS[0].splitlines()[0])
    shown = await adult.find(".talk li > p:last-child").all_text_contents()
    assert {*GROUPS} <= {*shown}
    await adult.page.fill("#note", GROUPS[1])
    await adult.page.click("#add-note")
    await expect(adult.find(".notes li > p:last-child")).to_have_text([GROUPS[1]])
    await adult.sees(".notes .by", NASTY[1])
    await adult.sees(".told", NASTY[1])


async def _is_unbroken(window: Window) -> None:
    assert await window.page.evaluate(FOREIGN) == []
    assert await window.page.evaluate("() => window.broken") is None
    assert window.dialogs == []
