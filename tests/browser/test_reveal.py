"""Two custodians in two browsers find out who a student is; and one alone, seen by all."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.sealing import ANN, PASSPHRASE, Sealed, look
from tests.browser.town import Town
from tests.browser.windows import Glass, StaffWindow

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"viewport": {"width": 360, "height": 760}}
DESK = {"viewport": {"width": 1280, "height": 860}}


async def _make_key(window: StaffWindow, sealed: Sealed, login: str) -> str:
    """Make a key on the page as its owner does; answers the fingerprint."""
    await window.page.fill("#key-phrase", PASSPHRASE)
    await window.page.fill("#key-again", PASSPHRASE)
    await window.page.click("#make-key")
    async with window.page.expect_download() as saving:
        await window.page.click("#save-key")
    await (await saving.value).save_as(sealed.file(login))
    shown = await window.find("#own-key .print").inner_text()
    await window.page.click("#use-key")
    await expect(window.find("#own-key .print.large")).to_have_text(shown)
    return shown


async def test_P10_two_custodians_open_an_identity_in_two_browsers(
    own_town: Town, own_glass: Glass
) -> None:
    """Keys made in the browser, enrolled offline, asked for, agreed to on a phone, shown."""
    sealed = Sealed(own_town)
    await sealed.hire()
    await sealed.give_keys("lou", "sam")
    lee = await own_glass.staff(**DESK, accept_downloads=True)
    sue = await own_glass.staff(**PHONE, accept_downloads=True)
    await lee.come("lee", "/staff/identities")
    await sue.come("sue")
    await expect(sue.find("h1")).to_have_text("Identities")
    prints = [await _make_key(lee, sealed, "lee"), await _make_key(sue, sealed, "sue")]
    await look(lee)
    async with lee.page.expect_download() as public:
        await lee.page.click("text=Public keys, for enrolling")
    incident = await sealed.enrol((await (await public.value).path()).read_bytes())

    code = await sealed.ask(lee, incident)
    await lee.sees("#reveal .standing", "Waiting for a senior leader")
    letter = await own_town.post.next()
    while code not in letter:  # the incident itself is paged too
        letter = await own_town.post.next()
    assert letter.startswith(f"Peerline {code}: you are asked to open an identity: danger to life")
    assert not [word for word in ("plan for tonight", "Ann", incident) if word in letter]

    await sue.page.goto(re.search(r"http\S+", letter)[0])  # type: ignore[index]
    await sue.sees("#reveal", "says there is a plan for tonight")
    await sue.sees("#reveal", "the emergency services and me")
    await expect(sue.find("#do .print")).to_have_text(prints[0])
    await look(sue)
    await sealed.pick(sue, "half", "sue")
    await sue.page.click("#act")
    await sue.sees("#reveal .standing", "Agreed to")
    assert ANN.name not in await sue.page.content()

    await lee.sees("#reveal .standing", "Ready: open it within")
    await sealed.pick(lee, "half", "lee")
    await lee.page.route("**/api/identities/*/open", _lost, times=1)
    await lee.page.click("#act")
    await lee.sees("#reveal .standing", "Opened")
    await expect(lee.find("#act-trouble")).not_to_be_empty()
    await lee.page.click("#act")
    await lee.sees(".identity dl", ANN.name)
    await lee.sees(".identity dl", ANN.group)
    await expect(lee.find(".marks span").first).to_contain_text("Lee · ")
    await look(lee)
    await lee.page.click("#close-identity")
    assert ANN.name not in await lee.page.content()
    await lee.page.reload()
    await lee.sees("#reveal .standing", "Opened")
    await expect(lee.find("#act")).to_have_text("Open it again")
    assert ANN.name not in await lee.page.content()


async def _lost(route: Route) -> None:
    """The server answers, and the page never hears of it."""
    await route.fetch()
    await route.abort()


async def test_P10_a_refusal_and_a_wrong_key_are_told(own_town: Town, own_glass: Glass) -> None:
    """A key of the other rank opens nothing; a refusal is read by whoever asked, and stays."""
    sealed = Sealed(own_town)
    incident = await sealed.all_ready()
    lee, sam = await own_glass.staff(**PHONE), await own_glass.staff(**PHONE)
    await lee.come("lee", f"/staff/incidents/{incident}")
    await lee.page.click("text=Find out who it is")
    await lee.page.click("#reveal-ask")
    await lee.sees("#reveal-trouble", "Choose what kind of danger")
    await look(lee)
    code = await sealed.ask(lee, incident)
    await sam.come("sam", f"/staff/identities/{code}")
    await sealed.pick(sam, "half", "lee")
    await sam.page.click("#act")
    await sam.sees("#act-trouble", "That is not a senior leader’s key.")
    await sam.page.fill("#half-phrase", "three quiet hens")
    await sam.page.set_input_files("#half-file", sealed.file("sam"))
    await sam.page.click("#act")
    await sam.sees("#act-trouble", "That passphrase does not open this key file.")
    await sam.page.click("text=I do not agree")
    await sam.page.fill("#refuse-words", "her mother is with her now")
    await sam.page.click("#refuse")
    await sam.sees("#reveal .standing", "Refused")
    await lee.sees("#reveal", "her mother is with her now")
    await lee.page.goto("/staff/identities")
    await lee.sees("#log", "Refused")
    async with lee.page.expect_download() as saving:
        await lee.page.click("text=The record as a file")
    record = (await (await saving.value).path()).read_text()
    assert "her mother is with her now" in record
    assert "the emergency services and me" in record


async def test_P10_a_newcomer_is_given_half_of_what_was_sealed(
    own_town: Town, own_glass: Glass
) -> None:
    """A colleague of the same rank does it in the browser, with the end of the newcomer's card."""
    sealed = Sealed(own_town)
    await sealed.all_ready()
    await sealed.give_keys("lou")
    lee = await own_glass.staff(**PHONE)
    await lee.come("lee", "/staff/identities")
    lou = lee.find("#custodians .person", has_text="Lou")
    await expect(lou).to_contain_text("opens its half of 0 of 2")
    await lou.get_by_text("Their key is newer than the records").click()
    await look(lee)
    await sealed.pick(lee, "give", "lee")
    await lee.page.fill("#give-last", "0000-0000")
    await lee.page.click("#give")
    await lee.sees("#give-trouble", "Stop, and ask them.")
    await lee.page.fill("#give-last", (await lou.locator(".print").inner_text())[-9:])
    await lee.page.click("#give")
    await expect(lou).to_contain_text("opens its half of 2 of 2")
    await expect(lee.find("#give")).to_have_count(0)


