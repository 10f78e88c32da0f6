"""A day on call in one house whose clock the tests turn: a drill, a red minute, a handover."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import expect

from chat.settings import Drills
from moderation.on_call.rota import Cover, Rota, Shift
from moderation.records import rotas
from moderation.records.rotas import SaveRota
from tests.browser.sight import Sight
from tests.browser.town import Town, post_office, until
from tests.browser.windows import DISCLOSURE, PHONE, Glass, StaffWindow, StudentWindow
from tests.journeys.conftest import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

DAYS = tuple(range(7))
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=ZoneInfo("Europe/London")).timestamp()
ASKED = {"needs_staff": True, "needs_adults": 2, "repeat_seconds": 90.0}


class Clock:
    """The house's time: it goes as time does, from Monday at ten, and jumps when it is told to."""

    def __init__(self) -> None:
        self.ahead = MONDAY - time.time()

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the house."""
    return Clock()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A house with three adults on call and a drill every morning at a quarter to eight."""
    async with post_office() as post:
        folder, drills = tmp_path_factory.mktemp("town"), Drills(at="07:45")
        opened = Town(folder, post, clock=clock, drills=drills, **ASKED)
        await opened.open()
        for login, role in (("ola", "counsellor"), ("ivo", "counsellor"), ("mo", "moderator")):
            await opened.hire(login, role)
        await opened.hire("lee", "safeguarding_lead")
        yield opened
        await opened.close()


async def _ids(town: Town) -> dict[str, str]:
    adults = await town.store.read(rotas.adults, "test")
    return {one.name: one.id for one in adults}


async def _on_duty(town: Town, ivo_until: str) -> None:
    """Ola is on call all day, and Ivo until that time."""
    ids = await _ids(town)
    version, _ = await town.store.read(rotas.latest, "test")
    shifts = [
        Shift(id=name, days=DAYS, start="08:00", end=end, people=(ids[name],), since="2026-11-02")
        for name, end in (("Ola", "18:00"), ("Ivo", ivo_until))
    ]
    row = SaveRota("test", version, Rota(shifts=tuple(shifts)), "lead", 0)
    await town.store.write(rotas.save, row)
    await town.server.on_call.look_who_is_there()


async def _add_cover(town: Town, who: str, hours: int) -> None:
    """Somebody is on call beside everybody for so long from now on."""
    (version, kept), ids = await town.store.read(rotas.latest, "test"), await _ids(town)
    now = town.records.now()
    cover = Cover(id="c", start=now, end=now + hours * 3_600_000, who=ids[who])
    row = SaveRota("test", version, msgspec.structs.replace(kept, covers=(cover,)), "lead", 0)
    await town.store.write(rotas.save, row)


async def _adult(glass: Glass, login: str, path: str = "/staff/incidents") -> StaffWindow:
    window = await glass.staff(viewport=PHONE, has_touch=True)
    await window.come(login, path)
    return window


async def _at_the_door(glass: Glass, town: Town) -> StudentWindow:
    """A student who has signed in and answered; whether the chat is open stands on the page."""
    window = await glass.student()
    await window.sign_in(await town.card())
    await window.page.get_by_label("A trained adult at school").check()
    await window.page.click("#understand-send")
    return window


async def _moderator(glass: Glass, town: Town) -> StaffWindow:
    """A moderator whom the house counts as there."""
    window = await glass.staff()
    await window.come("mo")
    await until(_with_a_moderator(town))
    return window


def _with_a_moderator(town: Town) -> Callable[[], Awaitable[bool]]:
    """Whether one is on shift."""

    async def there() -> bool:
        return len(town.server.talking.desk) == 1

    return there


CLOSED = "The chat is closed right now"


async def test_no_answer_to_the_morning_drill_and_no_opening(town: Town, glass: Glass) -> None:
    """The drill is labelled to everybody who sees it; one tap answers it, and students may come."""
    letter = await town.post.next()
    assert "a drill, nobody is in danger: please answer it" in letter
    moderator = await _moderator(glass, town)
    await moderator.sees(".row", "A drill: nobody is in danger")
    await expect(moderator.find(".row .about")).to_have_text(re.compile(r"^Drill · incident \S+$"))
    waiting = await _at_the_door(glass, town)
    await expect(waiting.find("#closed-title")).to_have_text(CLOSED)

    lead = await _adult(glass, "lee", "/staff/drills")
    await lead.sees("#verdict", "Students cannot chat until a person answers one.")
    await Sight(lead.page).check("a drill that waits")
    link = re.search(rf"{re.escape(town.origin)}/staff/page/\S+", letter)
    assert link is not None
    adult = await _adult(glass, "ola", link[0])
    await expect(adult.find(".standing")).to_have_text("A drill: nobody is in danger")
    await adult.sees("#case", "No student wrote this")
    await Sight(adult.page).check("the case of a drill")
    await adult.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await adult.page.tap("#take")
    await adult.sees(".standing", "the adult answered the page")
    await lead.sees(".drills li", "Ola answered after")
    await expect(moderator.find(".row:not([data-state=gone])")).to_have_count(0)
    await town.server.on_call.drills.tick()
    coming = await _at_the_door(glass, town)
    await expect(coming.find("#screen-topics")).to_be_visible()
    for window in (waiting, coming):
        assert "drill" not in repr(window.frames).lower()


