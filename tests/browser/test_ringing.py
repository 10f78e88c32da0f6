"""How an adult on call is rung: an open page, a locked phone, and the way to the case."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from moderation.records import heartbeats
from moderation.records import tables as t
from moderation.records.heartbeats import Beat
from tests.browser.sight import Sight
from tests.browser.town import PATIENCE, Town, until
from tests.browser.windows import DISCLOSURE, PHONE, Glass, StaffWindow
from tests.journeys.conftest import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


FROM_A_FINGER = "() => { WindowClient.prototype.focus = async function () { return this; }; }"
"""Only a real tap lets a worker bring a window to the front."""


async def _disclosure(glass: Glass) -> None:
    one, _ = await glass.unseen_pair()
    await one.until("ack", cid=await one.say(DISCLOSURE))


async def _on_watch(town: Town, glass: Glass, login: str) -> StaffWindow:
    """Somebody on call whose page is open and whose siren was started by a tap."""
    await town.hire(login, "counsellor")
    adult = await glass.staff(viewport=PHONE, has_touch=True)
    await adult.come(login)
    await expect(adult.find("#siren")).to_have_attribute("aria-checked", "false")
    await adult.page.tap("#siren")
    await expect(adult.find("#siren")).to_have_attribute("aria-checked", "true")
    return adult


async def test_P3_the_siren_rings_until_one_has_it_and_stops_for_all(
    own_town: Town, own_glass: Glass
) -> None:
    """Both open pages ring; a hush ends nothing; one takes it, and the other falls quiet too."""
    ana = await _on_watch(own_town, own_glass, "ana")
    ben = await _on_watch(own_town, own_glass, "ben")
    await _disclosure(own_glass)
    for adult in (ana, ben):
        await expect(adult.find("#siren")).to_have_text("Hush 1 min")
    await ana.page.tap("#siren")
    await expect(ana.find("#siren")).to_have_attribute("aria-checked", "true")
    await expect(ana.find(".case-link .state")).to_have_text("Nobody has this yet")
    await expect(ben.find("#siren")).to_have_text("Hush 1 min")
    await ana.page.tap(".case-link")
    await ana.page.tap("#take")
    await expect(ana.find(".standing")).to_contain_text("You have this")
    await expect(ben.find("#siren")).to_have_attribute("aria-checked", "true")
    await ben.sees(".case-link", "Ana has this")


async def test_a_siren_that_could_not_ring_says_so(own_town: Town, own_glass: Glass) -> None:
    """After a reload no sound is allowed before a touch, and the button does not pretend."""
    adult = await _on_watch(own_town, own_glass, "ola")
    await adult.page.reload()
    await expect(adult.find("#siren")).to_have_text("Tap for siren")
    await adult.page.tap("h1")
    await expect(adult.find("#siren")).to_have_attribute("aria-checked", "true")
    await adult.page.tap("#siren")
    await adult.page.reload()
    await expect(adult.find("#siren")).to_have_attribute("aria-checked", "false")


async def with_a_siren(own_town: Town, own_glass: Glass) -> StaffWindow:
    """An adult whose page has its siren on, and whose clock can be put forward."""
    await own_town.hire("ola", "counsellor")
    adult = await own_glass.staff(viewport=PHONE)
    await adult.page.clock.install()
    await adult.come("ola")
    await adult.page.click("#siren")
    await expect(adult.find("#siren")).to_have_attribute("aria-checked", "true")
    return adult


async def test_P14_a_minute_of_silence_turns_red_and_rings(
    own_town: Town, own_glass: Glass
) -> None:
    """A page that hears nothing from the house any more says for how long, and rings by itself."""
    adult = await with_a_siren(own_town, own_glass)
    await adult.context.set_offline(True)
    await adult.page.clock.run_for(70_000)
    await adult.sees("#fresh", "No answer from Peerline for 1 min")
    await expect(adult.find("#siren")).to_have_text("Hush 1 min")


async def test_P14_F25_a_pager_that_stands_still_rings_a_page_that_nobody_touched(
    own_town: Town, own_glass: Glass
) -> None:
    """A siren keeps watch all evening: the server answers, paging does not, and it rings."""
    adult = await with_a_siren(own_town, own_glass)
    await adult.page.clock.run_for(30 * 60_000)
    await expect(adult.find("#heartbeat")).to_contain_text("last heartbeat")
    await expect(adult.find("#siren")).to_have_attribute("aria-checked", "true")
    own_town.server.on_call.duty._read_only = True
    stopped = Beat(heartbeats.DUTY, int((time.time() - 61) * 1000))
    await own_town.store.write(heartbeats.beat, stopped)
    await adult.page.clock.run_for(11_000)
    await expect(adult.find("#pulse")).to_contain_text("Paging has stopped")
    await expect(adult.find("#siren")).to_have_text("Hush 1 min")


async def test_P2_from_the_link_of_a_page_to_having_it(own_town: Town, own_glass: Glass) -> None:
    """The link leads through signing in to the case, where one tap takes it."""
    await own_town.hire("ola", "counsellor")
    await _disclosure(own_glass)
    letter = await own_town.post.next()
    link = re.search(rf"{re.escape(own_town.origin)}/staff/page/\S+", letter)
    assert link is not None
    adult = await own_glass.staff(viewport=PHONE, has_touch=True)
    await adult.page.goto(link[0])
    await adult.page.fill("#login", "ola")
    await adult.page.fill("#password", PASSWORD)
    await adult.page.keyboard.press("Enter")
    await adult.page.tap("#take")
    await expect(adult.find(".standing")).to_contain_text("You have this")
    await expect(adult.find(".timeline")).to_contain_text("seen at")


async def test_P1_a_locked_phone_shows_code_class_and_time(own_town: Town, device: Glass) -> None:
    """A pushed page becomes a notification of those three, and the phone tells that it came."""
    await own_town.hire("ola", "counsellor")
    await _disclosure(device)
    letter = await own_town.post.next()
    code, kind, when, link = letter.split("\n\n")[0].strip().splitlines()[-4:]
    adult = await device.staff(viewport=PHONE, permissions=["notifications"])
    await adult.come("ola", "/staff/incidents")
    data = {"code": code, "class": kind, "time": when, "link": link}
    shown = await _push(adult, json.dumps(data))
    assert shown == [{"title": kind, "body": f"{code}\n{when}", "data": urlsplit(link).path}]
    page = select(t.pages.c.state)

    async def delivered() -> bool:
        states = await own_town.store.read(lambda conn: list(conn.scalars(page)))
        return states == ["delivered"]

    await until(delivered)
    assert await adult.page.evaluate("caches.keys()") == []


async def test_P1_a_tapped_page_throws_away_nothing_that_is_being_written(
    own_town: Town, own_glass: Glass
) -> None:
    """The case in which somebody types stays open, and shows a link to the one that was tapped."""
    await own_town.hire("ola", "counsellor")
    await _disclosure(own_glass)
    adult = await own_glass.staff(viewport=PHONE)
    await adult.come("ola", "/staff/incidents")
    await adult.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    await adult.page.click(".case-link")
    await adult.page.fill("#note", "she is at home now")
    await _disclosure(own_glass)
    found = await own_town.store.read(lambda conn: set(conn.scalars(select(t.incidents.c.code))))
    (code,) = found - {adult.page.url.split("/")[-1]}
    tapped = {"data": f"/staff/incidents/{code}", "tag": code, "title": "danger to life"}
    (worker,) = adult.context.service_workers
    await worker.evaluate(FROM_A_FINGER)
    await worker.evaluate("(tapped) => go(tapped)", tapped)
    await adult.sees("#tapped a", f"Danger to life · {code}")
    await expect(adult.find("#note")).to_have_value("she is at home now")
    await Sight(adult.page).check("another page was tapped")
    await adult.page.click("#tapped a")
    await adult.page.wait_for_url(f"**/{code}")


async def _push(window: StaffWindow, data: str) -> list[dict[str, Any]]:
    """What the service worker shows for a push with that data, as its registration knows it.

    Asked once it is on show: Chromium forgets a notification that is asked for on its way there.
    """
    await window.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    devtools = await window.context.new_cdp_session(window.page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    displayed = asyncio.Event()

    def registered(event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if not found.done():
                found.set_result(one["registrationId"])

    devtools.on("ServiceWorker.workerRegistrationUpdated", registered)
    devtools.on("BackgroundService.backgroundServiceEventReceived", lambda _: displayed.set())
    notifications = {"service": "notifications", "shouldRecord": True}
    await devtools.send("BackgroundService.startObserving", {"service": "notifications"})
    await devtools.send("BackgroundService.setRecording", notifications)
    await devtools.send("ServiceWorker.enable")
    async with asyncio.timeout(PATIENCE):
        given = {"origin": window.town.origin, "registrationId": await found, "data": data}
        await devtools.send("ServiceWorker.deliverPushMessage", given)
        await displayed.wait()
    shown: list[dict[str, Any]] = await window.page.evaluate(
        """async () => {
          const worker = await navigator.serviceWorker.ready;
          const shown = await worker.getNotifications();
          return shown.map(({ title, body, data }) => ({ title, body, data }));
        }"""
    )
    return shown


async def test_the_head_of_a_phone_takes_one_line(own_town: Town, own_glass: Glass) -> None:
    """Name, siren and one button that opens the list of pages; the page can be installed."""
    adult = await _on_watch(own_town, own_glass, "ola")
    for path in ("/staff/incidents", "/staff/contacts", "/staff/account"):
        await adult.page.goto(path)
        box = await adult.find(".top").bounding_box()
        assert box is not None
        assert box["height"] < 60, path
    await adult.page.tap(".menu-open")
    await expect(adult.page.get_by_role("link", name="Incidents")).to_be_visible()
    await adult.page.keyboard.press("Escape")
    await expect(adult.find("#sign-out")).to_be_hidden()
    manifest = await adult.page.evaluate(
        "() => fetch(document.querySelector('link[rel=manifest]').href).then((file) => file.json())"
    )
    assert (manifest["display"], manifest["scope"]) == ("standalone", "/staff/")
    await adult.page.goto("/staff/incidents")
    await Sight(adult.page).check("incidents")
