from __future__ import annotations

from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, expect

from moderation.on_call.rota import Rota, Shift
from moderation.records import heartbeats, rotas
from moderation.records.heartbeats import Beat
from moderation.records.rotas import SaveRota
from tests.journeys.conftest import Running
from tests.web.eyes import PAGED, sign_in, violations
from tests.web.site import SCHOOL, Site

PHONE = {"width": 360, "height": 740}
DAYS = tuple(range(7))


def _always(*people: str) -> Rota:
    return Rota(
        shifts=tuple(
            Shift(id=who, days=DAYS, start="00:00", end="00:00", people=(who,), since="2026-01-05")
            for who in people
        )
    )


async def test_P7_the_fortnight_tells_what_is_red_and_who_counts(site: Site) -> None:
    """Of two on call only one heard a test page, so the whole fortnight is red."""
    headers = await site.as_staff("lee")
    told = await (await site.get("/api/rota", headers)).json()
    assert [(one["name"], one["reachable"]) for one in told["adults"]] == [
        ("Dana", True),
        ("Lee", False),
    ]
    assert (told["needed"], told["may_change"], len(told["days"])) == (2, True, 15)
    assert [len(turn["people"]) for turn in told["red"]] == [2]
    assert "@" not in msgspec.json.encode(told).decode()


async def test_a_lead_changes_the_rota_over_the_version_it_was_made_from(site: Site) -> None:
    """Kept whole; over an old version it is refused, and so is what means nothing."""
    headers = await site.as_staff("lee")
    who = (await (await site.get("/api/rota", headers)).json())["adults"][0]["id"]
    rota = msgspec.to_builtins(_always(who))
    assert (await site.post("/api/rota", {"version": 0, "rota": rota}, headers)).status == 200
    again = await site.post("/api/rota", {"version": 0, "rota": rota}, headers)
    assert (again.status, (await again.json())["code"]) == (409, "changed")
    for wrong in ({"zone": "Atlantis"}, {"shifts": [{"id": "x"}]}, {"extra": 1}):
        answer = await site.post("/api/rota", {"version": 1, "rota": {**rota, **wrong}}, headers)
        assert (await answer.json())["code"] == "bad_field"


async def test_only_whoever_manages_the_rota_changes_it(site: Site) -> None:
    """Everybody on duty may look; a counsellor and a moderator may not change it."""
    for login in ("mo", "dana"):
        headers = await site.as_staff(login)
        assert (await site.get("/api/rota", headers)).status == 200
        rota: dict[str, Any] = {"version": 0, "rota": {}}
        assert (await site.post("/api/rota", rota, headers)).status == 403


async def test_an_administrator_sees_the_rota_and_drills_they_may_change(site: Site) -> None:
    """Nobody is given a right without the page it is used on; incidents stay out of it."""
    headers = await site.as_staff("ada")
    page = await (await site.get("/staff/rota", headers)).text()
    assert all(link in page for link in ('href="/staff/people"', 'href="/staff/drills"'))
    told = await (await site.get("/api/rota", headers)).json()
    assert told["may_change"]
    asked = {"version": 0, "rota": msgspec.to_builtins(_always(told["adults"][0]["id"]))}
    assert (await site.post("/api/rota", asked, headers)).status == 200
    assert (await site.get("/api/drills", headers)).status == 200
    for path in ("/staff/incidents", "/api/incidents", "/api/on-call"):
        assert (await site.get(path, headers)).status == 403


async def test_the_preview_is_what_the_pager_would_do(site: Site) -> None:
    """Names and channels with the time after which each is told; an absurd time is refused."""
    headers = await site.as_staff("lee")
    who = (await (await site.get("/api/rota", headers)).json())["adults"][0]["id"]
    row = SaveRota(SCHOOL, 0, _always(who), who, site.now)
    await site.store.write(rotas.save, row)
    told = (await (await site.get("/api/rota/preview", headers)).json())["told"]
    assert (told[0]["after"], told[0]["step"], told[0]["name"]) == (0, 0, "Dana")
    assert {page["name"] for page in told} == {"Dana"}
    for at in ("tomorrow", "-5", "9" * 15):
        assert (await site.get(f"/api/rota/preview?at={at}", headers)).status == 400


