from __future__ import annotations

from typing import Any

import msgspec

from moderation.on_call.rota import Rota, Shift
from moderation.records import heartbeats, rotas
from moderation.records.heartbeats import Beat
from moderation.records.rotas import SaveRota
from tests.web.site import SCHOOL, Site

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
    assert [(one["name"], one["ways"]) for one in told["adults"]] == [
        ("Dana", 1),
        ("Lee", 0),
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