@pytest.mark.parametrize("own_town", [{"break_glass": True}], indirect=True)
async def test_P11_one_opens_alone_and_another_reviews_it(own_town: Town, own_glass: Glass) -> None:
    """With the safe's key and typed words; all are paged, and it waits until it is reviewed."""
    sealed = Sealed(own_town)
    incident = await sealed.all_ready(safe=True)
    lee, sue = await own_glass.staff(**PHONE), await own_glass.staff(**PHONE)
    await lee.come("lee", f"/staff/incidents/{incident}")
    await lee.page.click("text=Find out who it is")
    await lee.page.check("#reason-life")
    await lee.page.fill("#threat", "on the bridge, says goodbye")
    await lee.page.fill("#recipients", "the police")
    await lee.page.click("text=No senior leader can be reached")
    await lee.page.click("#reveal-alone")
    await lee.sees("#reveal-trouble", "Type the two words")
    await look(lee)
    await lee.page.fill("#typed", "open alone")
    await lee.page.click("#reveal-alone")
    await lee.page.wait_for_url("**/staff/identities/*")
    code = lee.page.url.split("/")[-1]
    told = set()
    while told != {"lee", "lou", "sue", "sam"}:
        letter = await own_town.post.next()
        if code in letter:
            assert "opened by one person alone" in letter
            told = {one.split(b"@")[0].decode() for one in _receivers(own_town, code)}
    await sealed.pick(lee, "half", "lee")
    await sealed.pick(lee, "safe", "safe")
    await lee.page.click("#act")
    await lee.sees(".identity dl", ANN.name)
    await look(lee)

    await sue.come("sue", "/staff/identities")
    await sue.sees("#waiting", "Review it before")
    await sue.page.click("#waiting a")
    await sue.sees("#reveal .standing", "Review it before")
    await look(sue)
    await sue.page.fill("#review-words", "It was right: the police found her.")
    await sue.page.click("#review")
    await sue.sees("#reveal .standing", "Opened alone, reviewed")


def _receivers(town: Town, code: str) -> list[bytes]:
    found = (re.search(rb"^To: (\S+)", one, re.MULTILINE) for one in town.post.letters)
    letters = zip(found, town.post.letters, strict=True)
    return [to[1] for to, letter in letters if to and code.encode() in letter]


async def test_P11_without_the_setting_there_is_no_second_door(
    own_town: Town, own_glass: Glass
) -> None:
    """Although a safe key exists, the page does not offer it and the server does not take it."""
    sealed = Sealed(own_town)
    incident = await sealed.all_ready(safe=True)
    lee = await own_glass.staff(**PHONE)
    await lee.come("lee", f"/staff/incidents/{incident}")
    await lee.page.click("text=Find out who it is")
    await expect(lee.find(".glass")).to_have_count(0)
    answer = await lee.page.evaluate(
        """async (path) => (await fetch(path, { method: "POST", body: JSON.stringify({
          reason: "life", threat: "a plan for tonight", recipients: "me", typed: "open alone",
        }), headers: { "content-type": "application/json" } })).json()""",
        f"/api/incidents/{incident}/break-glass",
    )
    assert answer["code"] == "no_safe_key"
