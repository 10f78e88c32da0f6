"""The rules page: its API."""

from __future__ import annotations

import pytest

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
