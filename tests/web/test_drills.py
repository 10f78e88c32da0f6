from __future__ import annotations

from moderation.on_call.drills import Drills
from tests.web.site import Site
from web.parts import PARTS


async def test_a_drill_is_held_and_its_result_is_shown(site: Site) -> None:
    """Whoever manages the rota begins one; everybody who sees incidents sees what became of it."""
    lee, mo = await site.as_staff("lee"), await site.as_staff("mo")
    assert (await site.post("/api/drills", {}, mo)).status == 403
    assert (await site.post("/api/drills", {}, lee)).status == 200
    again = await site.post("/api/drills", {}, lee)
    assert (again.status, (await again.json())["code"]) == (409, "changed")
    told = await (await site.get("/api/drills", mo)).json()
    assert (told["stands"], told["may_begin"], told["may_answer"]) == (True, False, False)
    (drill,) = told["drills"]
    assert (drill["going_on"], drill["answered_at"], drill["by"]) == (True, None, None)

    listed = (await (await site.get("/api/incidents", lee)).json())["incidents"]
    assert [(one["code"], one["drill"]) for one in listed] == [(drill["code"], True)]
    assert listed[0]["kind"] == "a drill, nobody is in danger: please answer it"
    case = await (await site.get(f"/api/incidents/{drill['code']}", lee)).json()
    assert (case["drill"], case["lines"][0]["who"]) == (True, "Morning drill")
    site.clock.now += 30
    await site.post(f"/api/incidents/{drill['code']}/acknowledge", {}, lee)
    (drill,) = (await (await site.get("/api/drills", lee)).json())["drills"]
    assert (drill["going_on"], drill["by"]) == (False, "Lee")
    assert drill["answered_at"] - drill["began_at"] == 30_000


async def test_a_missed_drill_stands_on_every_page_of_staff(site: Site) -> None:
    """The pulse tells it, until one was answered."""
    lee = await site.as_staff("lee")
    drills: Drills = site.app[PARTS].drills
    await site.post("/api/drills", {}, lee)
    site.clock.now += 3_601
    await drills.tick()
    lee = await site.as_staff("lee")
    told = await (await site.get("/api/pulse", lee)).json()
    assert "Nobody answered the last drill." in told["troubles"]
