"""`make bench-screens`: how soon people see on their screens what concerns them.

    python bench/screens.py [--rounds N]

The demo school, two students, two moderators and two adults on call, each in a Chromium profile
of their own. Times run from a key or a tap to the moment another page shows it, with the browsers
on the same cores as the server. The goals are those of the requirements whose names stand beside.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from pathlib import Path

from playwright.async_api import Page

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from school import DESK, LAPTOP, PHONE, School, open_school  # noqa: E402 - found by now

PEER = "a message is on the peer's screen"
CARD = "S10 the writer reads that an adult was called"
ITEM = "M1 a page-class item is on both moderators' screens"
LOSER = "M2 who claimed too late reads who has it"
DONE = "M8 a decision is confirmed"
ADULT = "P3 the other adult reads who has it"
STRIP = "M10 a moderator reads who has it"

GOALS = {PEER: None, CARD: None, ITEM: 1000, LOSER: 500, DONE: 1000, ADULT: 5000, STRIP: 2000}
"""What is timed, and its goal in milliseconds where there is one."""

SHOWN = """([selector, words, count]) => new Promise((done) => {
    const look = () => {
        const found = [...document.querySelectorAll(selector)].filter(
            (one) => one.checkVisibility() && one.textContent.includes(words));
        if (found.length < count) return;
        watch.disconnect();
        done(performance.timeOrigin + performance.now());
    };
    const watch = new MutationObserver(look);
    const changes = { subtree: true, childList: true, attributes: true, characterData: true };
    watch.observe(document, changes);
    look();
})"""
"""Waits until so many visible elements hold those words; when, by the clock on the wall."""

WORRY = "i am going to kill myself tonight"
UNKIND = "everyone else can. nobody likes you, loser"
HELD = ".row[data-risk=held]"
SETTLED = ":is([data-state=mine], [data-state=taken])"


class Stopwatch:
    """What was seen, and how long after the last press."""

    def __init__(self) -> None:
        self.seen: dict[str, list[float]] = {what: [] for what in GOALS}
        self._pressed = 0.0

    def press(self) -> None:
        """Time runs from now."""
        self._pressed = time.time() * 1000

    async def when(self, page: Page, selector: str, words: str = "", count: int = 1) -> float:
        """Wait until the page shows it; answers after how many milliseconds that was."""
        at = await page.evaluate(SHOWN, [selector, words, count])
        return float(at) - self._pressed

    async def shown(
        self, what: str, page: Page, selector: str, words: str = "", count: int = 1
    ) -> None:
        """Wait until the page shows it, and note it."""
        self.note(what, await self.when(page, selector, words, count))

    def note(self, what: str, milliseconds: float) -> None:
        """One time more."""
        self.seen[what].append(milliseconds)


class Round:
    """Two students talk, two moderators claim, two adults on call look: each thing once."""

    def __init__(self, watch: Stopwatch, desks: list[Page], adults: list[Page]) -> None:
        self._watch = watch
        self._desks = desks
        self._adults = adults

    async def run(self, school: School) -> None:
        """With a pair that has never met."""
        pages = [await school.student(LAPTOP) for _ in range(2)]
        await school.pair(pages)
        peer = self._watch.shown(PEER, pages[1], ".message[data-who=peer]")
        await asyncio.gather(peer, self._say(pages[0], "hello there"))
        await self._unkind(pages[1])
        await self._worry(pages[0])
        for page in pages:
            await page.context.close()

    async def _say(self, page: Page, text: str) -> None:
        await page.fill("#text", text)
        self._watch.press()
        await page.keyboard.press("Enter")

    async def _let_go(self) -> None:
        """Neither pointer nor focus in a list: it would stand still under them."""
        for desk in self._desks:
            await desk.mouse.move(0, 0)
            await desk.evaluate("() => document.activeElement.blur()")

    async def _unkind(self, writer: Page) -> None:
        """It is held; both moderators claim it at once, and who has it withholds it."""
        await self._let_go()
        await self._say(writer, UNKIND)
        for desk in self._desks:
            await desk.wait_for_selector(HELD)
        self._watch.press()
        await asyncio.gather(*(desk.click(HELD) for desk in self._desks))
        times = [await self._watch.when(desk, f"{HELD}{SETTLED}") for desk in self._desks]
        had = [await desk.locator(f"{HELD}[data-state=mine]").count() for desk in self._desks]
        self._watch.note(LOSER, times[had.index(0)])
        winner = self._desks[had.index(1)]
        await winner.wait_for_selector("[data-act=withhold]")
        await winner.keyboard.press("w")
        await winner.wait_for_selector(".reasons")
        self._watch.press()
        await winner.keyboard.press("1")
        await self._watch.shown(DONE, winner, ".notice[data-kind=ok]")

    async def _worry(self, writer: Page) -> None:
        """It pages; both desks see it, and of two adults on call one takes it."""
        paged = ".row[data-risk=page]"
        await self._let_go()
        count = 1 + await self._desks[0].locator(paged).count()
        await self._say(writer, WORRY)
        await self._watch.shown(CARD, writer, ".care-card")
        for desk in self._desks:
            await self._watch.shown(ITEM, desk, paged, count=count)
        for adult in self._adults:
            await adult.goto("/staff/incidents")
            await adult.click(".case-link:has-text('Nobody has this yet')")
            await adult.wait_for_selector("#take")
        desk, (taker, other) = self._desks[0], self._adults
        code = taker.url.rpartition("/")[2]
        await desk.click(f"{paged}:has-text('{code}')")
        await desk.wait_for_selector(".incident:has-text('nobody has it yet')")
        self._watch.press()
        await taker.click("#take")
        await self._watch.shown(STRIP, desk, ".incident", "Ola (demo, on call) has it")
        await self._watch.shown(ADULT, other, ".standing", "has this")
        await desk.keyboard.press("p")


def table(watch: Stopwatch) -> str:
    """A line for each thing: half of the times, the longest, the goal."""
    lines = [f"{'ms':55}{'half':>7}{'longest':>9}{'goal':>7}"]
    for what, times in watch.seen.items():
        goal = GOALS[what] or "–"
        lines.append(f"{what:55}{statistics.median(times):7.0f}{max(times):9.0f}{goal:>7}")
    return "\n".join(lines)


async def main(rounds: int) -> None:
    """Everybody signs in once; then round after round."""
    async with open_school() as school:
        await school.ground.people.add_staff(
            "second", "Sid (demo, moderator)", "moderator", school.password
        )
        watch = Stopwatch()
        desks = [await school.staff(login, DESK) for login in ("moderator", "second")]
        adults = [await school.staff(login, PHONE) for login in ("oncall", "lead")]
        for _ in range(rounds):
            await Round(watch, desks, adults).run(school)
    print(table(watch))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=10, help="at most 12: then a desk has read enough"
    )
    asyncio.run(main(parser.parse_args().rounds))
