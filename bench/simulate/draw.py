"""Line plots as SVG that stand in a page by themselves, light or dark as their reader likes.

The colours and dashes are those of the staff pages (`web/static/tokens.css`, `numbers.css`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDE, HIGH = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 58, 36, 84, 40
LETTER = 7.5
"""About as wide is a letter of the legend."""

_STYLE = """
svg { background: #fffdf8; font: 13px system-ui, sans-serif; --ink: #2b2622; --soft: #5f564c;
  --grid: #ded3c0; --a: #20655a; --b: #a3322a; --c: #6a4c93; --d: #5f564c; }
@media (prefers-color-scheme: dark) { svg { background: #262220; --ink: #f2eadd; --soft: #c2b7a6;
  --grid: #433c34; --a: #93d0bd; --b: #f2a79d; --c: #c9b3ea; --d: #c2b7a6; } }
text { fill: var(--soft); } .title { fill: var(--ink); font-weight: 600; font-size: 15px; }
.grid { stroke: var(--grid); } .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
.s0 { stroke: var(--a); } .s1 { stroke: var(--b); stroke-dasharray: 7 4; }
.s2 { stroke: var(--c); stroke-dasharray: 2 4; }
.s3 { stroke: var(--d); stroke-dasharray: 9 3 2 3; }
"""


@dataclass(frozen=True)
class Plot:
    """What is drawn: lines of points, each line named; `logarithmic` axes go by tens."""

    title: str
    across: str
    up: str
    lines: Sequence[tuple[str, Sequence[tuple[float, float]]]]
    unit: Callable[[float], str] = "{:,.0f}".format
    logarithmic: bool = False
    most: float | None = None
    ticks: Sequence[float] = ()


def svg(plot: Plot) -> str:
    """The drawing, as a file of its own."""
    points = [point for _, line in plot.lines for point in line]
    across = plot.ticks or _axis([x for x, _ in points], logarithmic=plot.logarithmic)
    up = _axis([0.0, plot.most or max(y for _, y in points)], logarithmic=False)
    if plot.logarithmic:
        up = _axis([y for _, y in points], logarithmic=True)
    x = _scale(across, LEFT, WIDE - RIGHT, logarithmic=plot.logarithmic)
    y = _scale(up, HIGH - BOTTOM, TOP, logarithmic=plot.logarithmic)
    box = f'viewBox="0 0 {WIDE} {HIGH}" role="img" aria-labelledby="t"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
        f'<title id="t">{escape(plot.title)}</title><style>{_STYLE}</style>',
        _text(10, 20, plot.title, "start", "title"),
        _text((LEFT + WIDE - RIGHT) / 2, HIGH - 4, plot.across, "middle"),
        _text(10, 40, plot.up, "start"),
    ]
    for value in up:
        parts.append(_rule(LEFT, WIDE - RIGHT, y(value)))
        parts.append(_text(LEFT - 6, y(value) + 4, plot.unit(value), "end"))
    parts += [_text(x(value), HIGH - 22, f"{value:,.0f}", "middle") for value in across]
    at = 10.0
    for place, (name, line) in enumerate(plot.lines):
        parts.append(f'<path class="line s{place}" d="M{at:.0f} 58h26"/>')
        parts.append(_text(at + 32, 62, name, "start"))
        at += 48 + LETTER * len(name)
        drawn = " ".join(f"{x(a):.1f},{max(TOP, y(b)):.1f}" for a, b in line)
        parts.append(f'<polyline class="line s{place}" points="{drawn}"/>')
    return "\n".join([*parts, "</svg>\n"])


def _text(x: float, y: float, words: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{named}>{escape(words)}</text>'


def _rule(left: float, right: float, y: float) -> str:
    return f'<path class="grid" d="M{left} {y:.1f}H{right}"/>'


def _axis(values: Sequence[float], *, logarithmic: bool) -> list[float]:
    """Round numbers around the values."""
    if logarithmic:
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return [10.0**power for power in range(low, high + 1)]
    most = max(values)
    size = 10 ** math.floor(math.log10(most))
    top = next(step * size for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * size >= most)
    return [min(values) + (top - min(values)) * share for share in (0, 0.5, 1)]


def _scale(
    axis: Sequence[float], begin: float, end: float, *, logarithmic: bool
) -> Callable[[float], float]:
    def place(value: float) -> float:
        low, high, here = axis[0], axis[-1], value
        if logarithmic:
            low, high, here = math.log10(low), math.log10(high), math.log10(value)
        return begin + (end - begin) * (here - low) / (high - low)

    return place
