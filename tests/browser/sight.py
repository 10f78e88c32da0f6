"""Looks at a page as it stands: small and wide, light and dark, with axe and a ruler."""

from __future__ import annotations

from collections.abc import Mapping

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

WIDTHS = (360, 1280)
AXE = Axe().axe_script
EVERYTHING = {"resultTypes": ["violations"], "preload": False}
"""What axe is asked; `preload` would fetch films, of which we have none, for no rule we run."""
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
"""Its rules that look at colours; a scheme changes nothing else."""
RUN = """async (options) => {
  const frame = () => new Promise(requestAnimationFrame);
  const runs = (one) => one.playState === "running" && one.effect.target.checkVisibility();
  const changing = () =>
    document.getAnimations().filter((one) => one instanceof CSSTransition && runs(one));
  do {
    await frame();
    await Promise.allSettled(changing().map((one) => one.finished));
    await frame();
  } while (changing().length > 0);
  const { violations } = await axe.run(options);
  return violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
}"""
"""What axe finds once the page is drawn in its new colours, by rule.

A transition of what is not drawn, as in a closed `details`, never ends, and is not waited for.
"""
SCHEMES = {"light": EVERYTHING, "dark": COLOURS}
"""What axe is asked under each."""
RULER = """() => {
  const targets = [...document.querySelectorAll("button, a.button, input, textarea")];
  const small = targets.filter((one) => {
    if (!one.checkVisibility() || one.closest("[inert]")) return false;
    const { width, height } = (one.closest("label") ?? one).getBoundingClientRect();
    const least = one.matches("#leave, #help-open, #send, #help-body .button") ? 44 : 24;
    return width < least || height < least;
  });
  const wide = document.documentElement.scrollWidth > innerWidth ? ["the page is too wide"] : [];
  return [...wide, ...small.map((one) => `${one.id || one.textContent} is too small`)];
}"""
"""What is too small for a finger (WCAG 2.2 SC 2.5.8; 44 px for leaving, help and sending), and
whether the page can be scrolled sideways (SC 1.4.10)."""


async def violations(page: Page, asked: Mapping[str, object] = EVERYTHING) -> list[str]:
    """What axe finds wrong on the page as it stands, by rule."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE)
    found: list[str] = await page.evaluate(RUN, asked)
    return found


class Sight:
    """Looks at one page again and again; every finding fails."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def check(self, name: str) -> None:
        """Fails with everything that is wrong on this screen.

        Colours change at once, as for those who want no motion, for only the last ones count. The
        page is left wide, dark and still.
        """
        wrong = []
        for width in WIDTHS:
            await self._page.set_viewport_size({"width": width, "height": 760})
            wrong += [f"{width}: {found}" for found in await self._page.evaluate(RULER)]
            for scheme, asked in SCHEMES.items():
                await self._page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                found = await violations(self._page, asked)
                wrong += [f"{width} {scheme}: {line}" for line in found]
        assert not wrong, "\n  ".join([name, *wrong])