async def test_P7_in_a_red_minute_the_students_page_is_closed(
    town: Town, glass: Glass, clock: Clock
) -> None:
    """Ivo goes home at half past ten: the calendar shows it before, and then nobody comes in."""
    clock.ahead = MONDAY + 25 * 60 - time.time()
    await _on_duty(town, ivo_until="10:30")
    moderator = await _moderator(glass, town)
    before = await _at_the_door(glass, town)
    await expect(before.find("#screen-topics")).to_be_visible()
    lead = await _adult(glass, "lee", "/staff/rota")
    await lead.sees("#verdict", "Students cannot chat in a red minute")
    today = lead.find(".day").first
    await expect(today).to_have_attribute("data-red", "")
    await today.locator("summary").click()
    await expect(today.locator("li[data-red]").last).to_contain_text("18:00 to midnight: nobody")
    await expect(today.locator("li").nth(1)).to_have_text("10:30 to 18:00: Ola (red)")
    await expect(today.locator("li").first).not_to_have_attribute("data-red", "")

    clock.ahead = MONDAY + 31 * 60 - time.time()
    await town.server.on_call.look_who_is_there()
    await until(_with_a_moderator(town))
    after = await _at_the_door(glass, town)
    await expect(after.find("#closed-title")).to_have_text(CLOSED)
    await _on_duty(town, ivo_until="18:00")
    again = await _at_the_door(glass, town)
    await expect(again.find("#screen-topics")).to_be_visible()
    await moderator.context.close()


async def test_P7_a_lead_closes_the_chat_for_today(town: Town, glass: Glass, clock: Clock) -> None:
    """With a reason, on the rota; taken out of the holidays again, the chat opens."""
    clock.ahead = MONDAY + 25 * 60 - time.time()
    await _on_duty(town, ivo_until="18:00")
    moderator = await _moderator(glass, town)
    lead = await _adult(glass, "lee", "/staff/rota")
    await lead.page.get_by_text("Close the chat for today").click()
    await lead.page.get_by_label("Why").fill("water in the hall")
    await lead.page.get_by_role("button", name="Close it").click()
    await lead.sees("#verdict", "The first: Mon 30 Nov, 10:2")
    await town.server.on_call.look_who_is_there()
    after = await _at_the_door(glass, town)
    await expect(after.find("#closed-title")).to_have_text(CLOSED)
    await lead.sees("#part-closed", "The chat is closed today")
    await lead.find("#part-closed").get_by_role("button", name="Remove Closed: water in").click()
    await lead.sees("#verdict", "The first: Mon 30 Nov, 18:00")
    await town.server.on_call.look_who_is_there()
    again = await _at_the_door(glass, town)
    await expect(again.find("#screen-topics")).to_be_visible()
    await moderator.context.close()


async def test_P7_who_closes_the_chat_hears_of_a_cover_that_keeps_it_open(
    town: Town, glass: Glass, clock: Clock
) -> None:
    """A cover counts on a holiday too; and a page that was open overnight closes the day it is."""
    clock.ahead = MONDAY + 25 * 60 - time.time()
    await _on_duty(town, ivo_until="18:00")
    await _add_cover(town, "Ola", 2)
    lead = await _adult(glass, "lee", "/staff/rota")
    await lead.page.clock.install()
    await lead.page.get_by_text("Close the chat for today").click()
    await lead.page.get_by_label("Why").fill("water in the hall")
    await lead.page.get_by_role("button", name="Close it").click()
    await lead.sees("#forms .trouble", "Ola is on call by a cover today")
    assert (await town.store.read(rotas.latest, "test"))[1].holidays == ()
    await lead.page.clock.fast_forward("24:00:00")
    await lead.page.get_by_role("button", name="Close it").click()
    await lead.sees("#said", "Saved.")
    (closed,) = (await town.store.read(rotas.latest, "test"))[1].holidays
    assert (closed.first, closed.last) == ("2026-12-01", "2026-12-01")
    await _on_duty(town, ivo_until="18:00")


