"""Looks at a page as it stands: small and wide, light and dark, with axe and a ruler."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

WIDTHS = (360, 1280)
"""Pixels: a phone, and a laptop, which is looked at in dark too."""
ALSO_FITS = (320, 768)
"""Pixels at which everything must fit too: a small phone, or a laptop at 400 %, and a tablet."""
AXE = Axe().axe_script
RUN = """async (only) => {
  const moving = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
  for (let all = moving(); all.length > 0; all = moving()) all.forEach((one) => one.finish());
  const { violations } = await axe.run({
    resultTypes: ["violations"],
    ...(only && { runOnly: only }),
  });
  return violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
}"""
"""What axe finds once every change of colours is at its end; of all rules, or of some.

Nothing here waits for a frame: of several windows only one is drawn at a time.
"""
COLOURS = ["color-contrast", "link-in-text-block"]
"""By what rules dark is looked at: it alters colours alone (`tests/web/test_assets.py`)."""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""A page that is laid out anew keeps its place when it is drawn."""
RULER = """() => {
  const targets = [...document.querySelectorAll("button, a.button, input, textarea")];
  const small = targets.filter((one) => {
    if (!one.checkVisibility() || one.closest("[inert]")) return false;
    const { width, height } = (one.closest("label") ?? one).getBoundingClientRect();
    const least = one.matches("#leave, #help-open, #send, #help-body .button") ? 44 : 24;
    return width < least || height < least;
  });
  const out = [...document.querySelectorAll("body *")].filter((one) =>
    one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1);
  const wide = document.documentElement.scrollWidth > innerWidth
    ? ["the page is too wide", ...out.slice(0, 3).map((one) => one.outerHTML.slice(0, 80))] : [];
  return [...wide, ...small.map((one) => `${one.id || one.textContent} is too small`)];
}"""
"""What is too small for a finger (WCAG 2.2 SC 2.5.8; 44 px for leaving, help and sending), and
whether the page can be scrolled sideways (SC 1.4.10)."""


async def violations(page: Page, only: list[str] | None = None) -> list[str]:
    """What axe finds wrong on the page as it stands, by rule; perhaps by these rules only."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE)
    found: list[str] = await page.evaluate(RUN, only)
    return found


class Sight:
    """Looks at one page again and again; every finding fails."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def check(self, name: str) -> None:
        """Fails with everything that is wrong on this screen."""
        wrong = []
        for width in ALSO_FITS:
            wrong += await self._measure(width)
        for width in WIDTHS:
            wrong += await self._measure(width)
            await self._page.evaluate(DRAWN)
            wrong += [f"{width}: {line}" for line in await violations(self._page)]
        await self._page.emulate_media(color_scheme="dark")
        wrong += [f"dark: {line}" for line in await violations(self._page, COLOURS)]
        await self._page.emulate_media(color_scheme="light")
        assert not wrong, "\n  ".join([name, *wrong])

    async def _measure(self, width: int) -> list[str]:
        await self._page.set_viewport_size({"width": width, "height": 760})
        return [f"{width}: {found}" for found in await self._page.evaluate(RULER)]
