"""`make bench-console`: how smoothly the moderators' queue scrolls with five hundred items.

    python bench/console.py [--items N]

A real house, a real Chromium without a window. The list is scrolled 400 pixels in every frame,
faster than a hand: as it is, and with rows laid out only when they come into sight
(`content-visibility`).
Frames are counted by `requestAnimationFrame`, the work for one by the processor time of the page's
process. Read the ratio and the work: the pace of frames on a shared machine is noisy.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from pathlib import Path

from playwright.async_api import CDPSession, Page

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from school import DESK, School, open_school  # noqa: E402 - found by now

from moderation.ids import new_id  # noqa: E402
from moderation.records import items  # noqa: E402
from moderation.records.items import NewItem  # noqa: E402

SCROLL = """() => new Promise((done) => {
    scrollTo(0, 0);
    const times = [];
    const step = (now) => {
        times.push(now);
        scrollBy(0, 400);
        if (innerHeight + scrollY >= document.body.scrollHeight - 2) done(times);
        else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
})"""
WHEN_SEEN = """() => {
    const rule = "#items li { content-visibility: auto; contain-intrinsic-size: auto none 4rem }";
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rule);
    document.adoptedStyleSheets = document.adoptedStyleSheets.length ? [] : [sheet];
}"""
ROUNDS = 5
STILL = 4.0


class Scroller:
    """One console, and what scrolling it costs."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self._page = page
        self._devtools = devtools

    async def _cpu(self) -> float:
        """Seconds of processor this page's process has used."""
        found = (await self._devtools.send("Performance.getMetrics"))["metrics"]
        return float(next(one["value"] for one in found if one["name"] == "ProcessTime"))

    async def down(self) -> list[float]:
        """Once down the list: frames, and milliseconds for half, 95 %, the longest, and of work."""
        before = await self._cpu()
        times = await self._page.evaluate(SCROLL)
        work = 1000 * (await self._cpu() - before)
        gaps = sorted(late - early for early, late in itertools.pairwise(times))
        half, most = gaps[len(gaps) // 2], gaps[len(gaps) * 95 // 100]
        return [len(gaps), half, most, gaps[-1], work / len(gaps)]

    async def still(self) -> float:
        """Milliseconds of work a second while every wait grows older and nobody touches it."""
        before = await self._cpu()
        await asyncio.sleep(STILL)
        return 1000 * (await self._cpu() - before) / STILL


async def measure(school: School) -> None:
    """Sign in as a moderator and scroll; of each way the best of several rounds stands."""
    page = await school.staff("moderator", DESK)
    await page.wait_for_selector(".row")
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable")
    scroller = Scroller(page, devtools)
    ways: dict[str, list[list[float]]] = {"as it is": [], "laid out when seen": []}
    for _ in range(ROUNDS):
        for runs in ways.values():
            runs.append([*await scroller.down(), await scroller.still()])
            await page.evaluate(WHEN_SEEN)
    heads = ("frames", "half", "95 %", "longest", "work", "still, a second")
    print(f"{'ms a frame':20}", *(f"{head:>{max(9, len(head))}}" for head in heads))
    for name, runs in ways.items():
        best = [min(column) for column in zip(*runs, strict=True)]
        print(
            f"{name:20}",
            *(f"{value:>{max(9, len(head))}.1f}" for head, value in zip(heads, best, strict=True)),
        )


async def main(count: int) -> None:
    """A made-up school with so many items, and one look at it."""
    rows = [
        NewItem(new_id(), "demo", None, 0, None, "report", "report", 1, False, n, None)
        for n in range(count)
    ]
    async with open_school() as school:
        store = school.ground.records.store
        await asyncio.gather(*(store.write(items.add_items, row) for row in rows))
        await measure(school)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=500)
    asyncio.run(main(parser.parse_args().items))
