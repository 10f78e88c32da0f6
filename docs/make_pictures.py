"""`make pictures`: plays a made-up conversation in the demo school and takes the README's pictures.

Everything is the product itself: the house of `make run` in a folder of its own, and Chromium. The
students are made up, and so is every word they say.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from school import DESK, LAPTOP, PHONE, School, open_school  # noqa: E402 - found by now

PICTURES = ROOT / "docs" / "pictures"

CALM = (
    (0, "hey. how was your week?"),
    (1, "rough. she stopped answering me and i don't know why"),
    (0, "that hurts. did something happen?"),
    (1, "not that i know. she just sits with the others now"),
    (0, "that happened to me last year. writing her a note helped, after a while"),
    (1, "maybe i will. can i text you? 07700 900123"),
    (0, "they hide numbers here. but you can write to me as long as you like"),
    (1, "ok. thank you. i did not know who to tell"),
)
UNKIND = (
    (0, "hi"),
    (1, "hi. what is it about"),
    (0, "i can't sleep before exams, not even a bit"),
    (1, "everyone else can. nobody likes you, loser"),
)
IN_DANGER = (
    (0, "do you have somebody you can talk to at home?"),
    (1, "no. it is loud there all the time"),
    (0, "that sounds lonely. i am glad you are here"),
    (1, "i think i want to end it tonight"),
    (0, "i am really glad you said that. stay here with me?"),
)


async def talk(
    school: School, pages: Sequence[Page], topic: int, said: Sequence[tuple[int, str]]
) -> None:
    """Two students meet over the topic of that place in the list, and say those lines."""
    await school.pair(pages, topic)
    for who, text in said:
        page = pages[who]
        await page.fill("#text", text)
        await page.keyboard.press("Enter")
        own = page.locator(".message[data-who=me]").last
        await own.locator(".state:not(:text('Sending'))").wait_for()
        if await own.get_attribute("data-state") == "marked":
            await own.get_by_role("button").first.click()
            await own.locator(".state:text('Delivered')").wait_for()


async def take(page: Page, name: str) -> None:
    """One picture, once the page stands still."""
    await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")


async def student(school: School) -> None:
    """A conversation about a friend, with a number that was hidden: on a laptop and on a phone."""
    pages = await school.student(LAPTOP), await school.student(PHONE, "dark")
    await talk(school, pages, 0, CALM)
    await take(pages[0], "student")
    await take(pages[1], "student-phone-dark")


async def waiting(school: School) -> None:
    """Somebody who waits, and breathes meanwhile."""
    page = await school.student(PHONE)
    await page.locator(".topic").nth(3).click()
    await page.wait_for_selector("#screen-waiting:not([hidden])")
    await take(page, "waiting")
    await page.context.close()


async def staff(school: School) -> None:
    """An unkind message at the moderators' desk, and a case on the phone of the adult on call."""
    moderator = await school.staff("moderator", DESK)
    for topic, said in ((1, IN_DANGER), (2, UNKIND)):
        pages = await school.student(LAPTOP), await school.student(LAPTOP)
        await talk(school, pages, topic, said)
    await moderator.locator(".row").nth(1).click()
    await moderator.wait_for_selector(".card-head")
    await moderator.mouse.move(0, 0)
    await take(moderator, "moderator")
    adult = await school.staff("oncall", PHONE)
    await adult.click(".case-link")
    await adult.wait_for_selector(".case-top")
    await take(adult, "incident")


async def main() -> None:
    """Open the demo school in a folder of its own, and take every picture."""
    PICTURES.mkdir(exist_ok=True)
    async with open_school() as school:
        for scene in (student, waiting, staff):
            await scene(school)


if __name__ == "__main__":
    asyncio.run(main())
