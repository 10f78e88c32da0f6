"""Prints the tables of the linear stage: rules alone, the trained stage alone, and both.

Used by `train_linear.py`. Each record is judged by the whole pipeline, with the model of the fold
it was left out of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from linear_records import COMMENTS, GROUP_OF, HANDS, TURN, Record

from moderation.detectors.linear import Linear
from moderation.pipeline import Judge
from moderation.terms import Attention, Decision, Delivery

if TYPE_CHECKING:
    from moderation.detectors import Detector
    from moderation.linear.model import Model
    from moderation.linear.network import Network
    from moderation.rulebook import Rulebook

WAYS = ("rules", "linear", "both")
Judged = list[tuple[Record, dict[str, Decision]]]


def judges(
    book: Rulebook, rules: list[Detector], model: Model, network: Network
) -> dict[str, Judge]:
    """One judge for each way, all with the same rules, the same model and the same network."""
    linear = Linear(book, model, network)
    each: tuple[list[Detector], ...] = (rules, [linear], [*rules, linear])
    return {way: Judge(book, detectors) for way, detectors in zip(WAYS, each, strict=True)}


def judged(ways: list[dict[str, Judge]], rows: list[Record], fold: list[int] | None) -> Judged:
    """Every record with the decision of each way."""
    return [
        (row, {way: judge.judge(row.text) for way, judge in ways[number].items()})
        for row, number in zip(rows, fold or [0] * len(rows), strict=True)
    ]


def _share(hits: Iterable[bool]) -> str:
    seen = list(hits)
    return f"{sum(seen)}/{len(seen)} ({100 * sum(seen) / len(seen):.1f} %)" if seen else "-"


def _figures(some: Judged, way: str) -> list[str]:
    page = [d[way] for row, d in some if row.attention == Attention.PAGE]
    queue = [d[way] for row, d in some if row.attention == Attention.QUEUE]
    none = [d[way] for row, d in some if row.attention == Attention.NONE]
    held = [d[way] for row, d in some if row.delivery in ("hold", "redact")]
    cries = [d[way] for row, d in some if row.risky and row.delivery == "deliver"]
    return [
        _share(d.attention == Attention.NONE for d in page),
        _share(d.attention < Attention.PAGE for d in page),
        _share(d.attention == Attention.NONE for d in queue),
        _share(d.attention == Attention.PAGE for d in none),
        _share(d.attention == Attention.QUEUE for d in none),
        _share(d.delivery < Delivery.REDACT for d in held),
        _share(d.delivery == Delivery.HOLD for d in cries),
    ]


def _table(title: str, some: Judged, key: Callable[[Record], str], names: Iterable[str]) -> None:
    print(
        f"\n| {title} | way | missed | not paged | queue missed | false pages | false queue "
        "| leaks | cries held |\n|---|---|---|---|---|---|---|---|---|"
    )
    for name in names:
        part = [(row, d) for row, d in some if name == "all" or key(row) == name]
        for way in WAYS:
            print(f"| {name} | {way} | {' | '.join(_figures(part, way))} |")


def report(
    name: str, ways: list[dict[str, Judge]], rows: list[Record], fold: list[int] | None
) -> None:
    """Print every table for one way of leaving out; without folds, one judge for all rows."""
    found = judged(ways, rows, fold)
    written = [
        (row, d) for row, d in found if row.trait != TURN and (fold is None or not row.held_out)
    ]
    print(f"\n## By {name}")
    _table("hand", written, lambda row: row.hand, ["all", *HANDS])
    if fold:
        _table("language", written, lambda row: row.lang, ["en", "es", "en-es"])
        _table("category", written, lambda row: row.category, [*GROUP_OF, "identity", "none"])
        _table("trait", written, lambda row: row.trait, ["plain", "indirect"])
        unread = [(r, d) for r, d in written if r.hand != "dev" and not int(r.id[-1]) % 2]
        _table("unread half", unread, lambda _: "", ["all"])
    comments = [d for row, d in found if row.hand == COMMENTS]
    for way in WAYS if comments else ():
        counts = [sum(d[way].attention == a for d in comments) for a in Attention]
        each = 10_000 / len(comments)
        print(
            f"comments, {way}: queued {counts[1] * each:.1f}, paged {counts[2] * each:.1f} "
            f"of 10,000 ({counts[1]}, {counts[2]})"
        )