async def test_P6_who_has_heard_no_test_page_is_not_counted(town: Town, glass: Glass) -> None:
    """A new colleague is grey in the rota, does not count, and is told so on their own page."""
    await town.people.add_staff("uma", "Uma", "counsellor", PASSWORD)
    await town.people.add_contact("uma", "mail", "uma@school.example")
    own = await _adult(glass, "uma", "/staff/contacts")
    await own.sees("#standing", "You cannot be reached")
    await own.sees(".contact .chip", "Not proven")
    lead = await _adult(glass, "lee", "/staff/rota")
    grey = lead.find("#adults li[data-off]", has_text="Uma")
    await expect(grey).to_contain_text("Uma, counsellor: not reachable, not counted")
    await town.people.disable_staff("uma")


async def _disclosure(glass: Glass, town: Town) -> None:
    moderator = await _moderator(glass, town)
    one, _ = await glass.unseen_pair()
    await moderator.context.close()
    await one.until("ack", cid=await one.say(DISCLOSURE))


async def test_P15_P5_P8_P16_an_incident_from_hand_to_hand_and_to_its_record(
    town: Town, glass: Glass, clock: Clock
) -> None:
    """Ola hands it to Ivo, who is late and is paged again, and whose record fits on one page."""
    await _on_duty(town, ivo_until="18:00")
    await _disclosure(glass, town)
    ola, ivo = await _adult(glass, "ola"), await _adult(glass, "ivo")
    await _handed_over(ola, ivo)

    letters = len(town.post.letters)
    clock.ahead += 601
    town.server.on_call.duty.wake()
    await expect(ivo.find(".standing")).to_have_text("Nobody has this yet")

    async def both_told() -> bool:
        """Whoever had it, and their deputy."""
        told = b"".join(one for one in town.post.letters[letters:] if b"suicide" in one)
        return b"To: ivo@" in told and b"To: ola@" in told

    await until(both_told)

    await ivo.page.tap("#take")
    await ivo.page.tap("#with-student")
    await _written_down(ivo)
    for paper in ("A4", "Letter"):
        assert (await ivo.page.pdf(format=paper)).count(b"/Type /Page\n") == 1


async def test_P8_a_word_without_an_end_leaves_the_case_on_the_screen(
    own_town: Town, own_glass: Glass
) -> None:
    """However somebody types, nothing on the page of a case is wider than a phone."""
    await own_town.hire("ola", "counsellor")
    one = await own_glass.beside_one_unseen()
    await one.say("a" * 900)
    await one.say("i am going to kill myself tonight")
    await one.sees(".care-card", "We have called")
    adult = await _adult(own_glass, "ola")
    await adult.page.tap(".case-link")
    await adult.sees(".talk", "aaaa")
    first = adult.find(".timeline li").first
    await expect(first).to_contain_text("The student wrote what is marked above")
    assert await adult.page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"]


async def _handed_over(ola: StaffWindow, ivo: StaffWindow) -> None:
    """Offered, it is still Ola's; taken, it is Ivo's."""
    await ola.page.tap(".case-link")
    await ola.page.tap("#take")
    await ola.page.tap(".handover summary")
    await ola.page.select_option("#offer-to", label="Ivo")
    await ola.page.tap("#offer")
    await ola.sees("#offered", "Offered to Ivo. It stays yours until they take it.")
    await ivo.sees(".case-link .state", "Ola hands this over to you")
    await expect(ola.find(".standing")).to_contain_text("You have this")
    await ivo.page.tap(".case-link")
    await expect(ivo.find(".standing")).to_contain_text("Ola has this")
    await Sight(ivo.page).check("a case that is offered")
    await ivo.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await ivo.page.tap("#take-over")
    await expect(ivo.find(".standing")).to_contain_text("You have this")
    await expect(ola.find(".standing")).to_contain_text("Ivo has this")
    await expect(ola.find("#resolve-it")).to_have_count(0)


async def _written_down(adult: StaffWindow) -> None:
    """A record as long as people write one, and an addendum."""
    await adult.page.check("#outcome-spoken_to")
    for name in ("done", "why"):
        await adult.page.fill(f"#record-{name}", "We spoke, and what was agreed is here. " * 6)
    await adult.page.check("#told-0")
    await adult.page.check("#follow-1")
    await adult.page.click("#resolve-it")
    await expect(adult.find(".standing")).to_have_text("Resolved")
    await adult.page.fill("#note", "The tutor rang back at noon. " * 6)
    await adult.page.click("#add-note")
    await expect(adult.find(".notes ol")).to_contain_text("rang back")