async def test_the_rota_as_a_calendar_names_people_and_times_only(site: Site) -> None:
    """RFC 5545, one event for each person of each turn."""
    headers = await site.as_staff("lee")
    answer = await site.get("/staff/rota.ics", headers)
    text = await answer.text()
    assert answer.content_type == "text/calendar"
    assert text.count("BEGIN:VEVENT") == 2
    assert "SUMMARY:On call: Dana" in text
    assert "@school" not in text


async def test_P15_a_shift_is_accepted_by_whoever_has_it(site: Site) -> None:
    """The rota page asks for it until then; somebody without a shift has nothing to accept."""
    dana, lee = await site.as_staff("dana"), await site.as_staff("lee")
    who = (await (await site.get("/api/rota", lee)).json())["adults"][0]["id"]
    await site.store.write(rotas.save, SaveRota(SCHOOL, 0, _always(who), who, site.now))
    assert (await (await site.get("/api/rota", dana)).json())["yours"] is not None
    assert (await site.post("/api/shift/accept", {}, lee)).status == 404
    assert (await site.post("/api/shift/accept", {}, dana)).status == 200
    assert (await (await site.get("/api/rota", dana)).json())["yours"] is None


async def test_P14_the_pulse_tells_how_old_the_last_heartbeat_is(site: Site) -> None:
    """Silence of a minute is trouble in plain words, with the number to call."""
    headers = await site.as_staff("mo")
    await site.store.write(heartbeats.beat, Beat(heartbeats.DUTY, site.now))
    site.clock.now += 59
    pulse = await (await site.get("/api/pulse", headers)).json()
    assert (pulse["heard_ms"], pulse["troubles"]) == (59_000, [])
    site.clock.now += 2
    pulse = await (await site.get("/api/pulse", headers)).json()
    assert pulse["troubles"] == ["Paging has stopped: nobody is being paged."]
    assert (pulse["outside_name"], pulse["outside_number"]) == ("Police", "999")


@pytest.mark.browser
async def test_P7_P15_the_lead_sees_red_minutes_and_plans_them_away(
    running: Running, browser: Browser
) -> None:
    """From all red to none on a small phone: a shift is added, and accepted by whose it is."""
    await running.on_call()
    page = await sign_in(
        browser, running, "lee", "safeguarding_lead", "/staff/rota", viewport=PHONE
    )
    await expect(page.locator("#verdict")).to_contain_text("at least 1 adults on call")
    await page.get_by_text("Shifts, week by week").click()
    await page.locator("[name=who1]").select_option(label="Lee")
    for day in ("Saturday", "Sunday"):
        await page.get_by_label(day).check()
    await page.locator("[name=since]").fill("2026-01-05")
    await page.locator("[name=start]").first.fill("00:00")
    await page.locator("[name=end]").first.fill("00:00")
    await page.get_by_role("button", name="Add a shift").click()
    await expect(page.locator("#verdict")).to_contain_text("Students cannot chat in a red minute")
    await expect(page.locator(".day[data-red]")).to_have_count(14)
    await page.get_by_role("button", name="I accept my shift").click()
    await expect(page.locator("#shift")).to_be_empty()
    await page.locator("[name=who1]").select_option(label="Ola")
    for day in ("Saturday", "Sunday"):
        await page.get_by_label(day).check()
    await page.locator("[name=since]").fill("2026-01-05")
    await page.locator("[name=start]").first.fill("00:00")
    await page.locator("[name=end]").first.fill("00:00")
    await page.get_by_role("button", name="Add a shift").click()
    await expect(page.locator(".day[data-red]")).to_have_count(0)
    await expect(page.locator("#told tbody tr").first).to_contain_text("at once")
    assert await violations(page) == []
    assert page.faults == []  # type: ignore[attr-defined]


@pytest.mark.browser
async def test_P14_P4_a_red_bar_tells_moderators_when_paging_is_broken_or_nobody_answers(
    running: Running, browser: Browser
) -> None:
    """The bar names the incident nobody answered, and the outside line; it goes when one does."""
    await running.on_call()
    one, _ = await running.pair()
    cid = await one.say(PAGED)
    await one.until("ack", cid=cid)
    page = await sign_in(browser, running, "mo", "moderator")
    bar = page.locator("#pulse")
    await expect(page.locator("#heartbeat")).to_contain_text("last heartbeat")
    await expect(bar).to_contain_text("Nobody has answered", timeout=30_000)
    await expect(bar.get_by_role("link")).to_have_text("Emergency: 999")
    assert await violations(page) == []
