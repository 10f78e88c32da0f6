"""The rules page: its API, and the page in a real browser before a real house."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import Running
from tests.web.eyes import sign_in, violations
from tests.web.site import Site

CHANGE = {
    "kind": "add",
    "id": "own.zorgshed",
    "category": "abuse",
    "attention": "page",
    "delivery": "deliver",
    "say": ["zorgshed"],
    "match": ["he keeps me in the zorgshed"],
    "miss": ["a shed"],
}
PATIENCE = 180_000
"""Milliseconds that building and comparing rules may take on a busy machine."""
LEAD, LEADER = "safeguarding_lead", "senior_leader"


async def test_a_pasted_message_is_explained_to_the_lead_alone(site: Site) -> None:
    """Every stage is told; a senior leader may agree to changes and paste nothing."""
    asked = {"text": "i want to kill myself tonight", "before": []}
    answer = await site.post("/api/rules/explain", asked, await site.as_staff("lee"))
    told = await answer.json()
    assert told["attention"] == "page"
    assert told["found"][0]["category"] == "suicide"
    refused = await site.post("/api/rules/explain", asked, await site.as_staff("sue"))
    assert refused.status == 403


@pytest.mark.parametrize(
    "change",
    [
        {**CHANGE, "id": "zorgshed"},
        {**CHANGE, "say": []},
        {**CHANGE, "attention": "loud"},
        {**CHANGE, "more": 1},
        {"kind": "lower", "id": "suicide_intent", "reason": "short"},
        {"kind": "nothing"},
    ],
)
async def test_what_is_no_change_is_refused(site: Site, change: object) -> None:
    """A change has a name of the school's own, wordings, examples on both sides, a reason."""
    headers = await site.as_staff("lee")
    for path in ("try", "propose"):
        answer = await site.post(f"/api/rules/{path}", {"change": change}, headers)
        assert answer.status == 400


async def test_a_change_is_proposed_agreed_to_and_ended_over_the_api(site: Site) -> None:
    """Each step answers what is in force; an end without a reason names the field."""
    lee, sue = await site.as_staff("lee"), await site.as_staff("sue")
    answer = await site.post("/api/rules/propose", {"change": CHANGE}, lee)
    name = (await answer.json())["id"]
    own = await site.post(f"/api/rules/{name}/second", {}, lee)
    assert (own.status, (await own.json())["code"]) == (409, "own_change")
    agreed = await site.post(f"/api/rules/{name}/second", {}, sue)
    assert agreed.status == 200
    standing = await (await site.get("/api/rules", sue)).json()
    assert [one["state"] for one in standing["changes"]] == ["shadow"]
    assert standing["may_propose"] is False
    short = await site.post(f"/api/rules/{name}/end", {"why": "no"}, lee)
    assert (await short.json())["path"] == "why"
    ended = await site.post(f"/api/rules/{name}/end", {"why": "no longer needed"}, lee)
    assert ended.status == 200
    unknown = await site.post("/api/rules/unknown/live", {}, sue)
    assert unknown.status == 404


async def _propose(page: Page) -> None:
    await page.fill("#name", "zorgshed")
    await page.select_option("#category", "abuse")
    await page.select_option("#attention", "page")
    await page.fill("#say", "zorgshed")
    await page.fill("#match", "he keeps me in the zorgshed")
    await page.fill("#miss", "the zorgshed again")
    await page.click("#try")
    await expect(page.locator("#propose-trouble")).to_contain_text(
        "must not match", timeout=PATIENCE
    )
    await page.fill("#miss", "a shed")
    await page.click("#try")
    await expect(page.locator("#tried")).to_contain_text("What it would alter", timeout=PATIENCE)


@pytest.mark.browser
async def test_two_people_change_the_rules_in_their_browsers(
    running: Running, browser: Browser
) -> None:
    """Why, try, propose; agree, put in force; the chat judges by it; rolled back with a reason."""
    lead = await sign_in(browser, running, "lee", LEAD, "/staff/rules")
    await lead.fill("#text", "im not going to k1ll myself lol")
    await lead.click("#ask button")
    await expect(lead.locator("#told")).to_contain_text("Turned away")
    assert await violations(lead) == []
    await _propose(lead)
    assert await violations(lead) == []
    await lead.click("#send")
    card = lead.locator("[data-change='own.zorgshed']")
    await expect(card).to_contain_text("waits for a second person", timeout=PATIENCE)
    await expect(card.locator("[data-step=second]")).to_have_count(0)

    leader = await sign_in(browser, running, "sue", LEADER, "/staff/rules")
    await expect(leader.locator("#proposing")).to_be_hidden()
    theirs = leader.locator("[data-change='own.zorgshed']")
    await theirs.locator("[data-step=second]").click()
    await expect(theirs).to_contain_text("only recorded as yet", timeout=PATIENCE)
    await theirs.locator("[data-step=live]").click()
    await expect(theirs).to_contain_text("in force since", timeout=PATIENCE)
    judge = running.server.judging.rules.judge
    assert judge.judge("a new zorgshed").attention.word == "page"

    await lead.reload()
    await card.locator("[data-step=end]").click()
    await lead.fill("#end-why", "it found too much")
    await lead.click("#end button[data-kind=danger]")
    await expect(card).to_contain_text("Ended because: it found too much", timeout=PATIENCE)
    assert running.server.judging.rules.judge.judge("a new zorgshed").attention.word == "none"
    assert await violations(leader) == []
    assert lead.faults == leader.faults == []  # type: ignore[attr-defined]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_rules_page_fits_a_phone(running: Running, browser: Browser, scheme: str) -> None:
    """At 360 pixels nothing scrolls sideways, and axe finds nothing, dark or light."""
    phone = {"width": 360, "height": 740}
    page = await sign_in(
        browser, running, "lee", LEAD, "/staff/rules", viewport=phone, color_scheme=scheme
    )
    await page.fill("#text", "w" * 300)
    await page.click("#ask button")
    await expect(page.locator("#told")).to_be_visible()
    await page.check("input[value=lower]")
    await expect(page.locator("#rule")).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= phone["width"]
    assert await violations(page) == []
    assert page.faults == []  # type: ignore[attr-defined]
