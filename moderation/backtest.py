"""Which decisions a change of the rules would alter: two judges over the same records.

Pure: judges and records in, differences and counts out. Used by `python -m moderation backtest`
and by the rules page of staff. A record is a message (`text`, perhaps `context`) or a dialogue
(`turns`), with a label (`attention`) or without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.conversation import ConversationState
from moderation.pipeline import Judge
from moderation.terms import Attention, Decision, Delivery


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one record: the strongest of its turns, and the rules that had a part."""

    attention: Attention
    delivery: Delivery
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that the two judges treat differently; `wanted` is its label, "" without one."""

    id: str
    text: str
    wanted: str
    old: Verdict
    new: Verdict

    @property
    def lowered(self) -> bool:
        """Whether the new judge disturbs less, or lets more of the message through."""
        return self.new.attention < self.old.attention or self.new.delivery < self.old.delivery


@dataclass(slots=True)
class Figures:
    """How one judge does on labelled records; every count is of records."""

    labels: Counter[str] = field(default_factory=Counter)
    attentions: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    not_paged: int = 0
    false_pages: int = 0
    false_queue: int = 0

    def count(self, wanted: str, verdict: Verdict) -> None:
        """Take in one record; one without a label counts by its attention alone."""
        got = verdict.attention.word
        self.attentions[got] += 1
        if not wanted:
            return
        self.labels[wanted] += 1
        self.missed += (wanted, got) == ("page", "none")
        self.not_paged += wanted == "page" != got
        self.false_pages += (wanted, got) == ("none", "page")
        self.false_queue += (wanted, got) == ("none", "queue")


@dataclass(slots=True)
class Comparison:
    """Everything a backtest found."""

    records: int = 0
    old: Figures = field(default_factory=Figures)
    new: Figures = field(default_factory=Figures)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)


def compared(old: Judge, new: Judge, records: Iterable[Mapping[str, Any]]) -> Comparison:
    """Judge every record by both; `moved` counts attention before and after where it changed."""
    found = Comparison()
    for record in records:
        before, after = verdict(old, record), verdict(new, record)
        wanted = str(record.get("attention") or record.get("expect", {}).get("attention", ""))
        found.records += 1
        found.old.count(wanted, before)
        found.new.count(wanted, after)
        if (before.attention, before.delivery) != (after.attention, after.delivery):
            found.moved[before.attention.word, after.attention.word] += 1
            name, text = str(record.get("id", found.records)), _text(record)
            found.differences.append(Difference(name, text, wanted, before, after))
    return found


def verdict(judge: Judge, record: Mapping[str, Any]) -> Verdict:
    """What a judge makes of a record."""
    decisions = list(_decisions(judge, record))
    return Verdict(
        max((one.attention for one in decisions), default=Attention.NONE),
        max((one.delivery for one in decisions), default=Delivery.DELIVER),
        frozenset(finding.rule for one in decisions for finding in one.findings),
    )


def _decisions(judge: Judge, record: Mapping[str, Any]) -> Iterator[Decision]:
    if "turns" not in record:
        yield judge.judge(record["text"], record.get("context", ()))
        return
    state = ConversationState()
    for said in record["turns"]:
        yield judge.judge_turn(said["text"], state, "AB".index(said["from"]))


def _text(record: Mapping[str, Any]) -> str:
    if "turns" in record:
        return " / ".join(said["text"] for said in record["turns"])
    return str(record["text"])


def told(found: Comparison, most: int) -> Iterator[str]:
    """The comparison as lines of text, at most `most` differences, those that lower first."""
    ordered = sorted(found.differences, key=lambda one: (not one.lowered, one.id))
    for one in ordered[:most]:
        yield _difference_line(one)
    if len(ordered) > most:
        yield f"… and {len(ordered) - most:,} more"
    lowered = sum(one.lowered for one in ordered)
    yield f"{found.records:,} records, {len(ordered):,} decided differently, {lowered:,} lowered"
    for (before, after), count in sorted(found.moved.items()):
        yield (
            f"  {before} → {after}: {count:,}"
            if before != after
            else f"  {before}, shown otherwise: {count:,}"
        )
    yield from _figures_lines(found)


def _difference_line(one: Difference) -> str:
    label = f" (labelled {one.wanted})" if one.wanted else ""
    gone, come = one.old.rules - one.new.rules, one.new.rules - one.old.rules
    rules = [f"-{rule}" for rule in sorted(gone)] + [f"+{rule}" for rule in sorted(come)]
    attention = f"{one.old.attention.word} → {one.new.attention.word}"
    delivery = ""
    if one.old.delivery != one.new.delivery:
        delivery = f", {one.old.delivery.word} → {one.new.delivery.word}"
    sign = "▼" if one.lowered else "▲"
    return f"{sign} {one.id}: {attention}{delivery}{label} [{' '.join(rules)}] {one.text!r}"


def _figures_lines(found: Comparison) -> Iterator[str]:
    for name, shared, label in (
        ("missed", "missed", "page"),
        ("not paged", "not_paged", "page"),
        ("false pages", "false_pages", "none"),
        ("false queue", "false_queue", "none"),
    ):
        whole = found.old.labels[label]
        if whole:
            before, after = getattr(found.old, shared), getattr(found.new, shared)
            yield f"  {name}: {before} → {after} of {whole:,}"
