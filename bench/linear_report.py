"""Prints the tables of docs/moderation-figures.md: rules alone, the score alone, and both.

Used by `train_linear.py`. Each record is judged by the whole pipeline, with the model of the fold
it was left out of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from linear_records import COMMENTS, GROUP_OF, HANDS, TALK, TURN, Record

from moderation.detectors.linear import Linear
from moderation.pipeline import Judge
from moderation.terms import Attention, Decision, Delivery

if TYPE_CHECKING:
    from moderation.detectors import Detector
    from moderation.linear.model import Weights
    from moderation.linear.network import Network
    from moderation.rulebook import Rulebook

WAYS = ("rules", "score", "both")
TENTHS_BELOW = 9.95
"""Percentages from this on are given whole."""

BECOMES: dict[str, Callable[[Decision], bool]] = {
    "missed": lambda decision: decision.attention == Attention.NONE,
    "not paged": lambda decision: decision.attention < Attention.PAGE,
    "paged": lambda decision: decision.attention == Attention.PAGE,
    "queued": lambda decision: decision.attention == Attention.QUEUE,
    "held": lambda decision: decision.delivery == Delivery.HOLD,
    "leaked": lambda decision: decision.delivery < Delivery.REDACT,
}
"""What can become of a message, in the words of those tables."""

Judged = list[tuple[Record, dict[str, Decision]]]


def judges(
    book: Rulebook, rules: list[Detector], weights: Weights, network: Network
) -> dict[str, Judge]:
    """One judge for each way, all with the same rules, the same weights and the same network."""
    linear = Linear(book, network=network, weights=weights)
    each: tuple[list[Detector], ...] = (rules, [linear], [*rules, linear])
    return {way: Judge(book, detectors) for way, detectors in zip(WAYS, each, strict=True)}


def judged(ways: list[dict[str, Judge]], rows: list[Record], fold: list[int] | None) -> Judged:
    """Every record with the decision of each way."""
    return [
        (row, {way: judge.judge(row.text) for way, judge in ways[number].items()})
        for row, number in zip(rows, fold or [0] * len(rows), strict=True)
    ]


def report(
    name: str, ways: list[dict[str, Judge]], rows: list[Record], fold: list[int] | None
) -> None:
    """Print every table for one way of leaving out; without folds, one judge for all rows."""
    found = judged(ways, rows, fold)
    written = [
        (row, d) for row, d in found if row.trait != TURN and (fold is None or not row.held_out)
    ]
    print(f"\n# {name}")
    _table("By author", "hand", [("**all**", written), *_parts(written, "hand", HANDS)])
    if fold:
        _table("By language", "language", _parts(written, "lang", ("en", "es", "en-es")))
        categories = (*GROUP_OF, "identity", "none")
        _table("By category", "category", _parts(written, "category", categories))
        _table("By directness", "", _parts(written, "trait", ("plain", "indirect")))
        unread = [(r, d) for r, d in written if r.hand != "dev" and not int(r.id[-1]) % 2]
        _table("The half nobody reads", "", [("all", unread)])
        _counts("The development messages", [(r, d) for r, d in written if r.hand == "dev"])
    _counts("All", written)
    for title, hand in (("comments", COMMENTS), ("talk besides them", TALK)):
        _real(title, [(row, d) for row, d in found if row.hand == hand])


def _parts(some: Judged, field: str, names: Iterable[str]) -> Iterable[tuple[str, Judged]]:
    return [(name, [(r, d) for r, d in some if getattr(r, field) == name]) for name in names]


def _table(title: str, head: str, parts: Iterable[tuple[str, Judged]]) -> None:
    """A row for each part, with its percentages; where one stands alone, of both together."""
    print(
        f"\n## {title}\n| {head} | to page | missed: rules · score · both | not paged | harmless "
        "| false queue: rules · score · both | false pages | to hold or hide | leaks |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    for name, part in parts:
        print(f"| {name} | {' | '.join(_cells(part))} |")


def _cells(some: Judged) -> tuple[str, ...]:
    page, none, hide = _apart(some)
    return (
        _size(page),
        _percents(page, "missed"),
        _percent(page, "not paged"),
        _size(none),
        _percents(none, "queued"),
        _percent(none, "paged"),
        _size(hide),
        _percent(hide, "leaked"),
    )


def _counts(title: str, some: Judged) -> None:
    """The same of both together in numbers of messages, and the cries for help that are held."""
    page, none, hide = _apart(some)
    cries = [(row, d) for row, d in some if row.risky and row.delivery == "deliver"]
    cells = (
        f"{_count(page, 'missed')} of {_size(page)}",
        _count(page, "not paged"),
        f"{_count(none, 'paged')} of {_size(none)}",
        _count(none, "queued"),
        f"{_count(hide, 'leaked')} of {_size(hide)}",
        _count(cries, "held"),
    )
    print(
        f"\n## {title}\n| missed | not paged | false pages | false queue | leaks | cries held |\n"
        f"|---|---|---|---|---|---|\n| {' | '.join(map(str, cells))} |"
    )


def _real(title: str, some: Judged) -> None:
    """How many lines of real talk of 10,000 disturb somebody."""
    if not some:
        return
    print(f"\n## Real {title}, of 10,000\n| | {' | '.join(WAYS)} |\n|---|---|---|---|")
    for what in ("queued", "paged"):
        counts = [_count(some, what, way) for way in WAYS]
        cells = (f"{10_000 * count / len(some):.1f} ({count})" for count in counts)
        print(f"| {what} | {' | '.join(cells)} |")


def _apart(some: Judged) -> tuple[Judged, Judged, Judged]:
    """What should page, what is harmless, and what should be held or partly hidden."""
    page = [(row, d) for row, d in some if row.attention == Attention.PAGE]
    none = [(row, d) for row, d in some if row.attention == Attention.NONE]
    return page, none, [(row, d) for row, d in some if row.delivery in ("hold", "redact")]


def _count(some: Judged, what: str, way: str = "both") -> int:
    return sum(BECOMES[what](decisions[way]) for _, decisions in some)


def _percent(some: Judged, what: str, way: str = "both") -> str:
    if not some:
        return "–"
    share = 100 * _count(some, what, way) / len(some)
    return f"{share:.1f}" if share < TENTHS_BELOW else f"{share:.0f}"


def _percents(some: Judged, what: str) -> str:
    return " · ".join(_percent(some, what, way) for way in WAYS)


def _size(some: Judged) -> str:
    return f"{len(some):,}" if some else "–"
